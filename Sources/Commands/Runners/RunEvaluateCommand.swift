import ArgumentParser
import Basics
import Charts
import Documents
import Evaluation
import FileSystem
import ProjectFiles
import Storage
import Tables
import Versioning

/// `varve run evaluate`: how good are these predictions, and may they pass?
struct RunEvaluateCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Judge predictions: metrics, intervals, slices, fairness, gates, a report",
        discussion: examples(
            (
                "varve run evaluate --predictions p.csv --target y --score p -o eval",
                "Two classes, with a report in eval"
            ),
            (
                "varve run evaluate --predictions p.csv --target y --pred-col yhat --baseline main --key id",
                "A regression, compared with the same file on main"
            ),
            (
                "varve run evaluate --predictions p.csv --target y --score p --gate 'roc_auc>=0.85' --slice sex",
                "Held against a gate, and divided by a column"
            ),
            ("varve run evaluate", "All options from the section `evaluate` of params.yaml"))
                + """


                Exit status: 0 where all gates are kept, 1 where one is not, 2 after an error, 3 where a gate has no value to \
                be held against.
                """)

    @Option(
        help: ArgumentHelp("Table with true and predicted values: .csv, .tsv or .jsonl", valueName: "file"),
        completion: .file())
    var predictions: String?
    @Option(
        help: ArgumentHelp("Model that is applied to --data, in place of predictions", valueName: "file"),
        completion: .file())
    var model: String?
    @Option(
        help: ArgumentHelp("Table that the model is applied to, with the true values", valueName: "file"),
        completion: .file())
    var data: String?
    @Flag(
        name: .customLong("no-transformer"),
        help: "The table of --data has been through the model's transformer already")
    var skipsTransformer = false
    @Option(
        help: ArgumentHelp("Column of what is true; one for each label where rows have several", valueName: "columns"))
    var target: [String] = []
    @Option(help: ArgumentHelp("Column of the positive class's score, or of a ranking's", valueName: "column"))
    var score: String?
    @Option(
        name: .customLong("score-cols"),
        help: ArgumentHelp("Columns with a score for each class, such as 'p_*'", valueName: "columns"))
    var scoreColumns: [String] = []
    @Option(
        name: .customLong("pred-col"),
        help: ArgumentHelp("Column of the predicted class or number; one for each label", valueName: "columns"))
    var predictionColumns: [String] = []
    @Option(help: ArgumentHelp("Column of the rows' weights", valueName: "column")) var weight: String?
    @Option(help: ArgumentHelp("Column of the query that a row of a ranking belongs to", valueName: "column"))
    var query: String?
    @Option(help: ArgumentHelp("Column of rows that belong together, which are drawn together", valueName: "column"))
    var cluster: String?
    @Option(help: ArgumentHelp("Columns that tell rows apart, to find them in the baseline", valueName: "columns"))
    var key: [String] = []
    @Option(help: ArgumentHelp("auto, binary, multiclass, multilabel, regression or ranking", valueName: "task"))
    var task: String?
    @Option(help: ArgumentHelp("The positive class of two (default: the greater one)", valueName: "class"))
    var positive: String?
    @Option(
        help: ArgumentHelp(
            "The classes in the order of the score columns, where their names don't tell", valueName: "names"))
    var classes: [String] = []
    @Option(
        name: .customLong("labels-separator"),
        help: ArgumentHelp("What divides several labels in one cell (default: ;)", valueName: "text"))
    var labelsSeparator: String?

    @Option(
        help: ArgumentHelp(
            "Metrics to compute, with commas between (default: those that suit the task)", valueName: "names"))
    var metrics: [String] = []
    @Option(
        help: ArgumentHelp("From which score on a row is positive (default: 0.5), or 'choose'", valueName: "number"))
    var threshold: String?
    @Option(
        name: .customLong("threshold-from"),
        help: ArgumentHelp("Table of other rows on which the threshold is chosen", valueName: "file"),
        completion: .file())
    var thresholdFrom: String?
    @Option(
        name: .customLong("threshold-for"),
        help: ArgumentHelp(
            "How it is chosen: f1, youden, accuracy, recall>=0.9, precision>=0.9, fpr<=0.01 or cost:fp=1,fn=5",
            valueName: "rule"))
    var thresholdFor: String?

    @Option(help: ArgumentHelp("Columns to divide rows by; age:4 for the quartiles of a number", valueName: "columns"))
    var slice: [String] = []
    @Option(help: ArgumentHelp("Columns of groups that should be treated alike", valueName: "columns"))
    var fairness: [String] = []
    @Option(
        name: .customLong("min-n"),
        help: ArgumentHelp("Groups of fewer rows are not judged (default: 30)", valueName: "rows"))
    var leastRows: Int?

    @Option(
        help: ArgumentHelp(
            "How often rows are drawn for intervals, 0 for none (default: 1000 up to 100000 rows)", valueName: "number")
    )
    var bootstrap: Int?
    @Option(help: ArgumentHelp("Width of the intervals in percent (default: 95)", valueName: "percent")) var ci: Double?
    @Option(
        name: .customLong("ci-method"),
        help: ArgumentHelp("percentile, bca, or clustered with --cluster (default: percentile)", valueName: "method"))
    var intervalMethod: String?
    @Option(help: ArgumentHelp("Of the random numbers (default: 0)", valueName: "number")) var seed: Int?
    @Option(
        help: ArgumentHelp(
            "What to compare with: a Git revision of the predictions file or the model, or another such file",
            valueName: "rev"),
        completion: .file())
    var baseline: String?
    @Option(
        name: .shortAndLong, help: ArgumentHelp("How many threads work (default: all processors)", valueName: "number"))
    var jobs: Int?

    @Option(
        name: .customLong("calibration-bins"),
        help: ArgumentHelp("Bins of the calibration curve (default: 10)", valueName: "number"))
    var calibrationBins: Int?
    @Option(
        name: .customLong("calibration-strategy"),
        help: ArgumentHelp("Bins of equal width (uniform) or of equally many rows (quantile)", valueName: "word"))
    var calibrationStrategy: String?

    @Option(help: ArgumentHelp("File with a list of gates", valueName: "file"), completion: .file()) var gates: String?
    @Option(help: ArgumentHelp("A gate, such as 'roc_auc>=0.85' or 'recall[sex=*]>=0.7'", valueName: "gate"))
    var gate: [String] = []
    @Option(
        name: [.customShort("o"), .customLong("out")],
        help: ArgumentHelp("Folder for metrics.json, eval.json, plots and report.html", valueName: "path"),
        completion: .directory)
    var out: String?
    @Flag(name: .customLong("md"), help: "Write report.md as well, fit to be a comment on a pull request")
    var markdown = false
    @Flag(help: "Print what eval.json holds") var json = false
    @OptionGroup var source: RunnerSectionOptions
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let status: GateStatus
        do {
            status = try await evaluate(console)
        } catch let error as CancellationError {
            throw error
        } catch {
            console.report(error)
            throw ExitCode(GateStatus.error.rawValue)
        }
        if status != .kept { throw ExitCode(status.rawValue) }
    }

    /// The section of the parameter file with the words of the command line above it.
    private func section(_ environment: HostEnvironment) throws -> RunnerSection {
        var section = try source.read("evaluate", environment)
        let words: [(String, String?)] = [
            ("predictions", predictions), ("model", model), ("data", data), ("score", score), ("weight", weight),
            ("query", query), ("cluster", cluster),
            ("task", task), ("positive", positive), ("labels_separator", labelsSeparator), ("threshold", threshold),
            ("threshold_from", thresholdFrom), ("threshold_for", thresholdFor), ("ci_method", intervalMethod),
            ("baseline", baseline), ("calibration_strategy", calibrationStrategy), ("gates", gates), ("out", out),
        ]
        for (key, word) in words { section.put(key, word.map { .string($0) }) }
        let lists = [
            ("target", target), ("score_cols", scoreColumns), ("pred_col", predictionColumns), ("key", key),
            ("classes", classes.flatMap { $0.split(separator: ",").map(String.init) }), ("metrics", metrics),
            ("slice", slice), ("fairness", fairness), ("gate", gate),
        ]
        for (key, list) in lists where !list.isEmpty { section.put(key, .array(list.map { .string($0) })) }
        let numbers = [
            ("min_n", leastRows), ("bootstrap", bootstrap), ("seed", seed), ("jobs", jobs),
            ("calibration_bins", calibrationBins),
        ]
        for (key, number) in numbers { section.put(key, number.map { .int($0) }) }
        section.put("ci", ci.map { .float($0) })
        if markdown { section.put("md", true) }
        if skipsTransformer { section.put("transform", false, flag: "--no-transformer") }
        // A threshold of the command line is not beside a rule of the file.
        if threshold != nil, thresholdFor == nil, thresholdFrom == nil, threshold != "choose" {
            section.set("threshold_for", .null)
            section.set("threshold_from", .null)
        } else if threshold == nil, thresholdFor != nil || thresholdFrom != nil {
            section.set("threshold", .null)
        }
        return section
    }

    private func evaluate(_ console: Console) async throws -> GateStatus {
        let environment = console.invocation.environment
        let section = try section(environment)
        var options = try EvaluationOptions(section)
        options.gates += try GateSources(environment).gates(section, whereNone: options.gates.isEmpty)
        let reader = EvaluationInput(options: options, environment: environment, progress: console.progress)
        let gathered = try await reader.gather()
        let result = try await onOwnThread { [options] _ in
            let evaluator = Evaluator(options, processors: environment.processors)
            var result = try evaluator.evaluate(
                gathered.data, threshold: gathered.threshold, baseline: gathered.baseline)
            result.inputs = gathered.files
            result.notes = gathered.notes + result.notes
            return result
        }
        let view = EvaluationView(result)
        if let out = options.out {
            let files = EvaluationFiles(
                result, page: view.page.html, markdown: try section.bool("md") == true ? view.markdown : nil)
            try files.write(to: Paths.absolute(out, from: environment.workingDirectory))
        }
        if json {
            console.show(IndentedJSON.text(result.document), terminator: "")
        } else {
            console.print(view.text)
            for note in result.notes { console.warn(note) }
            if let out = options.out {
                for note in result.plotNotes { console.note(note) }
                console.note("Written to \(out): report.html, metrics.json, eval.json, plots")
            }
        }
        return GateStatus(result.gates)
    }
}

