package import Documents

/// Something that a stage needs: when it changes, the stage has changed.
package struct Dependency: Sendable, Equatable {
    /// As written; empty for a database query.
    package var path: String
    package var source: Source
    package var checksum: OutputChecksum
    /// Options of the store that a dependency outside the workspace lies in.
    package var fsConfig: Mapping?

    package enum Source: Sendable, Equatable {
        /// A file or directory of the workspace, of the machine, or at a URL.
        case data
        /// Data of another repository.
        case repository(ImportSource)
        /// Values of a parameter file, which `path` names.
        case parameters(ParamsDependency)
        /// What a query gives: `query` or `table`, `connection`, `file_format`.
        case database(Mapping)
        /// A data set of the pipeline file (`ds://name`), with what the lock file says of it.
        case dataset(name: String, locked: Mapping?)
    }

    package init(
        path: String, source: Source = .data, checksum: OutputChecksum = OutputChecksum(), fsConfig: Mapping? = nil
    ) {
        self.path = path
        self.source = source
        self.checksum = checksum
        self.fsConfig = fsConfig
    }

    package var parameters: ParamsDependency? {
        if case .parameters(let parameters) = source { parameters } else { nil }
    }
    package var repository: ImportSource? {
        if case .repository(let repository) = source { repository } else { nil }
    }
}

/// The repository that an import comes from.
package struct ImportSource: Sendable, Equatable {
    /// As typed: a URL or a path.
    package var url: String
    /// Branch, tag or commit that was asked for.
    package var revision: String?
    /// Full hash of the Git commit that the data was taken from.
    package var lockedRevision: String?
    /// Options laid over the other repository's: a mapping, or the path of a configuration file.
    package var configuration: Value?
    /// The other repository's remote to use: its name, or its options.
    package var remote: Value?

    package init(
        url: String, revision: String? = nil, lockedRevision: String? = nil, configuration: Value? = nil,
        remote: Value? = nil
    ) {
        self.url = url
        self.revision = revision
        self.lockedRevision = lockedRevision
        self.configuration = configuration
        self.remote = remote
    }

    init(entry: Mapping) {
        self.init(
            url: entry["url"]?.string ?? "", revision: entry["rev"]?.string,
            lockedRevision: entry["rev_lock"]?.string, configuration: entry["config"], remote: entry["remote"])
    }

    func dumped() -> Mapping {
        var entry = Mapping([("url", .string(url))])
        if let revision, !revision.isEmpty { entry["rev"] = .string(revision) }
        if let lockedRevision, !lockedRevision.isEmpty { entry["rev_lock"] = .string(lockedRevision) }
        if let configuration, configuration.isTruthy { entry["config"] = configuration }
        if let remote, remote.isTruthy { entry["remote"] = remote }
        return entry
    }
}

/// The values of a parameter file that a stage uses.
package struct ParamsDependency: Sendable, Equatable {
    /// Key paths such as `train.lr`, in the order of the pipeline file; empty for the whole file.
    package var keys: [String]
    /// The values at the last run by key path, or by top-level key for a whole file; `nil` before the first run.
    package var locked: Mapping?

    package init(keys: [String], locked: Mapping? = nil) {
        self.keys = keys
        self.locked = locked
    }

    package var isWholeFile: Bool { keys.isEmpty }

    /// The file meant where a stage names only keys, relative to the stage's working directory.
    package static let defaultFile = "params.yaml"
}

extension Dependency {
    /// A dependency as a path, as `deps:` of a pipeline file gives it.
    package init(parsing path: String) {
        if path.utf8.starts(with: "ds://".utf8) {
            self.init(path: path, source: .dataset(name: path.datasetName, locked: nil))
        } else {
            self.init(path: path)
        }
    }

    /// A dependency of a pointer file that the schema has accepted.
    init(pointerEntry entry: Mapping, workingDirectory: String) {
        let path = entry["path"]?.string ?? ""
        let location = Location(path, relativeTo: workingDirectory)
        let source: Source
        if let query = entry["db"]?.mapping {
            source = .database(query)
        } else if let repository = entry["repo"]?.mapping, !repository.isEmpty {
            source = .repository(ImportSource(entry: repository))
        } else if path.utf8.starts(with: "ds://".utf8) {
            source = .dataset(name: path.datasetName, locked: nil)
        } else {
            source = .data
        }
        self.init(
            path: path, source: source,
            checksum: OutputChecksum(entry: entry, isInWorkspace: location.workspacePath != nil),
            fsConfig: entry["fs_config"]?.mapping)
    }

    /// The entry of a pointer file.
    func dumpedForPointer(workingDirectory: String) -> Mapping {
        switch source {
        case .repository(let repository):
            return Mapping([("path", .string(path)), ("repo", .mapping(repository.dumped()))])
        case .database(let query):
            let known = query.entries.filter { $0.value.isTruthy }
            return known.isEmpty ? Mapping() : Mapping([("db", .mapping(Mapping(known)))])
        case .dataset(_, let locked):
            var entry = Mapping([("path", .string(path))])
            if let locked, !locked.isEmpty { entry["dataset"] = .mapping(locked) }
            return entry
        case .parameters(let parameters):
            let keys = Value.array(parameters.keys.map(Value.string))
            return Mapping([("path", .string(path)), ("params", parameters.locked.map(Value.mapping) ?? keys)])
        case .data:
            var entry = Mapping()
            let location = Location(path, relativeTo: workingDirectory)
            if checksum.files == nil { checksum.dumped(into: &entry) }
            if !(checksum.isLegacy && location.workspacePath != nil) { entry["hash"] = "md5" }
            entry["path"] = .string(location.workspacePath?.relative(to: workingDirectory) ?? path)
            if let fsConfig, !fsConfig.isEmpty { entry["fs_config"] = .mapping(fsConfig) }
            if let files = checksum.dumpedFiles() { entry["files"] = files }
            return entry
        }
    }
}

extension String {
    /// `name` of `ds://name/…`.
    fileprivate var datasetName: String {
        String(dropFirst("ds://".count).prefix { $0 != "/" && $0 != "?" && $0 != "#" })
    }
}
