package import Basics
package import Documents

/// The options of a built-in runner as a section of a parameter file has them.
///
/// Flags on the command line are put above it with `set`. When a value has the wrong kind, every reader names the flag that
/// it came from, else file, section and key.
package struct RunnerSection: Sendable {
    /// As messages call it.
    package let file: String
    package let name: String
    package private(set) var values: Mapping
    /// What values came from that the file does not have: `--rounds`, by the key.
    private var flags: [String: String] = [:]

    package init(file: String, name: String, values: Mapping = Mapping()) {
        self.file = file
        self.name = name
        self.values = values
    }

    /// Finds the section of a runner.
    ///
    /// - Parameters:
    ///   - wanted: the section somebody asked for; without it that of the stage, then that of the runner, then none.
    ///   - stage: the stage's address, such as `sub/dvc.yaml:train@small`.
    ///   - runner: `train`, `evaluate` …
    /// - Throws: where the section that was asked for is missing, or is no mapping.
    package init(
        in parameters: ParamsFile, section wanted: String?, stage: String?, runner: String
    ) throws(Failure) {
        let stageName = stage.map { address in
            let name = address.split(separator: ":").last.map(String.init) ?? address
            return name.split(separator: "@").first.map(String.init) ?? name
        }
        for candidate in wanted.map({ [$0] }) ?? [stageName, runner].compactMap({ $0 }) {
            guard let found = parameters.lookup(candidate), !found.isNull || wanted != nil else { continue }
            guard let mapping = found.isNull ? Mapping() : found.mapping else {
                if wanted == nil, candidate != runner { continue }
                throw Failure("'\(parameters.path)': '\(candidate)' is no section but a single value", category: .usage)
            }
            self.init(file: parameters.path, name: candidate, values: mapping)
            return
        }
        if let wanted {
            throw Failure(
                "'\(parameters.path)' has no section '\(wanted)'",
                remedy: "its sections are " + (parameters.value.mapping?.keys ?? []).joined(separator: ", "),
                category: .usage)
        }
        self.init(file: parameters.path, name: runner)
    }

    /// The section with underscores in its keys where the file has dashes.
    package var withUnderscores: RunnerSection {
        let entries = values.entries.map { (key: $0.key.replacing("-", with: "_"), value: $0.value) }
        var result = RunnerSection(file: file, name: name, values: Mapping(entries))
        for (key, flag) in flags { result.flags[key.replacing("-", with: "_")] = flag }
        return result
    }

    /// Puts a value of the command line above that of the file; nothing is done for `nil`.
    ///
    /// - Parameter flag: as messages call it; without it the key with two dashes before it.
    package mutating func set(_ key: String, _ value: Value?, flag: String? = nil) {
        guard let value else { return }
        values[key] = value
        flags[key] = value.isNull ? nil : flag ?? "--" + key.replacing("_", with: "-")
    }

    /// An error about one key, with the flag that its value came from, or its place.
    package func wrong(_ key: String, _ reason: String, remedy: String? = nil) -> Failure {
        let place = flags[key].map { "'\($0)'" } ?? "'\(file)': '\(name).\(key)'"
        return Failure("\(place) \(reason)", remedy: remedy, category: .usage)
    }

    // MARK: Typed readers; `nil` where the key is missing or null

    package func value(_ key: String) -> Value? { values[key].flatMap { $0.isNull ? nil : $0 } }

    package func string(_ key: String) throws(Failure) -> String? {
        guard let value = value(key) else { return nil }
        switch value {
        case .string(let text), .date(let text): return text
        case .int, .float, .bool, .bigInt: return value.pythonText
        default: throw wrong(key, "must be a word")
        }
    }

    package func number(_ key: String) throws(Failure) -> Double? {
        guard let value = value(key) else { return nil }
        switch value {
        case .int(let number): return Double(number)
        case .float(let number): return number
        case .string(let text):
            // YAML 1.1 reads `1e-3`, which has no point, as a word.
            guard let number = Double(text) else { throw wrong(key, "must be a number, not '\(text)'") }
            return number
        default: throw wrong(key, "must be a number")
        }
    }

    package func integer(_ key: String) throws(Failure) -> Int? {
        guard let number = try number(key) else { return nil }
        guard let whole = Int(exactly: number) else { throw wrong(key, "must be a whole number") }
        return whole
    }

    package func bool(_ key: String) throws(Failure) -> Bool? {
        guard let value = value(key) else { return nil }
        guard let flag = value.bool else { throw wrong(key, "must be true or false") }
        return flag
    }

    /// A list of words; a single word is a list of one.
    package func strings(_ key: String) throws(Failure) -> [String]? {
        guard let value = value(key) else { return nil }
        guard let items = value.array else { return try string(key).map { [$0] } }
        return try items.map { (item) throws(Failure) in
            switch item {
            case .string(let text), .date(let text): return text
            case .int, .float, .bool, .bigInt: return item.pythonText
            default: throw wrong(key, "must be a list of words")
            }
        }
    }

    package func mapping(_ key: String) throws(Failure) -> Mapping? {
        guard let value = value(key) else { return nil }
        guard let mapping = value.mapping else { throw wrong(key, "must be a mapping") }
        return mapping
    }

    /// Refuses keys that nobody knows, with the nearest one that somebody does.
    package func refuseOthers(than known: [String]) throws(Failure) {
        for key in values.keys where !known.contains(where: { $0.utf8.elementsEqual(key.utf8) }) {
            throw wrong(key, "is not known", remedy: Self.advice(for: key, among: known))
        }
    }

    /// `did you mean 'eta'?` where one is near, else all there are.
    package static func advice(for word: String, among known: [String]) -> String {
        nearest(to: word, among: known).map { "did you mean '\($0)'?" } ?? "known are " + known.joined(separator: ", ")
    }
}