extension RunnerSection {
    /// Puts a value of the command line above that of the file, however that spells the key.
    fileprivate mutating func put(_ key: String, _ value: Value?, flag: String? = nil) {
        guard let value else { return }
        set(key.replacing("_", with: "-"), .null)
        set(key, value, flag: flag)
    }
}

/// Where gates stand beside the command line: in a file that is named, else in the project's `varve.yaml`.
private struct GateSources {
    private let environment: HostEnvironment

    init(_ environment: HostEnvironment) { self.environment = environment }

    /// - Parameter whereNone: whether no other gates are known, so that those of the project count.
    func gates(_ section: RunnerSection, whereNone: Bool) throws -> [Gate] {
        if case .string(let file)? = section.value("gates") {
            let path = Paths.absolute(file, from: environment.workingDirectory)
            return try GateFile.gates(parsing: Files.read(path, limit: 1 << 24), of: file)
        }
        guard whereNone, let path = projectFile, let bytes = try Files.readIfPresent(path, limit: 1 << 24) else {
            return []
        }
        let document = try ParamsFile(parsing: bytes, path: VarveFile.fileName)
        guard let list = document.lookup("gates") else { return [] }
        return try GateFile.gates(in: list, of: VarveFile.fileName, at: "gates")
    }

    /// `varve.yaml` of the nearest folder that has one, no further up than the repository.
    private var projectFile: String? {
        var folder = environment.workingDirectory
        while true {
            let path = Paths.join(folder, VarveFile.fileName)
            if Files.exists(path) { return path }
            let isTop = Files.exists(Paths.join(folder, ".git")) || Files.exists(Paths.join(folder, ".dvc"))
            if isTop || folder == "/" || folder.isEmpty { return nil }
            folder = Paths.parent(folder)
        }
    }
}
