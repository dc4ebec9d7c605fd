import ProjectFiles
import Testing

@Suite("varve.yaml") struct VarveFileTests {
    @Test("rules are read in the order of the file, with their direction, tolerance and gates")
    func rules() throws {
        let file = try VarveFile(
            parsing: Array(
                """
                tune: {whatever: 1}
                metrics:
                  a/m.json:train.acc: {direction: maximize, tolerance: 2%, min: 0.9, max_drop: 1e-2}
                  loss: {direction: minimize, max_rise: 5%}
                  seen:
                """.utf8))
        #expect(file.metrics.map(\.name.text) == ["a/m.json:train.acc", "loss", "seen"])
        #expect(file.metrics.map(\.name.file) == ["a/m.json", nil, nil])
        #expect(file.metrics.map(\.direction) == [.maximize, .minimize, nil])
        #expect(file.metrics[0].tolerance?.amount(of: -50) == 1)
        #expect(file.metrics.flatMap(\.gates).map(\.text) == ["min 0.9", "max_drop 0.01", "max_rise 5%"])
    }

    @Test("an empty file has no rules")
    func empty() throws {
        #expect(try VarveFile(parsing: []).metrics == [])
        #expect(try VarveFile(parsing: Array("metrics:\n".utf8)).metrics == [])
    }

    @Test(
        "what is no rule is refused",
        arguments: [
            "- a", "metrics: 5", "metrics: {acc: 5}", "metrics: {acc: {min: high}}", "metrics: {acc: {min: .nan}}",
            "metrics: {acc: {max: 5%}}", "metrics: {acc: {direction: up}}", "metrics: {acc: {minimum: 1}}",
            "metrics: [",
        ])
    func refused(text: String) {
        #expect(throws: ProjectFileError.self) { try VarveFile(parsing: Array(text.utf8)) }
    }
}
