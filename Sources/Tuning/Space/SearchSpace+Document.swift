package import Basics
package import Documents

/// The space as a mapping of a document: varve's short form and that of Optuna's sweeper for Hydra.
///
/// ```yaml
/// space:
///   train.lr:     {float: [1e-5, 1e-1], log: true}
///   train.layers: {int: [1, 8]}
///   train.opt:    {choice: [adam, sgd]}
///   train.mom:    {float: [0.5, 0.99], when: "train.opt == 'sgd'"}
///   batch:        {type: int, low: 16, high: 256, log: true}
///   drop:         interval(0, 0.5)
/// ```
extension SearchSpace {
    package init(document: Mapping, limits: [String] = []) throws(Failure) {
        var parameters: [Parameter] = []
        for (name, value) in document.entries { parameters.append(try Parameter(name, document: value)) }
        var formulas: [Expression] = []
        for limit in limits { formulas.append(try Expression(limit)) }
        try self.init(parameters, limits: formulas)
    }

    /// The short form again, from which the same space is read.
    package var document: Mapping {
        var result = Mapping()
        for parameter in parameters { result[parameter.name] = parameter.document }
        return result
    }
}

extension Parameter {
    private static let keys = ["float", "int", "choice", "type", "low", "high", "choices", "log", "step", "when"]

    package init(_ name: String, document value: Value) throws(Failure) {
        switch value {
        case .mapping(let mapping): try self.init(name, mapping)
        case .array(let choices): self.init(name, try .choices(choices))
        case .string(let text): self.init(name, try OverrideGrammar.distribution(text, for: name))
        case .bool, .int, .float, .null: self.init(name, try .choices([value]))
        case .bigInt, .date: throw Self.wrong(name, "it must be a range or choices")
        }
    }

    private init(_ name: String, _ mapping: Mapping) throws(Failure) {
        for key in mapping.keys where !Self.keys.contains(key) {
            throw Self.wrong(name, "'\(key)' is not known; known are \(Self.keys.joined(separator: ", "))")
        }
        let isLog: Bool
        switch mapping["log"] {
        case nil, .null?: isLog = false
        case .bool(let flag)?: isLog = flag
        default: throw Self.wrong(name, "'log' must be true or false")
        }
        let step = mapping["step"].flatMap { $0.isNull ? nil : $0 }
        var condition: Expression?
        if let when = mapping["when"], !when.isNull {
            guard let text = when.string else { throw Self.wrong(name, "'when' must be a formula in quotes") }
            condition = try Expression(text)
        }
        let kinds = ["float", "int", "choice", "type"].filter { mapping[$0] != nil }
        guard kinds.count == 1, let kind = kinds.first else {
            throw Self.wrong(name, "it needs one of 'float: [low, high]', 'int: [low, high]', 'choice: […]'")
        }
        do throws(Failure) {
            let distribution: Distribution
            switch kind {
            case "choice": distribution = try Self.choices(name, mapping["choice"])
            case "type": distribution = try Self.typed(name, mapping, isLog, step)
            default:
                guard let bounds = mapping[kind]?.array, bounds.count == 2 else {
                    throw Self.wrong(name, "'\(kind)' must be a list of two numbers")
                }
                distribution = try Self.range(name, kind, bounds[0], bounds[1], isLog, step)
            }
            self.init(name, distribution, when: condition)
        } catch {
            throw error.summary.contains("'\(name)'") ? error : Self.wrong(name, error.summary)
        }
    }

    private static func typed(
        _ name: String, _ mapping: Mapping, _ isLog: Bool, _ step: Value?
    ) throws(Failure) -> Distribution {
        switch mapping["type"]?.string {
        case "categorical": return try choices(name, mapping["choices"])
        case let kind? where kind == "float" || kind == "int":
            guard let low = mapping["low"], let high = mapping["high"] else {
                throw wrong(name, "'low' or 'high' is missing")
            }
            return try range(name, kind, low, high, isLog, step)
        default: throw wrong(name, "'type' must be float, int or categorical")
        }
    }

    private static func choices(_ name: String, _ value: Value?) throws(Failure) -> Distribution {
        guard let choices = value?.array else { throw wrong(name, "the choices must be a list") }
        return try .choices(choices)
    }

    private static func range(
        _ name: String, _ kind: String, _ low: Value, _ high: Value, _ isLog: Bool, _ step: Value?
    ) throws(Failure) -> Distribution {
        if kind == "int" {
            guard let low = Distribution.whole(low), let high = Distribution.whole(high) else {
                throw wrong(name, "the bounds must be whole numbers")
            }
            guard let step = step == nil ? 1 : Distribution.whole(step) else {
                throw wrong(name, "'step' must be a whole number")
            }
            return .int(try IntRange(low, high, log: isLog, step: step))
        }
        guard let low = Distribution.number(low), let high = Distribution.number(high) else {
            throw wrong(name, "the bounds must be numbers")
        }
        let width = Distribution.number(step)
        guard step == nil || width != nil else { throw wrong(name, "'step' must be a number") }
        return .float(try FloatRange(low, high, log: isLog, step: width))
    }

    static func wrong(_ name: String, _ reason: String) -> Failure {
        Failure("the parameter '\(name)' of the space cannot be used: \(reason)", category: .usage)
    }

    /// The short form.
    var document: Value {
        var result = Mapping()
        switch distribution {
        case .float(let range):
            result["float"] = [.float(range.low), .float(range.high)]
            if range.isLog { result["log"] = true }
            if let step = range.step { result["step"] = .float(step) }
        case .int(let range):
            result["int"] = [.int(range.low), .int(range.high)]
            if range.isLog { result["log"] = true }
            if range.step != 1 { result["step"] = .int(range.step) }
        case .categorical(let choices): result["choice"] = .array(choices)
        }
        if let condition { result["when"] = .string(condition.text) }
        return .mapping(result)
    }
}
