import Basics
import FileSystem
import Hashing
import Indexing
import Objects
import ProjectFiles
import Synchronization

/// What `cache migrate` is asked to do.
package struct MigrationRequest: Sendable {
    /// Also bring the entries of project files up to DVC 3.
    package var withProjectFiles = false
    package var isDry = false

    package init() {}
}

/// What `cache migrate` did, or would do.
package struct MigrationResult: Sendable {
    /// Objects that got a place in DVC 3's part of the cache; in a dry run all that DVC 2's part holds.
    package var objects = 0
    /// Pointer and lock files with entries of DVC 2, as the user sees them, sorted; in a dry run a lock file is named
    /// after its pipeline file.
    package var projectFiles: [String] = []
    /// Outputs whose entries stay, since their data is neither in the workspace nor in the cache.
    package var unavailable: [String] = []
    /// For `git add`.
    package var filesToStage: [String] = []

    package init() {}
}

extension Repository {
    /// Gives the objects of DVC 2 a second name in the cache of DVC 3; the first one stays.
    ///
    /// An entry of a project file is only changed to mean the same data as before.
    package func migrateCache(_ request: MigrationRequest) async throws -> MigrationResult {
        var result = MigrationResult()
        let legacy = try await ObjectStore(backend: cacheFolder).objects(in: .legacy).map(\.id).sorted()
        result.objects = request.isDry ? legacy.count : try migrate(legacy)
        guard request.withProjectFiles else { return result }
        let stages = try workspace().stages.filter(Self.isLegacy)
        if request.isDry {
            result.projectFiles = Set(stages.map(shownFiles)).sorted()
            return result
        }
        defer { index.save() }
        let changes = ProjectFileChanges(self)
        try modernise(pointers: stages.filter { $0.name == nil }, changes, &result)
        try modernise(pipelines: stages.filter { $0.name != nil }, changes, &result)
        result.filesToStage = try changes.finish()
        return result
    }

    // MARK: Objects

    private func migrate(_ legacy: [ObjectID]) throws -> Int {
        let added = Mutex(0)
        progress.report(.began(.hashing, items: legacy.count, bytes: 0))
        defer { progress.report(.ended(.hashing)) }
        try parallelForEach(count: legacy.count, threads: threads) { range in
            for id in legacy[range] {
                let modern = try ObjectID(
                    ContentReader.digest(ofFile: cache.path(of: id), algorithm: .md5), isDirectory: id.isDirectory)
                if try !cache.contains(modern) {
                    try share(id, as: modern)
                    added.withLock { $0 += 1 }
                }
                progress.report(.advanced(.hashing, items: 1, bytes: 0))
            }
        }
        return added.withLock { $0 }
    }

    /// A hard link costs nothing, but not every file system has them.
    private func share(_ id: ObjectID, as modern: ObjectID) throws {
        let temporary = try cache.temporaryPath(for: modern)
        do {
            try Linker.make(.hardlink, from: cache.path(of: id), to: temporary, mode: 0o444)
        } catch {
            try Files.copy(from: cache.path(of: id), to: temporary, mode: 0o444)
        }
        do {
            try cache.publish(temporary: temporary, as: modern)
        } catch {
            try? Files.remove(temporary)
            throw error
        }
    }

    // MARK: Project files

    private static func isLegacy(_ stage: Stage) -> Bool {
        let outputs = stage.outputs.contains { $0.checksum.isLegacy && $0.checksum.object != nil }
        if outputs { return true }
        guard stage.name != nil, let lock = stage.lock else { return false }
        return (lock.outputs + lock.dependencies).contains { $0.checksum.isLegacy && $0.checksum.object != nil }
    }

    private func shownFiles(of stage: Stage) -> String {
        let file = shown(RelativePath(stage.definition))
        guard stage.name != nil else { return file }
        return "\(file) (\(shown(RelativePath(LockFile.path(besides: stage.definition)))))"
    }

