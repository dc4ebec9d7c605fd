import Basics

/// What XGBoost is asked to make small, and what follows from it.
enum BoosterObjective {
    /// What a model of this objective says about a row; nil for what varve cannot tell.
    static func task(of name: String) -> ModelTask? {
        switch name {
        case "binary:logistic": .binary
        case "multi:softprob": .multiclass
        case "count:poisson": .count
        case "rank:pairwise", "rank:ndcg", "rank:map": .ranking
        case "reg:squarederror", "reg:squaredlogerror", "reg:logistic", "reg:pseudohubererror", "reg:absoluteerror",
            "reg:gamma", "reg:tweedie", "reg:quantileerror", "reg:linear":
            .regression
        default: nil
        }
    }

    static func standard(for task: ModelTask) -> String {
        switch task {
        case .regression: "reg:squarederror"
        case .binary: "binary:logistic"
        case .multiclass: "multi:softprob"
        case .count: "count:poisson"
        case .ranking: "rank:ndcg"
        }
    }

    /// The metric that is watched where none is asked for; the same in all versions of XGBoost.
    static func standardMetric(for objective: String) -> String? {
        switch objective {
        case "reg:squarederror", "reg:linear": "rmse"
        case "binary:logistic": "logloss"
        case "multi:softprob": "mlogloss"
        case "count:poisson": "poisson-nloglik"
        case "rank:ndcg", "rank:pairwise": "ndcg"
        case "rank:map": "map"
        default: nil
        }
    }

    /// Whether more is better.
    static func isMaximised(_ metric: String) -> Bool {
        let base = metric.prefix { $0 != "@" }
        let name = base.hasSuffix("-") ? base.dropLast() : base
        return ["auc", "aucpr", "ndcg", "map", "pre", "interval-regression-accuracy"].contains { $0 == name }
    }

    /// The score to begin with: the mean, which older versions of XGBoost do not find out by themselves.
    ///
    /// - Returns: nil where XGBoost knows better.
    static func baseScore(for objective: String, target: [Double], weights: [Double]?) -> Float? {
        guard ["reg:squarederror", "reg:linear", "binary:logistic", "count:poisson"].contains(objective) else {
            return nil
        }
        var sum = 0.0
        var total = 0.0
        for row in target.indices {
            let weight = weights?[row] ?? 1
            sum += weight * target[row]
            total += weight
        }
        let mean = Float(sum / total)
        // A share of 0 or 1 has no logarithm of its odds; nor has a mean of 0 one.
        if objective == "binary:logistic" { return min(max(mean, 1e-6), 1 - 1e-6) }
        return objective == "count:poisson" ? max(mean, 1e-6) : mean
    }
}
