package import Basics
package import Documents

extension StudySettings {
    private static let keys = [
        "objective", "space", "limits", "sampler", "pruner", "seed", "trials", "order", "window", "retries", "stop",
        "constraints", "first",
    ]

    /// The keys that a section may have beside those of other readers.
    package static var documentKeys: [String] { keys }

    /// Reads the section of a study in `varve.yaml` or a parameter file; keys that are not its own are passed over.
    package init(document: Mapping) throws(Failure) {
        let reader = SettingsReader(document, place: "the study")
        let objectives = try Self.objectives(document["objective"])
        var limits: [String] = []
        for limit in try reader.strings("limits") ?? [] { limits.append(limit) }
        guard let space = try reader.mapping("space") else { throw reader.wrong("space", "is missing") }
        self.init(
            objectives: objectives, space: try SearchSpace(document: space, limits: limits),
            sampler: try SamplerSettings(document: document["sampler"] ?? "tpe"),
            pruner: try PrunerSettings(document: document["pruner"] ?? "none"),
            seed: UInt64(truncatingIfNeeded: try reader.integer("seed") ?? 0),
            trials: try reader.integer("trials") ?? 100
        )
        retries = try reader.integer("retries") ?? 0
        for constraint in try reader.strings("constraints") ?? [] { constraints.append(try Expression(constraint)) }
        if let points = document["first"], !points.isNull {
            guard let points = points.array else { throw reader.wrong("first", "must be a list of points") }
            first = try points.map { (point) throws(Failure) in
                guard let point = point.mapping else { throw reader.wrong("first", "must be a list of points") }
                return point
            }
        }
        switch try reader.string("order") ?? "free" {
        case "free": order = .free
        case "strict": order = .strict(window: try reader.integer("window") ?? 1)
        default: throw reader.wrong("order", "must be 'free' or 'strict'")
        }
        if let rules = try reader.mapping("stop") {
            let reader = SettingsReader(rules, place: "'stop' of the study")
            try reader.refuseOthers(than: ["patience", "target", "wall", "failures"])
            stop.patience = try reader.integer("patience")
            stop.target = try reader.number("target")
            stop.wall = try reader.seconds("wall")
            stop.failures = try reader.integer("failures") ?? 10
        }
        try check()
    }

    private static func objectives(_ value: Value?) throws(Failure) -> [Objective] {
        switch value {
        case .array(let items):
            var result: [Objective] = []
            for item in items { result += try objectives(item) }
            return result
        case .string(let text): return [Objective(text)]
        case .mapping(let mapping):
            let reader = SettingsReader(mapping, place: "'objective' of the study")
            try reader.refuseOthers(than: ["metric", "direction"])
            guard let metric = try reader.string("metric") else { throw reader.wrong("metric", "is missing") }
            let word = try reader.string("direction") ?? "minimize"
            guard let direction = Direction(name: word) else {
                throw reader.wrong("direction", "must be 'minimize' or 'maximize'")
            }
            return [Objective(metric, direction)]
        default:
            throw Failure(
                "'objective' of the study must be a metric, such as {metric: metrics.json:auc, direction: maximize}",
                category: .usage)
        }
    }

    /// The section again, from which the same settings are read.
    package var document: Mapping {
        var result = Mapping()
        result["objective"] = .array(
            objectives.map { ["metric": .string($0.metric), "direction": .string($0.direction.name)] })
        result["space"] = .mapping(space.document)
        if !space.limits.isEmpty { result["limits"] = .array(space.limits.map { .string($0.text) }) }
        result["sampler"] = sampler.document
        result["pruner"] = pruner.document
        result["seed"] = .int(Int(truncatingIfNeeded: seed))
        result["trials"] = .int(trials)
        if case .strict(let window) = order {
            result["order"] = "strict"
            result["window"] = .int(window)
        }
        if retries > 0 { result["retries"] = .int(retries) }
        var rules = Mapping()
        if let patience = stop.patience { rules["patience"] = .int(patience) }
        if let target = stop.target { rules["target"] = .float(target) }
        if let wall = stop.wall { rules["wall"] = .float(wall) }
        if stop.failures != 10 { rules["failures"] = .int(stop.failures) }
        if !rules.isEmpty { result["stop"] = .mapping(rules) }
        if !constraints.isEmpty { result["constraints"] = .array(constraints.map { .string($0.text) }) }
        if !first.isEmpty { result["first"] = .array(first.map(Value.mapping)) }
        return result
    }
}

/// Typed reading of a mapping; errors name the key and the place.
struct SettingsReader {
    let values: Mapping
    let place: String

    init(_ values: Mapping, place: String) {
        self.values = values
        self.place = place
    }

    func wrong(_ key: String, _ reason: String) -> Failure {
        Failure("'\(key)' of \(place) \(reason)", category: .usage)
    }

    func refuseOthers(than known: [String]) throws(Failure) {
        for key in values.keys where !known.contains(key) {
            throw Failure(
                "'\(key)' of \(place) is not known", remedy: "known are \(known.joined(separator: ", "))",
                category: .usage)
        }
    }

    private func value(_ key: String) -> Value? { values[key].flatMap { $0.isNull ? nil : $0 } }

    func number(_ key: String) throws(Failure) -> Double? {
        guard let value = value(key) else { return nil }
        guard let number = Distribution.number(value), !number.isNaN else { throw wrong(key, "must be a number") }
        return number
    }

    func integer(_ key: String) throws(Failure) -> Int? {
        guard let number = try number(key) else { return nil }
        guard let whole = Int(exactly: number), whole >= 0 else {
            throw wrong(key, "must be a whole number that is not negative")
        }
        return whole
    }

    func bool(_ key: String) throws(Failure) -> Bool? {
        guard let value = value(key) else { return nil }
        guard let flag = value.bool else { throw wrong(key, "must be true or false") }
        return flag
    }

    func string(_ key: String) throws(Failure) -> String? {
        guard let value = value(key) else { return nil }
        guard let text = value.string else { throw wrong(key, "must be a word") }
        return text
    }

    func strings(_ key: String) throws(Failure) -> [String]? {
        guard let value = value(key) else { return nil }
        if let text = value.string { return [text] }
        guard let items = value.array else { throw wrong(key, "must be a list of formulas") }
        return try items.map { (item) throws(Failure) in
            guard let text = item.string else { throw wrong(key, "must be a list of formulas") }
            return text
        }
    }

    func mapping(_ key: String) throws(Failure) -> Mapping? {
        guard let value = value(key) else { return nil }
        guard let mapping = value.mapping else { throw wrong(key, "must be a mapping") }
        return mapping
    }

    /// `90`, `90s`, `15m`, `12h`, `2d`
    func seconds(_ key: String) throws(Failure) -> Double? {
        guard let text = value(key)?.string, let unit = text.last,
            let factor = ["s": 1.0, "m": 60, "h": 3600, "d": 86400][unit]
        else { return try number(key) }
        guard let count = Double(text.dropLast()), count >= 0 else {
            throw wrong(key, "must be a time such as 90s, 15m or 12h")
        }
        return count * factor
    }
}
