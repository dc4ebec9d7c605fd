import FileSystem
import TestSupport
import Testing

/// The same project in two places: one for varve, one for DVC.
private struct ProjectPair {
    let mine: TemporaryRepository
    let theirs: TemporaryRepository
    private let dvc: String

    init(_ files: [String: String]) throws {
        mine = try TemporaryRepository()
        for (name, text) in files { try mine.write(name, text) }
        try mine.commitAll()
        theirs = try TemporaryRepository(copyOf: mine)
        dvc = try #require(BuiltProgram.dvc)
    }

    func write(_ name: String, _ text: String) throws {
        for repository in [mine, theirs] { try repository.write(name, text) }
    }

    func remove(_ names: String...) throws {
        for repository in [mine, theirs] {
            for name in names { try repository.remove(name) }
        }
    }

    func git(_ arguments: String...) throws {
        for repository in [mine, theirs] {
            _ = try repository.run(["git"] + arguments).succeeds()
        }
    }

    /// Runs the command of both, and expects the same status, the same words on standard output and the same files.
    func both(_ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation) throws {
        let ours = try mine.run([BuiltProgram.varve] + arguments)
        let other = try theirs.run([dvc] + arguments)
        #expect(ours.status == other.status, "\(ours)\n\(other)", sourceLocation: sourceLocation)
        let isDrawing = arguments.first == "dag"
        #expect(
            comparable(ours.output, mine.folder, isDrawing) == comparable(other.output, theirs.folder, isDrawing),
            "\(arguments)", sourceLocation: sourceLocation)
        #expect(
            try mine.snapshot().settled.differences(from: theirs.snapshot().settled) == [], "\(arguments)",
            sourceLocation: sourceLocation)
    }

    /// Output without what differs from run to run of DVC: the order in which it lists nodes and files to stage.
    private func comparable(_ output: String, _ folder: String, _ isDrawing: Bool) -> [String] {
        let lines = output.replacing(folder, with: "").split(separator: "\n").map { line in
            line.hasPrefix("\tgit add") ? line.split(separator: " ").sorted().joined(separator: " ") : String(line)
        }
        return isDrawing ? lines.sorted() : lines
    }

    /// Each tool finds nothing to do where the other has run.
    func changePlaces(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let ours = try theirs.varve("repro").succeeds(sourceLocation: sourceLocation).output
        let other = try mine.dvc("repro").succeeds(sourceLocation: sourceLocation).output
        #expect(ours == other, sourceLocation: sourceLocation)
        #expect(!ours.contains("Running"), sourceLocation: sourceLocation)
    }
}

@Suite("pipelines of varve beside those of DVC", .enabled(if: BuiltProgram.dvc != nil))
struct PipelineDifferentialTests {
    private static let chain = """
        vars:
        - suffix: txt
        stages:
          clean:
            cmd: sort raw.csv > clean.${suffix}
            deps: [raw.csv]
            outs: [clean.txt]
          train:
            cmd: (head -n ${train.rows} clean.txt; echo ${train.rate}) > model; echo '{"acc":0.5}' > acc.json
            deps: [clean.txt]
            params: [train.rows, train.rate]
            outs: [model]
            metrics:
            - acc.json: {cache: false}
          report:
            wdir: reports
            cmd: cat ../model > all.md
            deps: [../model]
            outs:
            - all.md: {persist: true}

        """

    private func chain() throws -> ProjectPair {
        try ProjectPair([
            "dvc.yaml": Self.chain, "raw.csv": "3\n1\n2\n", "reports/.keep": "",
            "params.yaml": "train:\n  rows: 2\n  rate: 1.0e-3 # slow\n",
        ])
    }

    @Test("every kind of change in turn gives the same words, lock file, run cache and workspace")
    func changes() throws {
        let pair = try chain()
        try pair.both("status", "--json")
        try pair.both("stage", "list", "--all")
        for form in ["--dot", "--mermaid", "--md"] { try pair.both("dag", form) }
        for more in ["--outs", "--full"] { try pair.both("dag", "--dot", more) }
        try pair.both("repro", "--dry", "clean")
        try pair.both("repro")
        try pair.git("add", ".")
        try pair.git("commit", "-qm", "one")
        try pair.both("repro")
        try pair.both("status")
        try pair.write("raw.csv", "5\n4\n3\n1\n2\n")
        try pair.both("status", "--json")
        try pair.both("repro", "train")
        try pair.write("params.yaml", "train:\n  rows: 3\n  rate: 1.0e-3\n")
        try pair.both("status", "--json")
        try pair.both("repro")
        try pair.git("add", ".")
        try pair.git("commit", "-qm", "two")
        try pair.changePlaces()
        try pair.write("dvc.yaml", Self.chain.replacing("sort raw", with: "sort -r raw"))
        try pair.both("status", "--json")
        try pair.both("repro", "--downstream", "clean")
        try pair.remove("model", "acc.json")
        try pair.both("status", "--json")
        try pair.both("repro")
        try pair.remove("dvc.lock")
        try pair.both("status", "--json")
        try pair.both("repro")
        try pair.both("repro", "--force", "--single-item", "train")
        try pair.git("checkout", "--quiet", "--force", "HEAD~1")
        try pair.both("repro")
        try pair.git("checkout", "--quiet", "--force", "main")
        try pair.both("repro", "--allow-missing")
        try pair.changePlaces()
    }

