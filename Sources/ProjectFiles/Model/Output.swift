package import Documents

/// A file or directory that a stage makes, or that a person tracks.
package struct Output: Sendable, Equatable {
    /// As written: POSIX, relative to the stage's working directory, or absolute, or a URL.
    package var path: String
    package var checksum: OutputChecksum
    /// Whether the data goes to the cache; Git keeps it otherwise.
    package var isCached: Bool
    /// Whether the data stays in place when its stage runs again.
    package var isPersistent: Bool
    /// Whether push may send the data.
    package var canPush: Bool
    /// The only remote that the data goes to and comes from.
    package var remote: String?
    package var annotation: Annotation
    package var role: Role
    /// Options of the store that an output outside the workspace lies in.
    package var fsConfig: Mapping?

    package enum Role: Sendable, Equatable {
        case data
        case metric
        /// With the properties of a plot, in file order.
        case plot(Mapping)
    }

    package init(
        path: String, checksum: OutputChecksum = OutputChecksum(), isCached: Bool = true, isPersistent: Bool = false,
        canPush: Bool = true, remote: String? = nil, annotation: Annotation = Annotation(), role: Role = .data,
        fsConfig: Mapping? = nil
    ) {
        self.path = path
        self.checksum = checksum
        self.isCached = isCached
        self.isPersistent = isPersistent
        self.canPush = canPush
        self.remote = remote
        self.annotation = annotation
        self.role = role
        self.fsConfig = fsConfig
    }

    package var isMetric: Bool { role == .metric }
    package var isPlot: Bool { if case .plot = role { true } else { false } }
}

/// What people say about an output; the engine only carries it along.
package struct Annotation: Sendable, Equatable {
    package var description: String?
    package var type: String?
    package var labels: [String]
    package var meta: Value?

    package init(description: String? = nil, type: String? = nil, labels: [String] = [], meta: Value? = nil) {
        self.description = description
        self.type = type
        self.labels = labels
        self.meta = meta
    }

    init(entry: Mapping) {
        self.init(
            description: entry["desc"]?.string, type: entry["type"]?.string,
            labels: entry["labels"]?.array?.compactMap(\.string) ?? [], meta: entry["meta"])
    }

    func dumped(into entry: inout Mapping) {
        if let description, !description.isEmpty { entry["desc"] = .string(description) }
        if let type, !type.isEmpty { entry["type"] = .string(type) }
        if !labels.isEmpty { entry["labels"] = .array(labels.map(Value.string)) }
        if let meta, meta.isTruthy { entry["meta"] = meta }
    }
}

extension Output {
    /// An output of a pointer file that the schema has accepted.
    init(pointerEntry entry: Mapping, workingDirectory: String) {
        let path = entry["path"]?.string ?? ""
        let location = Location(path, relativeTo: workingDirectory)
        self.init(
            path: path,
            checksum: OutputChecksum(entry: entry, isInWorkspace: location.workspacePath != nil),
            isCached: entry["cache"]?.bool ?? true,
            isPersistent: entry["persist"]?.bool ?? false,
            canPush: entry["push"]?.bool ?? true,
            remote: entry["remote"]?.string,
            annotation: Annotation(entry: entry),
            fsConfig: entry["fs_config"]?.mapping)
    }

    /// The entry of a pointer file: `md5, size, nfiles | isexec, hash, path`, then what differs from the defaults.
    func dumpedForPointer(workingDirectory: String) -> Mapping {
        var entry = Mapping()
        let location = Location(path, relativeTo: workingDirectory)
        if checksum.files == nil { checksum.dumped(into: &entry) }
        if !(checksum.isLegacy && location.workspacePath != nil) { entry["hash"] = "md5" }
        entry["path"] = .string(location.workspacePath?.relative(to: workingDirectory) ?? path)
        if let fsConfig, !fsConfig.isEmpty { entry["fs_config"] = .mapping(fsConfig) }
        annotation.dumped(into: &entry)
        if !isCached { entry["cache"] = false }
        if isPersistent { entry["persist"] = true }
        if let remote, !remote.isEmpty { entry["remote"] = .string(remote) }
        if !canPush { entry["push"] = false }
        if let files = checksum.dumpedFiles() { entry["files"] = files }
        return entry
    }
}

extension Value {
    /// What Python calls true: anything but null, false, zero, and the empty.
    var isTruthy: Bool {
        switch self {
        case .null: false
        case .bool(let value): value
        case .int(let value): value != 0
        case .float(let value): value != 0
        case .string(let value): !value.isEmpty
        case .array(let values): !values.isEmpty
        case .mapping(let mapping): !mapping.isEmpty
        case .bigInt, .date: true
        }
    }
}
