import Documents
import FileSystem
import TestSupport
import Testing

@Suite("varve run prepare") struct RunPrepareTests {
    private static let params = """
        prepare:
          seed: 1
          steps:
            - filter: "weight is not missing"
            - split: {ratios: {train: 0.5, test: 0.5}, by: random}
            - fillna: {sex: mode}
            - onehot: {columns: [sex]}
            - scale: {columns: [weight]}
        """

    private func project() throws -> TemporaryRepository {
        let repository = try TemporaryRepository(.empty)
        try repository.write("params.yaml", Self.params)
        var text = "id,weight,sex\n"
        for row in 0..<40 {
            text +=
                "\(row),\(row % 10 == 9 ? "NA" : "\(row * row % 17)"),\(row % 7 == 0 ? "" : row % 2 == 0 ? "f" : "m")\n"
        }
        try repository.write("data.csv", text)
        return repository
    }

    @Test(
        "a table is prepared by the steps of params.yaml, and again the same way; new data goes through what was learnt"
    )
    func endToEnd() throws {
        let repository = try project()
        let run = try repository.varve("run", "prepare", "-i", "data.csv", "--output-dir", "out").succeeds()
        #expect(run.output.contains("train  18 rows in out/train.csv"))
        #expect(try repository.read("out/train.csv").hasPrefix("id,weight,sex_f,sex_m\n"))
        #expect(try Files.names(in: repository.path("out")).sorted() == ["test.csv", "train.csv", "transformer.json"])

        try repository.varve("run", "prepare", "-i", "data.csv", "--output-dir", "again").succeeds()
        for file in ["train.csv", "test.csv", "transformer.json"] {
            #expect(try repository.read("again/\(file)") == repository.read("out/\(file)"))
        }
        try repository.varve("run", "prepare", "-i", "data.csv", "--output-dir", "other", "--seed", "2").succeeds()
        #expect(try repository.read("other/train.csv") != repository.read("out/train.csv"))

        try repository.write("new.tsv", "weight\tsex\tid\n7\tm\t90\n\t\t91\n")
        let applied = try repository.varve(
            "run", "prepare", "--apply", "out/transformer.json", "-i", "new.tsv", "-o", "new.jsonl", "--json"
        ).succeeds()
        #expect(try JSON.parse(applied.output).mapping?["rows"]?.int == 2)
        let lines = try repository.read("new.jsonl").split(separator: "\n")
        #expect(lines.count == 2 && lines[1].hasPrefix(#"{"weight":null,"sex_f":"#))
    }

    @Test("the section of the stage and flags above it say what is read and written")
    func sections() throws {
        let repository = try project()
        try repository.write(
            "params.yaml", "small:\n  input: data.csv\n  output: small.csv\n  steps:\n  - sample: {count: 3}\n")
        try repository.varve("run", "prepare", with: ["DVC_STAGE": "dvc.yaml:small"]).succeeds()
        #expect(try repository.read("small.csv").split(separator: "\n").count == 4)
        try repository.varve("run", "prepare", "--section", "small", "-o", "s.tsv").succeeds()
        #expect(try repository.read("s.tsv").hasPrefix("id\tweight\tsex\n"))
        try repository.write("steps.yaml", "- select: [id]\n- sample: {fraction: 0.5}\n")
        try repository.varve("run", "prepare", "-i", "data.csv", "-o", "ids.csv", "--steps", "steps.yaml").succeeds()
        #expect(try repository.read("ids.csv").split(separator: "\n").count == 21)
    }

    @Test("wrong words end with status 254, bad data with 1, and neither leaves a file")
    func failures() throws {
        let repository = try project()
        let before = try repository.snapshot()
        for (words, text) in [
            (["-i", "data.csv"], "there is no place for what is prepared"),
            (["-o", "x.csv"], "there is no table to prepare"),
            (["-i", "data.csv", "-o", "x.csv"], "a split makes several files"),
            (["-i", "data.bin", "-o", "x.csv"], "whose ending tells no format"),
            (["-i", "data.csv", "--output-dir", "out", "--format", "xlsx"], "must be one of csv, tsv, jsonl"),
            (["-i", "data.csv", "-o", "data.csv", "--steps", "params.yaml"], "'steps' must be a list"),
            (
                ["-i", "data.csv", "--output-dir", "out", "--without", "id"],
                "--without has a meaning with --apply only"
            ),
            (["-i", "data.csv", "-o", "x.csv", "--apply", "t.json", "--seed", "1"], "--seed has no meaning"),
        ] {
            try repository.run([BuiltProgram.varve, "run", "prepare"] + words).fails(status: 254, saying: text)
        }
        try repository.write("bad.csv", "id,weight,sex\n1,2,f\n2,heavy,m\n")
        for (file, text) in [
            ("missing.csv", "missing.csv"),
            ("params.csv", "'params.csv': has no column 'weight'; it has a, b (step 1, filter)"),
            ("empty.csv", "is empty: there is not even a heading"),
        ] {
            if file == "params.csv" { try repository.write(file, "a,b\n1,2\n") }
            if file == "empty.csv" { try repository.write(file, "") }
            try repository.varve("run", "prepare", "-i", file, "--output-dir", "out").fails(status: 1, saying: text)
        }
        try repository.write("steps.yaml", "- scale: [weight]\n")
        try repository.varve("run", "prepare", "-i", "bad.csv", "-o", "x.csv", "--steps", "steps.yaml").fails(
            status: 1,
            saying: "'bad.csv', line 3: column 'weight' holds 'heavy' where line 2 has a number: a column of two types")
        for file in ["bad.csv", "params.csv", "empty.csv", "steps.yaml"] { try repository.remove(file) }
        #expect(try repository.snapshot().differences(from: before) == [])
    }

    @Test("where the disk is full, what was there stays as it was, and nothing else is left", arguments: 1...6)
    func fullDisk(_ write: Int) throws {
        let repository = try project()
        for file in ["train.csv", "test.csv", "transformer.json"] { try repository.write("out/\(file)", "old\n") }
        let run = try repository.varve(
            "run", "prepare", "-i", "data.csv", "--output-dir", "out", with: ["VARVE_FAULT": "enospc:\(write)"])
        run.fails(status: 1, saying: "No space left")
        for file in ["train.csv", "test.csv", "transformer.json"] {
            #expect(try repository.read("out/\(file)") == "old\n")
        }
        #expect(try Files.names(in: repository.path("out")).count == 3)
    }
}
