import Basics

/// The parameters that XGBoost gets: those of the person, and those that varve adds.
struct BoosterParameters {
    let objective: String
    /// In the order of their values; the last one decides when to stop.
    let metrics: [String]
    /// All but the seed, in the order in which they are set.
    let all: [TrainingOptions.Parameter]

    /// Names under `params` that are the business of an option.
    private static let options = [
        ("objective", "--objective"), ("eval_metric", "--eval-metric"), ("seed", "--seed"), ("random_state", "--seed"),
        ("nthread", "--threads"), ("n_jobs", "--threads"), ("num_boost_round", "--rounds"),
        ("n_estimators", "--rounds"), ("early_stopping_rounds", "--early-stopping"),
    ]
    /// Names that varve sets itself.
    private static let own = ["num_class", "validate_parameters", "process_type", "updater_seq"]

    init(_ options: TrainingOptions, target: Target, training: TrainingRows<Float>, threads: Int) throws(Failure) {
        try Self.refuseOptions(options.parameters.map(\.name))
        let names = Set(options.parameters.map(\.name))
        objective = options.objective ?? BoosterObjective.standard(for: target.task)
        metrics =
            options.metrics.isEmpty
            ? [BoosterObjective.standardMetric(for: objective)].compactMap { $0 } : options.metrics
        var all = [TrainingOptions.Parameter("objective", objective)]
        if target.task == .multiclass { all.append(.init("num_class", String(target.classes.count))) }
        let booster = options.parameters.first { $0.name == "booster" }?.value
        // What `auto` means depends on the version.
        if !names.contains("tree_method"), booster != "gblinear" { all.append(.init("tree_method", "hist")) }
        // The usual one lets threads race.
        if booster == "gblinear", !names.contains("updater") { all.append(.init("updater", "coord_descent")) }
        if !names.contains("base_score"),
            let score = BoosterObjective.baseScore(
                for: objective, target: training.target, weights: training.weights)
        {
            all.append(.init("base_score", "\(score)"))
        }
        all.append(.init("nthread", String(threads)))
        all += options.parameters
        all += metrics.map { .init("eval_metric", $0) }
        all.append(.init("validate_parameters", "1"))
        self.all = all
    }

    /// Refuses names that are no parameters of XGBoost's for varve, and names that come twice.
    static func refuseOptions(_ parameters: [String]) throws(Failure) {
        var names: Set<String> = []
        for name in parameters {
            if let option = options.first(where: { $0.0 == name }) {
                throw Failure(
                    "the parameter '\(name)' is an option of its own",
                    remedy: "use `\(option.1)`, or its key beside `params`", category: .usage)
            }
            if own.contains(name) { throw Failure("varve sets the parameter '\(name)' itself", category: .usage) }
            guard names.insert(name).inserted else {
                throw Failure("the parameter '\(name)' is given twice", category: .usage)
            }
        }
    }

    /// Whether matrices may be used again by another segment or another training of such parameters.
    ///
    /// XGBoost keeps in a matrix how it cut the numbers into bins. With `hist` the cuts follow from the rows and
    /// `max_bin` alone, and it looks whether that has changed; those of `approx` depend on the rows that were drawn.
    static func keepsMatrices(_ parameters: [TrainingOptions.Parameter]) -> Bool {
        func value(_ name: String) -> String? { parameters.last { $0.name == name }?.value }
        return value("tree_method").map { $0 == "hist" } ?? true && value("booster") != "gblinear"
            && value("updater") == nil && value("device").map { $0 == "cpu" } ?? true && value("gpu_id") == nil
    }

    /// Gives a booster all of them.
    func apply(to booster: Booster, seed: Int) throws(Failure) {
        for parameter in all { try booster.set(parameter.name, parameter.value) }
        try booster.set("seed", String(seed))
    }

    /// Refuses parameters that XGBoost says it does not use.
    ///
    /// - Parameter messages: what XGBoost said when it was configured.
    /// - Returns: the other messages.
    static func refuseUnused(_ messages: [String], of given: [TrainingOptions.Parameter]) throws(Failure) -> [String] {
        var others: [String] = []
        for message in messages {
            guard message.contains("Parameters: {") else {
                others.append(message)
                continue
            }
            let words = message.split(separator: "\"", omittingEmptySubsequences: false)
            let unused = stride(from: 1, to: words.count, by: 2).map { String(words[$0]) }
            guard let name = unused.first(where: { name in given.contains { $0.name == name } }) ?? unused.first
            else { continue }
            let isKnown = known.contains(name)
            throw Failure(
                isKnown
                    ? "XGBoost does not use the parameter '\(name)' together with the others"
                    : "XGBoost has no parameter '\(name)'",
                remedy: isKnown
                    ? "leave it out, or look which `booster`, `tree_method` and objective it belongs to"
                    : nearest(to: name, among: known).map { "did you mean '\($0)'?" }
                        ?? "https://xgboost.readthedocs.io/en/stable/parameter.html lists them",
                category: .usage)
        }
        return others
    }

    /// Names of XGBoost 1.7 to 3.2, for advice; what counts is what the library says.
    static let known = [
        "alpha", "aft_loss_distribution", "aft_loss_distribution_scale", "base_score", "booster", "colsample_bylevel",
        "colsample_bynode", "colsample_bytree", "device", "disable_default_eval_metric", "eta", "feature_selector",
        "gamma", "grow_policy", "huber_slope", "interaction_constraints", "lambda", "lambdarank_num_pair_per_sample",
        "lambdarank_pair_method", "lambdarank_normalization", "lambdarank_unbiased", "learning_rate",
        "max_bin", "max_cached_hist_node", "max_cat_threshold", "max_cat_to_onehot", "max_delta_step", "max_depth",
        "max_leaves", "min_child_weight", "min_split_loss", "monotone_constraints", "multi_strategy",
        "normalize_type", "num_parallel_tree", "one_drop", "quantile_alpha", "rate_drop", "refresh_leaf", "reg_alpha",
        "reg_lambda", "sample_type", "sampling_method", "scale_pos_weight", "seed_per_iteration", "skip_drop",
        "subsample", "top_k", "tree_method", "tweedie_variance_power", "updater", "verbosity",
    ]
}

extension ModelEngine {
    /// The names of its own parameters. Of XGBoost's, those that are known; what counts is what the library says.
    package var parameters: [String] {
        self == .xgboost ? BoosterParameters.known : LinearTraining.names[self] ?? []
    }

    /// Another name of a parameter, which means the same.
    package func otherName(of parameter: String) -> String? {
        guard self == .xgboost else { return nil }
        let pairs = [
            ("eta", "learning_rate"), ("gamma", "min_split_loss"), ("lambda", "reg_lambda"), ("alpha", "reg_alpha"),
        ]
        return pairs.first { $0.0 == parameter }?.1 ?? pairs.first { $0.1 == parameter }?.0
    }
}
