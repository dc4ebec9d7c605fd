import Documents
import FileSystem

/// One option of one file, as `config` prints it.
package struct SettingsEntry: Sendable, Equatable {
    package let level: SettingsLevel
    /// The file, shown from the repository's root for its own files.
    package let origin: String
    /// Names joined by dots.
    package let name: String
    package let value: String
}

/// What `config` and `cache dir` do.
extension SettingsStore {
    /// The value that an option has in the strongest file that names it, or in the file of one level.
    ///
    /// An option that no file names is nil; asked of one level it is an error.
    package func entry(_ name: OptionName, at level: SettingsLevel?) throws -> SettingsEntry? {
        for candidate in try levels(level).reversed() {
            let document = try values(candidate)
            if let value = document[name.path] {
                return SettingsEntry(
                    level: candidate, origin: try origin(of: candidate), name: name.path.joined(separator: "."),
                    value: Self.shown(value))
            }
            if level != nil { try check(name, in: document) }
        }
        return nil
    }

    /// Every option of all files, or of one level, in the order of the files.
    package func entries(at level: SettingsLevel?) throws -> [SettingsEntry] {
        var result: [SettingsEntry] = []
        for candidate in try levels(level) {
            let origin = try origin(of: candidate)
            for (name, value) in Self.flattened(try values(candidate).sections, prefix: "") {
                result.append(
                    SettingsEntry(level: candidate, origin: origin, name: name, value: Self.shown(value)))
            }
        }
        return result
    }

    /// - Parameter level: by default the project's, or the local one for a secret.
    package func set(_ name: OptionName, to value: String, at level: SettingsLevel?) throws {
        let level = level ?? SettingsSecrets.level(for: value, of: name.option)
        try edit(level) { try set(name.path, to: value, in: &$0, of: level) }
    }

    package func unset(_ name: OptionName, at level: SettingsLevel?) throws {
        try edit(levelsToUnset(name.path, at: level)) { _, document in
            try check(name, in: document)
            document[name.path] = nil
        }
    }

    /// The files that an option is to be taken out of. A secret may be in either of the repository's.
    func levelsToUnset(_ path: [String], at level: SettingsLevel?) throws -> [SettingsLevel] {
        if let level { return [level] }
        guard let option = path.last, SettingsSecrets.isSecret(option: option) else { return [.project] }
        let holding = try [SettingsLevel.project, .local].filter { try layer($0).document[path] != nil }
        return holding.isEmpty ? [.project] : holding
    }

    /// The cache folder that `cache dir` prints: the one in force, or what one level says.
    package func cacheFolder(at level: SettingsLevel?) throws -> String {
        let name = OptionName("cache.dir")
        let value = try level.map { try values($0) } ?? load().values
        if let folder = value["cache", "dir"] { return Self.shown(folder) }
        if level == nil, let project = files.paths[.project] { return Paths.join(Paths.parent(project), "cache") }
        if let name { try check(name, in: value) }
        return ""
    }

    // MARK: Pieces

    /// The levels that a command without a level option reads.
    private func levels(_ level: SettingsLevel?) throws -> [SettingsLevel] {
        guard let level else { return SettingsLevel.allCases.filter { files.paths[$0] != nil } }
        _ = try path(of: level)
        return [level]
    }

    private func origin(of level: SettingsLevel) throws -> String {
        let path = try path(of: level)
        guard level.isInRepository else { return path }
        return Paths.relative(path, to: Paths.parent(Paths.parent(path)))
    }

    private func check(_ name: OptionName, in document: ConfigDocument) throws {
        let kind = name.kind ?? "section"
        let isKnown = name.kind == nil && SettingsSchema.sections.contains { $0.name == name.section }
        guard isKnown || document[Array(name.path.dropLast())] != nil else {
            throw SettingsError("\(kind) '\(name.section)' doesn't exist")
        }
        guard document[name.path] != nil else {
            throw SettingsError("option '\(name.option)' doesn't exist in \(kind) '\(name.section)'")
        }
    }

    private static func flattened(_ mapping: Mapping, prefix: String) -> [(name: String, value: Value)] {
        mapping.entries.flatMap { key, value -> [(name: String, value: Value)] in
            guard let inner = value.mapping else { return [(prefix + key, value)] }
            return flattened(inner, prefix: "\(prefix)\(key).")
        }
    }

    /// A value as Python prints it.
    static func shown(_ value: Value) -> String {
        switch value {
        case .string(let text), .bigInt(let text), .date(let text): text
        case .bool(let flag): flag ? "True" : "False"
        case .int(let number): String(number)
        case .float(let number): String(number)
        case .array(let items): "[" + items.map { "'\(shown($0))'" }.joined(separator: ", ") + "]"
        case .mapping(let inner):
            "{" + inner.entries.map { "'\($0.key)': '\(shown($0.value))'" }.joined(separator: ", ") + "}"
        case .null: ""
        }
    }
}
