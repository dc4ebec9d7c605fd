package import Documents
package import FileSystem

/// The settings in force: all levels together, checked, with absolute paths and initial values.
package struct Settings: Sendable {
    /// Typed values by section and option; the named sections lie one level deeper.
    package let values: ConfigDocument
    /// What a person should know, such as an option that does nothing any more.
    package let warnings: [String]
    private let layers: [SettingsLayer]

    package init(
        layers: [SettingsLayer], files: SettingsFiles, overrides: SettingsOverrides = SettingsOverrides()
    ) throws(SettingsError) {
        self.layers = layers
        var merged = ConfigDocument()
        for layer in layers {
            merged.merge(layer.document.mappingPaths { files.resolved($0, in: layer.path) })
        }
        merged.merge(overrides.document)
        if let remote = overrides.remote { merged["core", "remote"] = .string(remote) }
        if !overrides.remoteOptions.isEmpty {
            guard let name = merged["core", "remote"]?.string?.lowercased() else {
                throw SettingsError("options of a remote are given, but no remote is named")
            }
            for option in overrides.remoteOptions {
                merged["remote", name, option.name.lowercased()] = .string(option.value)
            }
        }
        var validation = SettingsValidation()
        var checked = ConfigDocument()
        do {
            checked.sections = try validation.validate(merged.sections)
        } catch {
            throw SettingsError(error.description, file: Self.origin(of: error.path, in: layers)?.path)
        }
        values = checked
        warnings = validation.warnings
    }

    /// The strongest file that says something at a path of names, or at the longest part of it that any file has.
    private static func origin(of path: [String], in layers: [SettingsLayer]) -> SettingsLayer? {
        for length in stride(from: path.count, to: 0, by: -1) {
            let part = Array(path.prefix(length))
            if let layer = layers.last(where: { $0.document[part] != nil }) { return layer }
        }
        return nil
    }

    /// The level that an option has its value from; nil for initial values and those of the command line.
    package func level(of path: [String]) -> SettingsLevel? {
        layers.last { $0.document[path] != nil }?.level
    }

    package func string(_ section: String, _ option: String) -> String? { values[section, option]?.string }
    package func flag(_ section: String, _ option: String) -> Bool { values[section, option]?.bool ?? false }

    // MARK: core

    /// The remote that is used where none is named.
    package var defaultRemote: String? { string("core", "remote").flatMap { $0.isEmpty ? nil : $0 } }
    /// Whether files that varve writes are staged in Git.
    package var stagesAutomatically: Bool { flag("core", "autostage") }
    /// Whether the repository lives without Git (`core.no_scm`).
    package var isWithoutGit: Bool { flag("core", "no_scm") }
    package var usesHardlinkLock: Bool { flag("core", "hardlink_lock") }
    /// How many files may be hashed at once; nil leaves it to the program.
    package var checksumJobs: Int? { values["core", "checksum_jobs"]?.int }
    /// Where DVC keeps what it may lose, from the settings alone; `DVC_SITE_CACHE_DIR` wins over it.
    package var siteCacheFolder: String? { string("core", "site_cache_dir") }

    // MARK: cache

    /// The cache folder, where it is not `.dvc/cache`.
    package var cacheFolder: String? { string("cache", "dir") }
    /// How workspace files may share their bytes with the cache, the preferred way first.
    package var linkTypes: [LinkType] { Self.linkTypes(values["cache", "type"]) ?? [.reflink, .copy] }
    /// Whether everyone in the group may write to the cache.
    package var isSharedWithGroup: Bool { string("cache", "shared") == "group" }
    package var warnsOfSlowLinks: Bool { flag("cache", "slow_link_warning") }

    static func linkTypes(_ value: Value?) -> [LinkType]? {
        guard let names = value?.array else { return nil }
        let types = names.compactMap { $0.string.flatMap(LinkType.init(rawValue:)) }
        return types.isEmpty ? nil : types
    }
}
