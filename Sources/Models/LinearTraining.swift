import Basics

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Trains linear and logistic models in code of our own.
///
/// The penalties are those of scikit-learn: `Ridge`, `Lasso` and `ElasticNet` by `alpha`, `LogisticRegression` by `C`, on
/// columns that were given a deviation of 1 unless `standardize` is false.
struct LinearTraining {
    enum Penalty: String, CaseIterable {
        case none
        case l2
        case l1
        case elasticNet = "elasticnet"
    }

    let engine: ModelEngine
    private(set) var penalty: Penalty
    private(set) var alpha = 1.0
    private(set) var inverse = 1.0
    private(set) var ratio = 0.5
    private(set) var standardizes = true
    private(set) var limit: Int?
    private(set) var tolerance: Double?

    static let names: [ModelEngine: [String]] = [
        .linear: ["penalty", "alpha", "l1_ratio", "standardize", "max_iterations", "tolerance"],
        .logistic: ["penalty", "C", "l1_ratio", "standardize", "max_iterations", "tolerance"],
    ]

    init(_ engine: ModelEngine, _ parameters: [TrainingOptions.Parameter]) throws(Failure) {
        self.engine = engine
        penalty = engine == .linear ? .none : .l2
        let known = Self.names[engine] ?? []
        for parameter in parameters {
            func wrong(_ reason: String) -> Failure {
                Failure("the parameter '\(parameter.name)' \(reason)", category: .usage)
            }
            func number(_ range: (Double) -> Bool, _ what: String) throws(Failure) -> Double {
                guard let number = Double(parameter.value), number.isFinite, range(number) else {
                    throw wrong("must be \(what), not '\(parameter.value)'")
                }
                return number
            }
            guard known.contains(parameter.name) else {
                throw Failure(
                    "the engine \(engine.rawValue) has no parameter '\(parameter.name)'",
                    remedy: "it has " + known.joined(separator: ", "), category: .usage)
            }
            switch parameter.name {
            case "penalty":
                guard let found = Penalty(rawValue: parameter.value.lowercased()) else {
                    throw wrong(
                        "must be one of " + Penalty.allCases.map(\.rawValue).joined(separator: ", ") + ", not"
                            + " '\(parameter.value)'")
                }
                penalty = found
            case "alpha": alpha = try number({ $0 >= 0 }, "a number that is not negative")
            case "C": inverse = try number({ $0 > 0 }, "a number above 0")
            case "l1_ratio": ratio = try number({ $0 >= 0 && $0 <= 1 }, "a number from 0 to 1")
            case "standardize":
                guard let flag = ["true": true, "false": false][parameter.value.lowercased()] else {
                    throw wrong("must be true or false")
                }
                standardizes = flag
            case "max_iterations": limit = Int(try number({ $0 >= 1 && $0 <= 1e9 }, "a whole number above 0"))
            default: tolerance = try number({ $0 > 0 }, "a number above 0")
            }
        }
        let given = parameters.map(\.name)
        if given.contains("alpha"), penalty == .none {
            throw Failure(
                "the parameter 'alpha' is the strength of a penalty, and there is none",
                remedy: "add `-p penalty=l2`, `l1` or `elasticnet`", category: .usage)
        }
        if given.contains("l1_ratio"), penalty != .elasticNet {
            throw Failure(
                "the parameter 'l1_ratio' is for `-p penalty=elasticnet`", category: .usage)
        }
    }

    /// Learns from rows; notes say what a person should know of it.
    func run(_ data: TrainingRows<Double>, target: Target, features: [String]) -> (model: LinearModel, notes: [String])
    {
        engine == .linear ? regression(data, features: features) : logistic(data, target: target, features: features)
    }