    @Test("frozen stages, stages that always run, failures and missing data end alike")
    func specialStages() throws {
        let pair = try ProjectPair([
            "in": "1\n",
            "dvc.yaml": """
            stages:
              a:
                cmd: cp in a
                deps: [in]
                outs: [a]
              b:
                cmd: cp a b
                deps: [a]
                outs: [b]
              always:
                cmd: echo again
                always_changed: true
              bad:
                cmd: test -e allowed
                deps: [b]
              after:
                cmd: cp in after
                deps: [in, b]
                outs: [after]

            """,
        ])
        try pair.both("repro", "b")
        try pair.both("repro", "always")
        try pair.both("freeze", "a")
        try pair.write("in", "2\n")
        try pair.both("repro", "b")
        try pair.both("unfreeze", "a")
        try pair.both("repro", "bad")
        try pair.both("repro", "--keep-going")
        try pair.both("repro", "--ignore-errors")
        try pair.remove("in")
        try pair.both("status", "--json")
        try pair.both("repro", "a")
        try pair.write("in", "2\n")
        try pair.write("allowed", "")
        try pair.both("repro", "--no-commit", "-f", "a")
        try pair.both("commit", "--force")
        try pair.both("repro")
        try pair.both("repro", "--force-downstream", "-f", "a")
    }

    @Test("every rule of templates gives the stages and the lock file that DVC makes of it")
    func templates() throws {
        let pair = try ProjectPair([
            "params.yaml": "sizes: [1, 2]\nmodels:\n  small: {n: 1, on: true}\n  large: {n: 9, on: false}\nname: ü x\n",
            "more/vars.json": "{\"deep\": {\"list\": [1, [2, 3]], \"flag\": true, \"none\": null}}",
            "dvc.yaml": """
            vars:
            - more/vars.json
            - own: {a: 1, b: text, c: 1.5}
            stages:
              each:
                foreach: ${sizes}
                do:
                  cmd: echo ${item} > size-${item}
                  outs:
                  - size-${item}
              keyed:
                foreach: ${models}
                do:
                  cmd: echo ${key} ${item.n} ${item.on} > model-${key}
                  outs:
                  - model-${key}
                  params:
                  - models.${key}.n
              grid:
                matrix:
                  size: ${sizes}
                  kind: [x, "y z"]
                cmd: echo "${item.size} ${item.kind}" > "${key}.out"
                outs:
                - ${key}.out
              unpack:
                vars:
                - local: [1]
                cmd: echo ${own} '${deep.list[1][0]}' \\${escaped} ${local[0]} ${deep.flag} > unpacked
                outs: [unpacked]

            """,
        ])
        try pair.both("stage", "list", "--all", "--name-only")
        try pair.both("repro", "each@1")
        // One at a time: DVC runs a group that is less than half of the graph in the order of a set of strings.
        try pair.both("repro", "keyed@small")
        try pair.both("repro", "keyed@large")
        try pair.both("repro")
        try pair.both("dag", "--dot", "--collapse-foreach-matrix")
        try pair.write("params.yaml", "sizes: [1, 3]\nmodels:\n  small: {n: 2, on: true}\n  large: {n: 9, on: false}\n")
        try pair.both("status", "--json")
        try pair.both("repro")
        try pair.changePlaces()
    }

    @Test("cycles, overlapping outputs and wrong files are refused alike")
    func refusals() throws {
        let pair = try ProjectPair(["in": "1\n"])
        for text in [
            "stages:\n  a:\n    cmd: x\n    deps: [b]\n    outs: [a]\n  b:\n    cmd: x\n    deps: [a]\n    outs: [b]\n",
            "stages:\n  a:\n    cmd: x\n    outs: [d]\n  b:\n    cmd: x\n    outs: [d/e]\n",
            "stages:\n  a:\n    cmd: x\n    outs: [d]\n  b:\n    cmd: x\n    outs: [d]\n",
            "stages:\n  a:\n    cmd: x\n    deps: [d]\n    outs: [d]\n",
            "stages:\n  a:\n    cmd: ${nope}\n", "stages:\n  a: {cmd: x, wat: 1}\n", "stages: [1]\n",
            "stages:\n  a b: x\n",
            "stages:\n  a:\n    foreach: [1]\n", "stages:\n  a:\n    cmd: x\n    outs: [../../o]\n",
        ] {
            try pair.write("dvc.yaml", text)
            try pair.both("repro")
            try pair.both("status")
        }
    }

    @Test(
        "a random graph gives the same lock file, run cache and order",
        arguments:
            1...BuiltProgram.number(
                "VARVE_TEST_SEEDS", default: 2))
    func randomGraph(_ seed: Int) throws {
        let pair = try ProjectPair(["in": "1\n", "dvc.yaml": RandomPipeline(seed: UInt64(seed)).text])
        try pair.both("repro")
        try pair.both("dag", "--dot")
        try pair.write("in", "2\n")
        try pair.both("repro")
        try pair.changePlaces()
    }
}
