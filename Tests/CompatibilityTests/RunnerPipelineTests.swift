import Documents
import FileSystem
import TestSupport
import Testing

@Suite("A pipeline of varve's own runners", .enabled(if: BuiltProgram.dvc != nil))
struct RunnerPipelineTests {
    private static let stages = """
        stages:
          prepare:
            cmd: varve run prepare --input raw.csv --output-dir prepared
            deps: [raw.csv]
            params: [prepare]
            outs: [prepared]
          train:
            cmd: varve run train --data prepared/train.csv --transformer prepared/transformer.json
            deps: [prepared/train.csv, prepared/transformer.json]
            params: [train]
            outs: [model.json, model.json.varve.json]
            metrics:
            - dvclive/metrics.json:
                cache: false
            plots:
            - dvclive/plots/metrics:
                x: step
          evaluate:
            cmd: varve run evaluate --model model.json --data prepared/test.csv --no-transformer -o eval
            deps: [model.json, model.json.varve.json, prepared/test.csv]
            params: [evaluate]
            outs: [eval/eval.json, eval/report.html]
            metrics:
            - eval/metrics.json:
                cache: false
            plots: [eval/plots]

        """
    private static let parameters = """
        prepare:
          steps:
          - split: {ratios: {train: 0.7, test: 0.3}, by: hash, key: id, seed: 4}
          - fillna: {size: median}
          - onehot: [colour]
          - scale: {columns: [size, weight]}
        train:
          model: model.json
          target: sold
          ignore: [id]
          engine: logistic
        evaluate: {bootstrap: 50, baseline: HEAD}

        """

    /// Rows whose class follows from size and colour; sizes are missing here and there.
    private static let table: String = {
        let lines = (0..<160).map { row -> String in
            let size = row * 37 % 101
            let colour = ["blue", "green", "red"][row * 7 % 3]
            let isSold = size + (colour == "red" ? 40 : 0) + row * 13 % 29 > 70
            return "\(row),\(row % 12 == 5 ? "" : "\(size)"),\(row * 5 % 19),\(colour),\(isSold ? "yes" : "no")"
        }
        return "id,size,weight,colour,sold\n" + lines.joined(separator: "\n") + "\n"
    }()

    private func project() throws -> TemporaryRepository {
        let repository = try TemporaryRepository()
        try repository.write("raw.csv", Self.table)
        try repository.write("params.yaml", Self.parameters)
        try repository.write("dvc.yaml", Self.stages)
        try repository.commitAll()
        return repository
    }

    private var variables: [String: String] {
        let folder = Paths.parent(BuiltProgram.varve)
        return ["PATH": folder + ":" + (BuiltProgram.variable("PATH") ?? "/usr/bin:/bin")]
    }

    private func number(_ name: String, in repository: TemporaryRepository) throws -> Double? {
        let metrics = try JSON.parse(repository.read("eval/metrics.json")).mapping
        guard case .float(let value)? = metrics?[name] else { return nil }
        return value
    }

    @Test("DVC runs the stages and varve finds nothing to do, and the other way round, with the same bytes")
    func changesPlaces() throws {
        let dvc = try #require(BuiltProgram.dvc)
        var locks: [String] = []
        for tools in [(dvc, BuiltProgram.varve), (BuiltProgram.varve, dvc)] {
            let repository = try project()
            try repository.run([tools.0, "repro"], with: variables).succeeds()
            let again = try repository.run([tools.1, "repro"], with: variables).succeeds()
            for stage in ["prepare", "train", "evaluate"] {
                #expect(again.output.contains("Stage '\(stage)' didn't change, skipping"), "\(again)")
            }
            #expect(try repository.run([dvc, "status", "--json"]).succeeds().output == "{}\n")
            locks.append(try repository.read("dvc.lock"))
        }
        #expect(locks[0] == locks[1])
    }

    @Test("another engine is compared with the model of the last commit, and raw data go through the transformer")
    func comparesModels() throws {
        let repository = try project()
        let first = try repository.run([BuiltProgram.varve, "repro"], with: variables).succeeds()
        #expect(first.errors.contains("There is no 'model.json' at 'HEAD', so nothing is compared."), "\(first)")
        let before = try #require(try number("log_loss", in: repository))
        try repository.commitAll()

        try repository.write(
            "params.yaml", Self.parameters.replacing("engine: logistic", with: "rounds: 20"))
        let second = try repository.run([BuiltProgram.varve, "repro"], with: variables).succeeds()
        #expect(second.output.contains("Stage 'prepare' didn't change, skipping"))
        #expect(try number("log_loss", in: repository) != before)
        let result = try JSON.parse(repository.read("eval/eval.json")).mapping
        let compared = result?["metrics"]?.mapping?["log_loss"]?.mapping?["baseline"]?.mapping
        #expect(compared?["old"] == .float(before), "\(String(describing: compared))")

        // What predict says of the raw rows of the test side is what evaluate judged.
        try repository.varve("predict", "model.json", "raw.csv", "-o", "predicted.csv", "--keep", "id,sold").succeeds()
        let test = Set(
            try repository.read("prepared/test.csv").split(separator: "\n").dropFirst().map { $0.prefix { $0 != "," } })
        let rows = try repository.read("predicted.csv").split(separator: "\n").dropFirst()
            .map { $0.split(separator: ",", omittingEmptySubsequences: false) }.filter { test.contains($0[0]) }
        let right = rows.filter { $0[1] == $0[2] }.count
        let accuracy = try number("accuracy", in: repository)
        #expect(rows.count == test.count && Double(right) / Double(rows.count) == accuracy)
    }
}
