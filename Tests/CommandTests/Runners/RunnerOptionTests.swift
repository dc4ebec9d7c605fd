import TestSupport
import Testing

/// Every runner says where a wrong value came from.
@Suite("Options of runners") struct RunnerOptionTests {
    private static let parameters = """
        train: {data: data.csv, target: y, rounds: many}
        program: {run: {timeout: soon}}
        prepare: {input: data.csv, output: out.csv, format: xml, steps: [{fill: {a: 1}}]}
        evaluate: {predictions: data.csv, target: y, pred_col: a, ci: 200}
        package: {targets: [data.csv], as: zip}

        """

    @Test(
        "name the flag for what the line says, and file and key for what the file says",
        arguments: [
            (["train", "--rounds", "x"], 254, "'--rounds' must be a number, not 'x'"),
            (["train"], 254, "'params.yaml': 'train.rounds' must be a number, not 'many'"),
            (["train", "--timeout", "x", "--", "true"], 254, "'--timeout' is no duration"),
            (
                ["train", "--section", "program", "--", "true"], 254,
                "'params.yaml': 'program.run.timeout' is no duration"
            ),
            (["train", "--timeout", "5s", "--env", "=x", "--", "true"], 254, "'--env' has the name ''"),
            (["prepare", "--format", "doc"], 254, "'--format' must be one of csv, tsv, jsonl, not 'doc'"),
            (["prepare"], 254, "'params.yaml': 'prepare.format' must be one of csv, tsv, jsonl, not 'xml'"),
            (["evaluate", "--ci", "300"], 2, "'--ci' must lie between 0 and 100"),
            (["evaluate"], 2, "'params.yaml': 'evaluate.ci' must lie between 0 and 100"),
            (["package", "--as", "rar"], 254, "'--as' is 'rar'"),
            (["package"], 254, "'params.yaml': 'package.as' is 'zip'"),
        ])
    func places(words: [String], status: Int32, message: String) throws {
        let repository = try TemporaryRepository()
        try repository.write("data.csv", "a,y\n1,2\n2,3\n")
        try repository.write("params.yaml", Self.parameters)
        let run = try repository.run([BuiltProgram.varve, "run"] + words).fails(status: status)
        #expect(run.errors.contains(message), "\(run.errors)")
    }
}
