package import Documents

/// What one run of a stage used and made: an entry of the lock file, and of the run cache.
package struct LockEntry: Sendable, Equatable {
    package var command: Value
    package var dependencies: [LockedItem]
    /// Values by parameter file, then by key path.
    package var parameters: Mapping
    package var outputs: [LockedItem]

    package init(
        command: Value, dependencies: [LockedItem] = [], parameters: Mapping = Mapping(), outputs: [LockedItem] = []
    ) {
        self.command = command
        self.dependencies = dependencies
        self.parameters = parameters
        self.outputs = outputs
    }

    /// An entry that the schema has accepted.
    ///
    /// - Parameter workingDirectory: of its stage; whether a path lies in the workspace decides what a missing `hash:`
    ///   means.
    init(entry: Mapping, workingDirectory: String) {
        self.init(
            command: entry["cmd"] ?? .null,
            dependencies: entry["deps"].mappings.map { LockedItem(entry: $0, workingDirectory: workingDirectory) },
            parameters: entry["params"]?.mapping ?? Mapping(),
            outputs: entry["outs"].mappings.map { LockedItem(entry: $0, workingDirectory: workingDirectory) })
    }

    /// What a stage, whose checksums and parameter values are those of a run just finished, says to the lock file.
    ///
    /// Items are sorted by path; parameter files too, except that the default one comes first.
    package init(_ stage: Stage) {
        let directory = stage.workingDirectory
        self.init(command: stage.command?.value ?? .null)
        dependencies = stage.dataDependencies.sorted { $0.path.precedes($1.path) }.map { dependency in
            if case .dataset(_, let locked) = dependency.source {
                return LockedItem(path: dependency.path, workingDirectory: directory, dataset: locked ?? Mapping())
            }
            return LockedItem(path: dependency.path, checksum: dependency.checksum, workingDirectory: directory)
        }
        outputs = stage.outputs.sorted { $0.path.precedes($1.path) }.map {
            LockedItem(path: $0.path, checksum: $0.checksum, workingDirectory: directory)
        }
        var files: [(key: String, value: Value)] = []
        for dependency in stage.parameterDependencies.sorted(by: { $0.path.precedes($1.path) }) {
            guard let locked = dependency.parameters?.locked else { continue }
            let values = Mapping(locked.entries.sorted { $0.key.precedes($1.key) })
            let isDefault = dependency.path.utf8.elementsEqual(ParamsDependency.defaultFile.utf8)
            files.insert((dependency.path, .mapping(values)), at: isDefault ? 0 : files.count)
        }
        parameters = Mapping(files)
    }

    /// Reads an entry of the run cache, whose document is the bare entry.
    ///
    /// - Parameters:
    ///   - path: for messages.
    ///   - workingDirectory: of the stage that the entry is wanted for.
    package init(
        parsingRunCacheEntry bytes: [UInt8], path: String, workingDirectory: String
    ) throws(ProjectFileError) {
        let document = try ProjectDocument(parsing: bytes, path: path, schema: .lockEntry)
        self.init(entry: document.value, workingDirectory: workingDirectory)
    }

    package func dependency(at path: String) -> LockedItem? { dependencies.last { $0.path.hasSameBytes(as: path) } }
    package func output(at path: String) -> LockedItem? { outputs.last { $0.path.hasSameBytes(as: path) } }

    /// The same without what remotes call the versions of outputs: what a run made does not depend on that.
    package var withoutVersions: LockEntry {
        var entry = self
        for number in entry.outputs.indices {
            let checksum = entry.outputs[number].checksum
            guard checksum.files != nil || checksum.cloudRemote != nil else { continue }
            entry.outputs[number].checksum = OutputChecksum(
                object: checksum.object, algorithm: checksum.algorithm, size: checksum.size, nfiles: checksum.nfiles,
                isExecutable: checksum.isExecutable)
        }
        return entry
    }

    /// The entry in the order of DVC: `cmd, deps, params, outs`, without empty sections.
    package var value: Mapping {
        var entry = Mapping([("cmd", command)])
        if !dependencies.isEmpty { entry["deps"] = .array(dependencies.map { .mapping($0.value) }) }
        if !parameters.isEmpty { entry["params"] = .mapping(parameters) }
        if !outputs.isEmpty { entry["outs"] = .array(outputs.map { .mapping($0.value) }) }
        return entry
    }
}

/// One dependency or output of a lock entry.
package struct LockedItem: Sendable, Equatable {
    /// As written in the stage.
    package var path: String
    package var checksum: OutputChecksum
    /// What the lock file says of a data set; for `ds://` dependencies only.
    package var dataset: Mapping?
    /// Whether `hash: md5` is said: always outside the workspace, inside it unless the digest is DVC 2's.
    package var saysHash: Bool

    package init(
        path: String, checksum: OutputChecksum = OutputChecksum(), workingDirectory: String, dataset: Mapping? = nil
    ) {
        self.path = path
        self.checksum = checksum
        self.dataset = dataset
        saysHash = !(checksum.isLegacy && Location(path, relativeTo: workingDirectory).workspacePath != nil)
    }

    init(entry: Mapping, workingDirectory: String) {
        let path = entry["path"]?.string ?? ""
        let isInWorkspace = Location(path, relativeTo: workingDirectory).workspacePath != nil
        self.path = path
        checksum = OutputChecksum(entry: entry, isInWorkspace: isInWorkspace)
        dataset = entry["dataset"]?.mapping
        saysHash = entry["hash"] != nil
    }

    /// `path, hash, md5, size, nfiles | isexec`; not the order of pointer files.
    var value: Mapping {
        var entry = Mapping([("path", .string(path))])
        if let dataset {
            if !dataset.isEmpty { entry["dataset"] = .mapping(dataset) }
            return entry
        }
        if saysHash { entry["hash"] = "md5" }
        if let files = checksum.dumpedFiles() { entry["files"] = files } else { checksum.dumped(into: &entry) }
        return entry
    }
}

extension String {
    func hasSameBytes(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