    private func regression(_ data: TrainingRows<Double>, features: [String]) -> (LinearModel, [String]) {
        let design = DesignMatrix(data, scalesColumns: standardizes || penalty == .none)
        let problem = LeastSquares(design, target: data.target)
        let solution =
            switch penalty {
            case .none: problem.solve(alpha: 0)
            case .l2: problem.solve(alpha: alpha)
            case .l1: problem.solve(alpha: alpha, ratio: 1, limit: limit ?? 20_000, tolerance: tolerance ?? 1e-10)
            case .elasticNet:
                problem.solve(alpha: alpha, ratio: ratio, limit: limit ?? 20_000, tolerance: tolerance ?? 1e-10)
            }
        let (coefficients, intercept) = design.unscaled(solution.coefficients, intercept: problem.mean)
        var notes: [String] = []
        if !solution.dependent.isEmpty {
            let names = solution.dependent.map { "'\(features[$0])'" }.joined(separator: ", ")
            notes.append("\(names) follows from the other columns, or never changes, and counts nothing")
        }
        if !solution.hasConverged { notes.append(Self.unfinished) }
        let model = LinearModel(
            task: .regression, classes: [], features: features, means: design.means, intercepts: [intercept],
            coefficients: [coefficients])
        return (model, notes)
    }

    private func logistic(_ data: TrainingRows<Double>, target: Target, features: [String]) -> (LinearModel, [String]) {
        let design = DesignMatrix(data, scalesColumns: standardizes || penalty == .none)
        let strength = 1 / (inverse * design.total)
        let squared =
            switch penalty {
            case .none, .l1: 0.0
            case .l2: strength
            case .elasticNet: strength * (1 - ratio)
            }
        var loss = LogisticLoss(
            design, target: data.target.map { Int($0) }, classes: target.classes.count, penalty: squared)
        let found: (point: [Double], hasConverged: Bool)
        if penalty == .l1 || penalty == .elasticNet {
            let absolute = penalty == .l1 ? strength : strength * ratio
            found = loss.minimise(absolute: absolute, limit: limit ?? 50_000, tolerance: tolerance ?? 1e-9)
        } else {
            found = loss.minimise(limit: limit ?? 200, tolerance: tolerance ?? 1e-11)
        }
        var intercepts: [Double] = []
        var coefficients: [[Double]] = []
        for output in 0..<loss.outputs {
            let start = output * (design.width + 1)
            let (weights, intercept) = design.unscaled(
                Array(found.point[start..<start + design.width]), intercept: found.point[start + design.width])
            intercepts.append(intercept)
            coefficients.append(weights)
        }
        let model = LinearModel(
            task: target.task, classes: target.classes, features: features, means: design.means,
            intercepts: intercepts, coefficients: coefficients)
        return (model, found.hasConverged ? [] : [Self.unfinished])
    }

    private static let unfinished =
        "the training came to its limit before it settled; a stronger penalty or a larger `max_iterations` helps"

    /// What the model says about rows that are known.
    static func measure(_ model: LinearModel, _ rows: TrainingRows<Double>) -> [(name: String, value: Double)] {
        let outputs = max(1, model.classes.count)
        let predictions = model.predict(rows.values, rows: rows.count)
        var total = 0.0
        var loss = 0.0
        var wrong = 0.0
        for row in 0..<rows.count {
            let weight = rows.weights?[row] ?? 1
            total += weight
            guard model.task.isClassification else {
                let error = predictions[row] - rows.target[row]
                loss += weight * error * error
                wrong += weight * error.magnitude
                continue
            }
            let own = Int(rows.target[row])
            let start = row * outputs
            // Log loss as XGBoost has it: no probability is so small that its logarithm is infinite.
            loss -= weight * log(max(predictions[start + own], 1e-16))
            var best = 0
            for output in 1..<outputs where predictions[start + output] > predictions[start + best] { best = output }
            wrong += best == own ? 0 : weight
        }
        let values =
            model.task == .regression ? [(loss / total).squareRoot(), wrong / total] : [wrong / total, loss / total]
        return Array(zip(metrics(of: model.task), values)).map { (name: $0.0, value: $0.1) }
    }

    /// The names of what `measure` tells, in its order.
    static func metrics(of task: ModelTask) -> [String] {
        switch task {
        case .multiclass: ["merror", "mlogloss"]
        case .binary: ["error", "logloss"]
        case .regression, .ranking, .count: ["rmse", "mae"]
        }
    }
}
