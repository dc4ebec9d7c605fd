import Documents
import FileSystem
import TestSupport
import Testing

/// A pipeline with a model, its code and its data, run and committed.
struct PackageProject {
    let repository: TemporaryRepository

    init() throws {
        repository = try TemporaryRepository()
        try repository.write("data/raw.csv", "a,b\n1,2\n")
        try repository.varve("add", "-q", "data/raw.csv").succeeds()
        try repository.write("params.yaml", "train:\n  depth: 6\n")
        try repository.write("src/prep.sh", "tr a-z A-Z < data/raw.csv > data/clean.csv\n")
        try repository.write(
            "src/train.sh",
            """
            mkdir -p models
            echo '{"learner": {}}' > models/model.json
            echo '{"auc": 0.91}' > metrics.json

            """)
        try repository.write(
            "dvc.yaml",
            """
            stages:
              prep:
                cmd: sh src/prep.sh
                deps: [src/prep.sh, data/raw.csv]
                outs: [data/clean.csv]
              train:
                cmd: sh src/train.sh
                deps: [src/train.sh, data/clean.csv]
                params: [train]
                outs: [models]
                metrics:
                  - metrics.json:
                      cache: false
            artifacts:
              churn:
                path: models/model.json
                type: model
                desc: Who will leave
                labels: [tabular]
                meta: {license: MIT, task: tabular-classification}

            """)
        try repository.varve("repro", "-q").succeeds()
        try commit("One")
        try repository.git("tag", "-a", "-m", "Registered", "churn@v1.0.0")
    }

    func commit(_ message: String) throws {
        try repository.git("add", "-A")
        try repository.git("commit", "--quiet", "-m", message)
    }

    /// A clone with the data in reach, in another folder.
    func clone() throws -> TemporaryRepository {
        try repository.varve("remote", "add", "-q", "-d", "store", repository.folder + "/remote").succeeds()
        try repository.varve("push", "-q").succeeds()
        let other = try TemporaryRepository(.empty)
        try other.git("clone", "--quiet", repository.path, other.path)
        try other.varve("remote", "add", "-q", "-d", "--local", "store", repository.folder + "/remote").succeeds()
        return other
    }

    /// What a command prints with `--json`.
    func json(_ words: String...) throws -> Value {
        try JSON.parse(repository.run([BuiltProgram.varve] + words + ["--json"]).succeeds().output)
    }
}
