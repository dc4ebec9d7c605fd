import ArgumentParser
import Basics
import Documents
import Models
import ProjectFiles
import Tables

/// The options of `varve run train` for the engines that varve has itself.
struct NativeTrainingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What learns: xgboost (default), linear or logistic; the last two need no library", valueName: "engine"))
    var engine: String?
    @Option(help: ArgumentHelp("Table to learn from: CSV, TSV or JSON lines", valueName: "file"), completion: .file())
    var data: String?
    @Option(help: ArgumentHelp("Table to judge by", valueName: "file"), completion: .file())
    var valid: String?
    @Option(
        name: .customLong("valid-fraction"),
        help: ArgumentHelp("Keep this part of the rows back to judge by", valueName: "n"))
    var validFraction: String?
    @Option(help: ArgumentHelp("How the tables are written, where their names do not tell", valueName: "csv|tsv|jsonl"))
    var format: String?
    @Option(help: ArgumentHelp("Column to predict", valueName: "column")) var target: String?
    @Option(help: ArgumentHelp("Column that says how much a row counts", valueName: "column")) var weight: String?
    @Option(
        help: ArgumentHelp("For ranking: column that says which rows compete with each other", valueName: "column"))
    var group: String?
    @Option(
        help: ArgumentHelp("Columns to learn from (default: all others)", valueName: "columns"))
    var features: [String] = []
    @Option(help: ArgumentHelp("Columns to leave out", valueName: "columns")) var ignore: [String] = []
    @Option(help: ArgumentHelp("Columns of words, also where they look like numbers", valueName: "columns"))
    var categorical: [String] = []
    @Option(
        help: ArgumentHelp(
            "How words become numbers: onehot, a number for each; ordinal, their place among all; auto (default),"
                + " onehot up to 16 words",
            valueName: "way"))
    var words: String?
    @Option(
        help: ArgumentHelp(
            "regression, binary, multiclass, ranking or count; auto (default) looks at the target", valueName: "task"))
    var task: String?
    @Option(help: ArgumentHelp("XGBoost's objective, where the task's usual one will not do", valueName: "name"))
    var objective: String?
    @Option(
        name: .customLong("eval-metric"),
        help: ArgumentHelp("XGBoost's metric to watch; the last one decides when to stop", valueName: "name"))
    var evalMetric: [String] = []
    @Option(help: ArgumentHelp("How many rounds of boosting (default: 200)", valueName: "n")) var rounds: String?
    @Option(
        name: .customLong("early-stopping"),
        help: ArgumentHelp("Stop after so many rounds without a gain", valueName: "n"))
    var earlyStopping: String?
    @Option(name: .customLong("min-delta"), help: ArgumentHelp("What counts as a gain (default: any)", valueName: "n"))
    var minDelta: String?
    @Option(
        help: ArgumentHelp("Cross-validate with so many folds first, then learn from all rows", valueName: "n"))
    var cv: String?
    @Flag(name: .customLong("cv-stratified"), help: "Spread the classes evenly over the folds")
    var isStratified = false
    @Option(
        name: .customLong("checkpoint-every"),
        help: ArgumentHelp("Rounds between checkpoints (default: 50)", valueName: "n"))
    var checkpointEvery: String?
    @Option(
        help: ArgumentHelp("Where the model goes (default: model.ubj; model.json without XGBoost)", valueName: "file"),
        completion: .file())
    var model: String?
    @Option(help: ArgumentHelp("Write how much each column counts", valueName: "file"), completion: .file())
    var importance: String?
    @Option(
        help: ArgumentHelp(
            "Transformer that made the table, to be kept with the model and applied by `varve predict`",
            valueName: "file"), completion: .file())
    var transformer: String?
    @Option(
        name: [.customShort("p"), .customLong("param")],
        help: ArgumentHelp("The engine's own parameter, such as eta=0.1", valueName: "name=value"))
    var param: [String] = []
    @Option(
        help: ArgumentHelp(
            "Processors to use (default: as many as the data are worth); the result is the same", valueName: "n"))
    var threads: String?

    /// The options that the command line has.
    var given: [String] {
        let all = [
            ("--engine", engine != nil), ("--data", data != nil), ("--valid", valid != nil),
            ("--valid-fraction", validFraction != nil), ("--format", format != nil), ("--target", target != nil),
            ("--weight", weight != nil), ("--group", group != nil), ("--features", !features.isEmpty),
            ("--ignore", !ignore.isEmpty), ("--categorical", !categorical.isEmpty), ("--words", words != nil),
            ("--task", task != nil), ("--objective", objective != nil), ("--eval-metric", !evalMetric.isEmpty),
            ("--rounds", rounds != nil), ("--early-stopping", earlyStopping != nil), ("--min-delta", minDelta != nil),
            ("--cv", cv != nil), ("--cv-stratified", isStratified), ("--checkpoint-every", checkpointEvery != nil),
            ("--model", model != nil), ("--importance", importance != nil), ("--transformer", transformer != nil),
            ("--param", !param.isEmpty), ("--threads", threads != nil),
        ]
        return all.filter(\.1).map(\.0)
    }

    /// Every key of the section of a parameter file, those of `RunTrainCommand` too.
    static let keys = [
        "engine", "data", "valid", "valid_fraction", "format", "target", "weight", "group", "features", "ignore",
        "categorical", "words", "task", "objective", "eval_metric", "rounds", "early_stopping", "min_delta", "cv",
        "cv_stratified", "seed", "checkpoint_every", "checkpoint_dir", "resume", "model", "metrics_dir", "importance",
        "transformer", "params", "threads",
    ]

    /// Puts what the command line says above a section of a parameter file.
    func put(above section: inout RunnerSection) throws {
        let words: [(String, String?)] = [
            ("engine", engine), ("data", data), ("format", format), ("target", target),
            ("weight", weight), ("group", group), ("words", self.words), ("task", task), ("objective", objective),
            ("rounds", rounds), ("early_stopping", earlyStopping), ("min_delta", minDelta),
            ("checkpoint_every", checkpointEvery), ("model", model), ("importance", importance),
            ("transformer", transformer), ("threads", threads),
        ]
        for (key, word) in words { section.set(key, word.map { .string($0) }) }
        // Three ways to judge, of which the command line's goes before that of the file.
        let judges: [(String, String?)] = [("valid", valid), ("valid_fraction", validFraction), ("cv", cv)]
        if judges.contains(where: { $0.1 != nil }) {
            for (key, word) in judges { section.set(key, word.map { .string($0) } ?? .null) }
        }
        for (key, list) in [
            ("features", features), ("ignore", ignore), ("categorical", categorical), ("eval_metric", evalMetric),
        ] where !list.isEmpty {
            let names = list.flatMap { $0.split(separator: ",").map { Value.string(String($0)) } }
            section.set(key, .array(names))
        }
        if isStratified { section.set("cv_stratified", true) }
        var parameters = try section.mapping("params") ?? Mapping()
        for (name, value) in try KeyValues.parse(param, of: "-p/--param") { parameters[name] = .string(value) }
        if !parameters.isEmpty { section.set("params", .mapping(parameters), flag: "-p/--param") }
    }

    /// Takes the seed of the stage where a section has none.
    static func putSeed(of environment: HostEnvironment, into section: inout RunnerSection) throws(Failure) {
        guard section.value("seed") == nil, let word = environment["VARVE_SEED"] else { return }
        guard let seed = Int(word) else {
            throw Failure("VARVE_SEED is '\(word)', which is no whole number", category: .usage)
        }
        section.set("seed", .int(seed), flag: "VARVE_SEED")
    }

    /// What a section asks for.
    static func request(_ section: RunnerSection) throws -> TrainingOptions {
        try section.refuseOthers(than: keys)
        var options = TrainingOptions()
        options.engine = try choice(section, "engine") ?? .xgboost
        options.data = try section.string("data") ?? ""
        options.validation = try section.string("valid")
        options.validationFraction = try section.number("valid_fraction")
        options.format = try choice(section, "format")
        options.target = try section.string("target") ?? ""
        options.weight = try section.string("weight")
        options.group = try section.string("group")
        options.features = try section.strings("features")
        options.ignored = try section.strings("ignore") ?? []
        options.categorical = try section.strings("categorical") ?? []
        options.words = try choice(section, "words") ?? .auto
        if let task = try section.string("task"), task != "auto" { options.task = try choice(section, "task") }
        options.objective = try section.string("objective")
        options.metrics = try section.strings("eval_metric") ?? []
        options.rounds = try section.integer("rounds")
        options.earlyStopping = try section.integer("early_stopping")
        options.minimumGain = try section.number("min_delta")
        options.folds = try section.integer("cv")
        options.isStratified = try section.bool("cv_stratified") ?? false
        options.checkpointEvery = try section.integer("checkpoint_every")
        options.checkpointFolder = try section.string("checkpoint_dir")
        if let resume = try section.bool("resume") { options.resumption = resume ? .always : .never }
        options.seed = try section.integer("seed") ?? 0
        options.model = try section.string("model")
        options.metricsFolder = try section.string("metrics_dir")
        options.importance = try section.string("importance")
        options.transformer = try section.string("transformer")
        options.threads = try section.integer("threads") ?? 0
        options.parameters = try (section.mapping("params") ?? Mapping()).entries.map { name, value in
            TrainingOptions.Parameter(name, try Self.word(value, of: "params.\(name)", in: section))
        }
        return options
    }

    private static func choice<Choice: RawRepresentable & CaseIterable>(
        _ section: RunnerSection, _ key: String
    ) throws -> Choice? where Choice.RawValue == String {
        guard let word = try section.string(key) else { return nil }
        if let choice = Choice(rawValue: word) { return choice }
        let known = Choice.allCases.map(\.rawValue)
        throw section.wrong(key, "is '\(word)'", remedy: RunnerSection.advice(for: word, among: known))
    }

    /// A parameter as XGBoost reads it: a list as `(1,0,-1)`.
    private static func word(_ value: Value, of key: String, in section: RunnerSection) throws -> String {
        switch value {
        case .string(let text), .date(let text): return text
        case .bool(let flag): return flag ? "true" : "false"
        case .int, .float, .bigInt: return value.pythonText
        case .array(let items):
            if items.contains(where: { $0.array != nil }) { return JSON.emitPython(value) }
            return "(" + (try items.map { try word($0, of: key, in: section) }.joined(separator: ",")) + ")"
        case .null, .mapping: throw section.wrong(key, "must be a single value or a list")
        }
    }
}
