import ArgumentParser
import Basics
import FileSystem
import Models
import Rendering
import Tables

/// `varve predict`: apply a model to a table.
struct PredictCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict", abstract: "Apply a trained model to a table",
        discussion: examples(
            ("varve predict model.ubj test.csv -o predictions.csv", "A prediction for each row"),
            (
                "varve predict model.ubj test.csv -o predictions.csv --proba --keep id,species",
                "With probabilities, and columns of the table"
            ))
                + """


                The model's card, `<model>.varve.json`, says which columns it reads and how words become numbers; a model of \
                XGBoost that comes without one is applied to columns of numbers by their names.
                """)
    static let failureStatus: Int32 = 1

    @Argument(help: ArgumentHelp("File of a model, as `varve run train` or XGBoost writes it"), completion: .file())
    var model: String
    @Argument(help: ArgumentHelp("Table: CSV, TSV or JSON lines"), completion: .file()) var data: String
    @Option(
        name: [.customShort("o"), .customLong("out")],
        help: ArgumentHelp("Table to write; the ending says how", valueName: "file"), completion: .file())
    var out: String
    @Flag(help: "Add a column with the probability of each class") var proba = false
    @Option(help: ArgumentHelp("Columns of the table to take over", valueName: "columns")) var keep: [String] = []
    @Option(
        help: ArgumentHelp("Of two classes the second is predicted from this probability on (default: 0.5)"))
    var threshold: String?
    @Option(help: ArgumentHelp("How the table is written, where its name does not tell", valueName: "csv|tsv|jsonl"))
    var format: String?
    @Option(help: ArgumentHelp("Use so many rounds of the model (default: up to the best)", valueName: "n"))
    var iterations: String?
    @Option(
        help: ArgumentHelp(
            "What to do with words that the training data did not have: missing (default) or error", valueName: "way"))
    var unknown: String?
    @Flag(
        name: .customLong("no-transformer"),
        help: "The table has been through the model's transformer already")
    var skipsTransformer = false
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let environment = console.invocation.environment
        func absolute(_ path: String) -> String { Paths.absolute(path, from: environment.workingDirectory) }
        guard let format = try self.format.map(Self.format(named:)) ?? TableFormat(path: data) else {
            throw Failure(
                "'\(data)' is no table that varve knows by its name",
                remedy: "say what it is with `--format csv`, `tsv` or `jsonl`", category: .usage)
        }
        guard let written = TableFormat(path: out) else {
            throw Failure("'\(out)' must end in .csv, .tsv or .jsonl", category: .usage)
        }
        let options = try options()
        let predictor = try Predictor.load(
            absolute(model), name: model, library: environment[Predictor.libraryVariable], options: options)
        let table = PredictionTable(
            keep: keep.flatMap { $0.split(separator: ",").map(String.init) }, showsProbabilities: proba,
            threshold: try threshold(for: predictor))
        let predictions = try predictor.predict(absolute(data), format: format, name: data, options: options)
        for word in predictions.unknown { console.warn(word.note(in: data)) }
        try table.write(
            predictions, of: absolute(data), format: format, name: data, to: absolute(out), format: written)
        console.print("wrote \(counted(predictions.rows, "prediction")) to \(out)")
    }

    private func options() throws -> Predictor.Options {
        var options = Predictor.Options()
        options.transforms = !skipsTransformer
        if let unknown {
            guard let way = FeatureSchema.UnknownWords(rawValue: unknown) else {
                throw Failure("--unknown is missing or error, not '\(unknown)'", category: .usage)
            }
            options.unknown = way
        }
        if let iterations {
            guard let count = Int(iterations), count > 0 else {
                throw Failure("--iterations must be a whole number above 0, not '\(iterations)'", category: .usage)
            }
            options.rounds = count
        }
        return options
    }

    private func threshold(for predictor: Predictor) throws -> Double? {
        guard let threshold else { return nil }
        guard let number = Double(threshold), (0...1).contains(number) else {
            throw Failure("--threshold must lie between 0 and 1, not '\(threshold)'", category: .usage)
        }
        guard predictor.task == .binary else {
            throw Failure(
                "--threshold is for two classes, and the model is for \(predictor.task.rawValue)", category: .usage)
        }
        return number
    }

    private static func format(named name: String) throws -> TableFormat {
        guard let format = TableFormat(rawValue: name) else {
            throw Failure("--format is csv, tsv or jsonl, not '\(name)'", category: .usage)
        }
        return format
    }
}
