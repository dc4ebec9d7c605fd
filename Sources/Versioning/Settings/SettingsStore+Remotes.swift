import Documents

/// A line of `remote list`.
package struct RemoteEntry: Sendable, Equatable {
    package let name: String
    package let url: String
    package let isDefault: Bool

    package init(name: String, url: String, isDefault: Bool) {
        self.name = name
        self.url = url
        self.isDefault = isDefault
    }
}

/// What the `remote` commands do. Names are lower-cased, since DVC reads them so; only the new name of a rename is
/// written as given.
extension SettingsStore {
    /// - Parameter level: by default the project's, or the local one for a URL with a password in it.
    package func addRemote(
        _ name: String, url: String, isDefault: Bool, overwriting: Bool, at level: SettingsLevel?
    ) throws {
        let name = name.lowercased()
        let asked = level
        let level = asked ?? SettingsSecrets.level(for: url, of: "url")
        // Kept out of the project's file, a remote still takes the place of one that is there.
        let isReplaced = try asked == nil && level == .local && layer(.project).document["remote", name] != nil
        try edit(isReplaced ? [.project, level] : [level]) { candidate, document in
            guard overwriting || document["remote", name] == nil else {
                throw SettingsError("remote '\(name)' already exists. Use `-f|--force` to overwrite it.")
            }
            if candidate != level {
                document["remote", name] = nil
                return
            }
            if document["remote", name] != nil { document["remote", name] = .mapping(Mapping()) }
            try set(["remote", name, "url"], to: url, in: &document, of: level)
            if isDefault { document["core", "remote"] = .string(name) }
        }
    }

    /// Sets an option of a remote, or removes it for nil.
    ///
    /// - Parameter level: by default the project's, or the local one for a secret.
    package func modifyRemote(_ name: String, option: String, value: String?, at level: SettingsLevel?) throws {
        let name = name.lowercased()
        guard let value else { return try unsetRemote(name, option: option, at: level) }
        let level = level ?? SettingsSecrets.level(for: value, of: option)
        var known = try mergedValues(below: level)
        try edit(level) { document in
            known.merge(document)
            try checkExists(name, in: known)
            if document["remote", name] == nil { document["remote", name] = .mapping(Mapping()) }
            try set(["remote", name, option], to: value, in: &document, of: level)
        }
    }

    private func unsetRemote(_ name: String, option: String, at level: SettingsLevel?) throws {
        let levels = try levelsToUnset(["remote", name, option], at: level)
        // As DVC: a remote of this level or a weaker one.
        var known = try mergedValues(below: levels.min())
        try edit(levels) { _, document in
            known.merge(document)
            try checkExists(name, in: known)
            if document["remote", name] == nil { document["remote", name] = .mapping(Mapping()) }
            document["remote", name, option] = nil
        }
    }

    /// Removes a remote from one level, and its choice as the default from that level and the stronger ones.
    package func removeRemote(_ name: String, at level: SettingsLevel?) throws {
        let name = name.lowercased()
        let level = level ?? .project
        if let stronger = try strongerLevels(than: level).first(where: {
            try self.layer($0).document["remote", name] != nil
        }) {
            let path = try path(of: stronger)
            throw SettingsError(
                "remote '\(name)' has settings of its own", file: path,
                remedy: "remove them first: `varve remote remove --\(stronger.rawValue) \(name)`")
        }
        try edit([level] + strongerLevels(than: level)) { candidate, document in
            if candidate == level {
                try checkExists(name, in: document)
                document["remote", name] = nil
            }
            if document["core", "remote"] == .string(name) { document["core", "remote"] = nil }
        }
    }

    /// Renames a remote in one level and wherever a stronger level adds to it or makes it the default.
    ///
    /// DVC leaves the stronger level's section under the old name, where it has no URL any more and breaks every
    /// command.
    package func renameRemote(_ name: String, to new: String, at level: SettingsLevel?) throws {
        let name = name.lowercased()
        let level = level ?? .project
        guard try mergedValues()["remote", new] == nil else {
            throw SettingsError("Rename failed. Remote name '\(new)' already exists.")
        }
        try edit([level] + strongerLevels(than: level)) { candidate, document in
            if candidate == level { try checkExists(name, in: document) }
            if let section = document["remote", name] {
                document["remote", name] = nil
                document["remote", new] = section
            }
            if document["core", "remote"] == .string(name) { document["core", "remote"] = .string(new) }
        }
    }

    /// The default remote of all levels or of one; nil where there is none.
    package func defaultRemote(at level: SettingsLevel?) throws -> String? {
        try (level.map(values) ?? mergedValues())["core", "remote"].map(Self.shown)
    }

    /// Makes a remote the default, or no remote for nil.
    package func setDefaultRemote(_ name: String?, at level: SettingsLevel?) throws {
        let name = name?.lowercased()
        let level = level ?? .project
        var known = try mergedValues(below: level)
        try edit(level) { document in
            guard let name else {
                document["core", "remote"] = nil
                return
            }
            known.merge(document)
            guard known["remote", name] != nil else {
                throw SettingsError("default remote must be present in remote list.")
            }
            document["core", "remote"] = .string(name)
        }
    }

    /// The remotes of all levels or of one; sections that only add to a remote of another level are left out.
    package func remoteEntries(at level: SettingsLevel?) throws -> [RemoteEntry] {
        let values = try level.map(values) ?? mergedValues()
        let chosen = values["core", "remote"]?.string
        return (values["remote"]?.mapping?.entries ?? []).compactMap { name, section in
            guard let url = section.mapping?["url"] else { return nil }
            return RemoteEntry(name: name, url: Self.shown(url), isDefault: name == chosen)
        }
    }

    private func checkExists(_ name: String, in document: ConfigDocument) throws {
        guard document["remote", name] != nil else { throw SettingsError("remote '\(name)' doesn't exist.") }
    }

    private func strongerLevels(than level: SettingsLevel) -> [SettingsLevel] {
        SettingsLevel.allCases.filter { $0 > level && files.paths[$0] != nil }
    }
}
