import Basics
package import Tables

/// All that a training follows from, beside the data.
package struct TrainingOptions: Sendable {
    package var engine = ModelEngine.xgboost

    // The data; paths as the person wrote them.
    package var data = ""
    package var validation: String?
    package var validationFraction: Double?
    package var format: TableFormat?
    package var target = ""
    package var weight: String?
    package var group: String?
    package var features: [String]?
    package var ignored: [String] = []
    package var categorical: [String] = []
    package var words = FeatureSchema.Words.auto

    // What is learned.
    package var task: ModelTask?
    package var objective: String?
    package var metrics: [String] = []
    /// The engine's own parameters, in the order given.
    package var parameters: [Parameter] = []
    package var rounds: Int?
    package var earlyStopping: Int?
    package var minimumGain: Double?
    package var folds: Int?
    package var isStratified = false
    package var seed = 0
    package var threads = 0
    package var checkpointEvery: Int?
    package var resumption = Resumption.ifSame
    /// Whether a training that is cut short leaves something to go on from.
    package var keepsCheckpoint = true
    /// Where the checkpoint lies; nil for a place that follows from the model's.
    package var checkpointFolder: String?

    // What comes out.
    package var model: String?
    package var importance: String?
    /// The file of a fitted transformer that made the tables.
    package var transformer: String?
    /// nil for no curve.
    package var metricsFolder: String?

    package init() {}

    /// Whether a training goes on from the checkpoint of the same one; of another one it never does.
    package enum Resumption: Sendable {
        case ifSame
        /// The same; and it is told where there is none.
        case always
        case never
    }

    package struct Parameter: Sendable, Equatable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    // MARK: What stands where nothing is said

    package static let standardRounds = 200
    package static let standardCheckpoint = 50

    /// Where the model goes.
    package var modelPath: String { model ?? (engine == .xgboost ? "model.ubj" : "model.json") }

    /// Refuses what contradicts itself before any file is read.
    func check() throws(Failure) {
        func refuse(_ text: String, _ remedy: String? = nil) throws(Failure) {
            throw Failure(text, remedy: remedy, category: .usage)
        }
        if data.isEmpty { try refuse("no data to train on", "name a table with `--data`") }
        if target.isEmpty { try refuse("no column to predict", "name one with `--target`") }
        if validation != nil, validationFraction != nil {
            try refuse("`--valid` and `--valid-fraction` cannot be used together")
        }
        if let fraction = validationFraction, !(fraction > 0 && fraction < 1) {
            try refuse("`--valid-fraction` must lie between 0 and 1, not \(fraction)")
        }
        if let folds {
            if folds < 2 { try refuse("`--cv` needs at least 2 folds") }
            if validation != nil || validationFraction != nil {
                try refuse(
                    "`--cv` judges on parts of the training data",
                    "leave `--valid` and `--valid-fraction` out")
            }
        } else if isStratified {
            try refuse("`--cv-stratified` says how `--cv` divides the rows", "say how many folds with `--cv`")
        }
        if seed < 0 || seed > Int(Int32.max) { try refuse("`--seed` must lie between 0 and \(Int32.max)") }
        if threads < 0 { try refuse("`--threads` must not be negative") }
        if let word = features?.first(where: { $0 == target }) ?? (weight == target ? target : nil) {
            try refuse("'\(word)' is the target, so the model cannot read it")
        }
        if group != nil, let task, task != .ranking {
            try refuse("`--group` is for ranking, and the task is \(task.rawValue)")
        }
        if engine == .xgboost {
            try checkBoosting(refuse)
        } else {
            try checkLinear(refuse)
        }
    }

    private func checkBoosting(_ refuse: (String, String?) throws(Failure) -> Void) throws(Failure) {
        if let rounds, !(1...1_000_000).contains(rounds) {
            try refuse("`--rounds` must lie between 1 and 1000000", nil)
        }
        if let checkpointEvery, checkpointEvery < 1 { try refuse("`--checkpoint-every` must be at least 1", nil) }
        if let earlyStopping {
            if earlyStopping < 1 { try refuse("`--early-stopping` must be at least 1", nil) }
            if validation == nil, validationFraction == nil, folds == nil {
                try refuse(
                    "`--early-stopping` needs data that the model does not learn from",
                    "add `--valid FILE`, `--valid-fraction 0.2` or `--cv 5`")
            }
        }
        if let minimumGain {
            if !(minimumGain >= 0) || minimumGain.isInfinite { try refuse("`--min-delta` must not be negative", nil) }
            if earlyStopping == nil { try refuse("`--min-delta` is for `--early-stopping`, which is missing", nil) }
        }
        guard ModelFormat(path: modelPath) != nil else {
            try refuse("'\(modelPath)' must end in .ubj or .json, which say how the model is written", nil)
            return
        }
    }

    private func checkLinear(_ refuse: (String, String?) throws(Failure) -> Void) throws(Failure) {
        let foreign: [(String, Bool)] = [
            ("--rounds", rounds != nil), ("--early-stopping", earlyStopping != nil),
            ("--min-delta", minimumGain != nil), ("--checkpoint-every", checkpointEvery != nil),
            ("--objective", objective != nil), ("--eval-metric", !metrics.isEmpty), ("--group", group != nil),
            ("--threads", threads != 0),
        ]
        if let option = foreign.first(where: \.1) {
            try refuse("`\(option.0)` is for `--engine xgboost`; the engine is \(engine.rawValue)", nil)
        }
        guard modelPath.lowercased().hasSuffix(".json") else {
            try refuse("'\(modelPath)' must end in .json: a model of the engine \(engine.rawValue) is JSON", nil)
            return
        }
        if words == .codes {
            try refuse("the place of a word among others means nothing to a linear model", "use `--words onehot`")
        }
        let allowed: [ModelTask] = engine == .linear ? [.regression] : [.binary, .multiclass]
        if let task, !allowed.contains(task) {
            try refuse(
                "the engine \(engine.rawValue) is for \(allowed.map(\.rawValue).joined(separator: " and ")), not for"
                    + " \(task.rawValue)", nil)
        }
    }
}
