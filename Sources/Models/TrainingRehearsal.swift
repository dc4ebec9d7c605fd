package import Basics

/// What can be said of many trainings before the first of them begins: their tables are read, and names and values that
/// no training could use are refused.
package struct TrainingRehearsal {
    /// What a person should know of the data.
    package let notes: [String]
    /// What the trainings will measure: XGBoost's names of metrics, or those of the engine.
    package private(set) var metrics: [String]
    private let options: TrainingOptions
    private let environment: HostEnvironment
    private let width: Int

    /// - Parameters:
    ///   - options: what the trainings have in common, with one of the values that the others may have.
    ///   - engines: those of the trainings.
    ///   - tuned: names of parameters of an engine that have a value of their own in each training.
    package init(
        _ options: TrainingOptions, engines: [ModelEngine], tuned: [String], in environment: HostEnvironment,
        tables: SharedTables
    ) throws {
        try options.check()
        self.options = options
        self.environment = environment
        if options.engine == .xgboost {
            let data = try tables.boosting(options, from: environment.workingDirectory)
            let objective = options.objective ?? BoosterObjective.standard(for: data.target.task)
            metrics =
                options.metrics.isEmpty
                ? [BoosterObjective.standardMetric(for: objective)].compactMap { $0 } : options.metrics
            notes = data.notes
            width = data.schema.width
        } else {
            let data = try tables.linear(options, from: environment.workingDirectory)
            metrics = LinearTraining.metrics(of: data.target.task)
            notes = data.notes
            width = data.schema.width
        }
        let given = options.parameters.filter { parameter in !tuned.contains(parameter.name) }
        if engines == [.xgboost] {
            try BoosterParameters.refuseOptions(given.map(\.name) + tuned)
            let probe = try BoosterProbe(environment, width: width)
            for parameter in given { try probe.check(parameter) }
            for name in tuned { try probe.check(name: name) }
            for metric in options.metrics { try probe.check(metric: metric) }
        } else {
            let known = engines.flatMap(\.parameters)
            for name in given.map(\.name) + tuned where !known.contains(name) {
                throw Failure(
                    "the engine \(engines.map(\.rawValue).joined(separator: " or ")) has no parameter '\(name)'",
                    remedy: nearest(to: name, among: known).map { "did you mean '\($0)'?" }
                        ?? "it has " + known.joined(separator: ", "), category: .usage)
            }
        }
    }

    /// Refuses a metric that the engine does not have.
    package func check(metric: String) throws(Failure) {
        guard options.engine == .xgboost else {
            throw Failure(
                "the engine \(options.engine.rawValue) does not measure '\(metric)'",
                remedy: "it measures " + metrics.joined(separator: ", "), category: .usage)
        }
        try BoosterProbe(environment, width: width).check(metric: metric)
    }
}

/// Asks XGBoost about single parameters, with a row that means nothing.
private struct BoosterProbe {
    private let library: XGBoostLibrary
    private let matrix: DataMatrix

    init(_ environment: HostEnvironment, width: Int) throws(Failure) {
        library = try XGBoostLibrary.open(environment[XGBoostLibrary.pathVariable])
        matrix = try DataMatrix(library, values: [Float](repeating: 0, count: width), rows: 1, width: width)
        try matrix.set(labels: [0])
    }

    /// Refuses a name that XGBoost does not know, and a value that it cannot take.
    func check(_ parameter: TrainingOptions.Parameter) throws(Failure) {
        try configure(parameter.name, parameter.value)
        try refuseUnknown(parameter.name)
    }

    func check(name: String) throws(Failure) {
        guard !BoosterParameters.known.contains(name) else { return }
        // A value that will not do is an answer, too: whoever minds the value knows the name.
        guard (try? configure(name, "1")) != nil else { return }
        try refuseUnknown(name)
    }

    func check(metric: String) throws(Failure) {
        do {
            try configure("eval_metric", metric)
        } catch {
            throw Failure(
                "XGBoost has no metric '\(metric)'",
                remedy: "https://xgboost.readthedocs.io/en/stable/parameter.html lists them under eval_metric",
                category: .usage)
        }
    }

    private func configure(_ name: String, _ value: String) throws(Failure) {
        _ = library.takeMessages()
        let booster = try Booster(library, [matrix])
        try booster.set("validate_parameters", "1")
        try booster.set(name, value)
        do {
            try booster.configure()
        } catch {
            throw Failure(error.summary, remedy: error.remedy, category: .usage)
        }
    }

    /// A parameter that is known but not used may be used together with others.
    private func refuseUnknown(_ name: String) throws(Failure) {
        guard !BoosterParameters.known.contains(name) else { return }
        _ = try BoosterParameters.refuseUnused(library.takeMessages(), of: [.init(name, "")])
    }
}