    private func modernise(
        pointers stages: [Stage], _ changes: ProjectFileChanges, _ result: inout MigrationResult
    ) throws {
        for var stage in stages.sorted(by: { RelativePath($0.definition) < RelativePath($1.definition) }) {
            var isChanged = false
            for (position, output) in stage.outputs.enumerated() where output.checksum.isLegacy {
                let path = stage.location(of: output).workspacePath.map { RelativePath($0) }
                if let modern = try modern(output.checksum, at: path, storing: output.isCached) {
                    stage.outputs[position].checksum = modern
                    isChanged = true
                } else if output.checksum.object != nil {
                    result.unavailable.append(path.map { shown($0) } ?? output.path)
                }
            }
            guard isChanged else { continue }
            try changes.write(PointerFile(stage: stage))
            result.projectFiles.append(shown(RelativePath(stage.definition)))
        }
    }

    private func modernise(
        pipelines stages: [Stage], _ changes: ProjectFileChanges, _ result: inout MigrationResult
    ) throws {
        for (definition, stages) in Dictionary(grouping: stages, by: \.definition).sorted(by: { $0.key < $1.key }) {
            let path = RelativePath(LockFile.path(besides: definition))
            guard let bytes = try Files.readIfPresent(absolute(path)) else { continue }
            var file = try LockFile(parsing: bytes, path: path.string)
            var isChanged = false
            for stage in stages {
                guard let name = stage.name, var entry = stage.lock else { continue }
                entry.dependencies = try entry.dependencies.map { try modern($0, of: stage, storing: false, &result) }
                entry.outputs = try entry.outputs.map { item in
                    let output = stage.outputs.first { $0.path.utf8.elementsEqual(item.path.utf8) }
                    return try modern(item, of: stage, storing: output?.isCached ?? false, &result)
                }
                if file.update(name, with: entry) { isChanged = true }
            }
            guard isChanged else { continue }
            try changes.write(file.text(), to: path)
            result.projectFiles.append(shown(path))
        }
    }

    private func modern(
        _ item: LockedItem, of stage: Stage, storing: Bool, _ result: inout MigrationResult
    ) throws -> LockedItem {
        guard item.checksum.isLegacy, item.checksum.object != nil else { return item }
        let directory = stage.workingDirectory
        let path = Location(item.path, relativeTo: directory).workspacePath.map { RelativePath($0) }
        guard let modern = try modern(item.checksum, at: path, storing: storing) else {
            result.unavailable.append(path.map { shown($0) } ?? item.path)
            return item
        }
        return LockedItem(path: item.path, checksum: modern, workingDirectory: directory)
    }

    /// The same data by plain MD5: as it is in the workspace where that is what was recorded, else as the cache has it;
    /// `nil` where neither has it.
    private func modern(
        _ checksum: OutputChecksum, at path: RelativePath?, storing: Bool
    ) throws -> OutputChecksum? {
        guard let recorded = checksum.object else { return nil }
        var modern = checksum
        modern.algorithm = .md5
        if let path {
            let item = try scanner().item(at: path, algorithm: .md5Dos2Unix)
            if objectID(of: item, algorithm: .md5Dos2Unix) == recorded {
                let store = storing ? cache : nil
                let fresh = try scanner().item(at: path, algorithm: .md5, storingIn: store)
                let counted = try self.checksum(of: fresh, at: path, algorithm: .md5, storingIn: store)
                modern.object = counted.object
                modern.size = counted.size
                return modern
            }
        }
        guard recorded.isDirectory else {
            guard let digest = try modernDigest(recorded) else { return nil }
            modern.object = ObjectID(digest)
            return modern
        }
        guard let listing = try cache.directoryObject(recorded) else { return nil }
        var entries: [DirectoryObject.Entry] = []
        for entry in listing.entries {
            guard let digest = try modernDigest(ObjectID(entry.digest, algorithm: .md5Dos2Unix)) else { return nil }
            entries.append(.init(path: entry.path, digest: digest))
        }
        modern.object = try cache.store(DirectoryObject(entries: entries))
        return modern
    }

    private func modernDigest(_ legacy: ObjectID) throws -> MD5Digest? {
        guard try cache.contains(legacy) else { return nil }
        return try ContentReader.digest(ofFile: cache.path(of: legacy), algorithm: .md5)
    }
}
