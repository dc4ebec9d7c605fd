package import Basics
package import Documents

extension Distribution {
    /// Optuna's form: `{"name": "FloatDistribution", "attributes": {"step": null, "low": …, "high": …, "log": …}}`.
    package var json: Value {
        switch self {
        case .float(let range):
            [
                "name": "FloatDistribution",
                "attributes": [
                    "step": range.step.map(Value.float) ?? .null, "low": .float(range.low),
                    "high": .float(range.high), "log": .bool(range.isLog),
                ],
            ]
        case .int(let range):
            [
                "name": "IntDistribution",
                "attributes": [
                    "log": .bool(range.isLog), "step": .int(range.step), "low": .int(range.low),
                    "high": .int(range.high),
                ],
            ]
        case .categorical(let choices):
            ["name": "CategoricalDistribution", "attributes": ["choices": .array(choices)]]
        }
    }

    /// Reads Optuna's form, the names of Optuna 2 included.
    package init(json: Value) throws(Failure) {
        guard let object = json.mapping, let name = object["name"]?.string,
            let attributes = object["attributes"]?.mapping
        else { throw Self.wrong("a distribution must be an object with 'name' and 'attributes'") }
        switch name {
        case "CategoricalDistribution":
            guard let choices = attributes["choices"]?.array else { throw Self.wrong("'choices' is missing") }
            self = try .choices(choices)
        case "FloatDistribution", "UniformDistribution", "LogUniformDistribution", "DiscreteUniformDistribution":
            let isLog = name == "LogUniformDistribution" || attributes["log"]?.bool ?? false
            let step = Self.number(attributes["step"]) ?? Self.number(attributes["q"])
            guard let low = Self.number(attributes["low"]), let high = Self.number(attributes["high"]) else {
                throw Self.wrong("'low' or 'high' is missing")
            }
            self = .float(try FloatRange(low, high, log: isLog, step: step))
        case "IntDistribution", "IntUniformDistribution", "IntLogUniformDistribution":
            let isLog = name == "IntLogUniformDistribution" || attributes["log"]?.bool ?? false
            guard let low = attributes["low"]?.int, let high = attributes["high"]?.int else {
                throw Self.wrong("'low' or 'high' is missing")
            }
            self = .int(try IntRange(low, high, log: isLog, step: isLog ? 1 : attributes["step"]?.int ?? 1))
        default: throw Self.wrong("'\(name)' is no distribution")
        }
    }

    /// A number, also where YAML 1.1 reads `1e-5` as a word.
    static func number(_ value: Value?) -> Double? {
        switch value {
        case .int(let whole): Double(whole)
        case .float(let real): real
        case .string(let text): Double(text)
        default: nil
        }
    }

    static func whole(_ value: Value?) -> Int? { number(value).flatMap { Int(exactly: $0) } }
}
