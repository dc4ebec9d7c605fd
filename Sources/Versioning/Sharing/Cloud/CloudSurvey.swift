import FileSystem
import Hashing
import Objects
import Storage
import Synchronization

/// Which files a remote that keeps versions has, and under which version.
struct CloudSurvey: Sendable {
    private(set) var present: [RelativePath: CloudVersion] = [:]

    /// From so many files of one directory on, the directory is listed instead of each being asked for.
    private static let listed = 9

    /// - Parameters:
    ///   - journal: what was sent before and is in no project file yet.
    ///   - size: of an object, where known; a file of another size is another file.
    init(
        of files: [CloudFile], in remote: CloudRemote, journal: CloudJournal? = nil,
        size: @escaping @Sendable (ObjectID) -> Int64? = { _ in nil }
    ) async throws {
        let current = try await Self.current(files, remote)
        let found = Mutex<(present: [RelativePath: CloudVersion], failure: (any Error)?)>(([:], nil))
        let uploads = journal?.uploads() ?? [:]
        await concurrentForEach(files, limit: remote.backend.concurrency) { file in
            if found.withLock({ $0.failure != nil }) { return }
            do {
                let version = try await Self.version(
                    of: file, current[file.path], uploads[file.path], size(file.object), remote)
                if let version { found.withLock { $0.present[file.path] = version } }
            } catch {
                found.withLock { if $0.failure == nil { $0.failure = error } }
            }
        }
        try Task.checkCancellation()
        let (present, failure) = found.withLock { $0 }
        if let failure { throw failure }
        self.present = present
    }

    private static func version(
        of file: CloudFile, _ current: VersionedMetadata?, _ upload: CloudJournal.Upload?, _ size: Int64?,
        _ remote: CloudRemote
    ) async throws -> CloudVersion? {
        func isThere(_ version: CloudVersion) async throws -> Bool {
            if current?.versionID == version.id { return true }
            return try await remote.backend.stat(remote.key(of: file.path), version: version.id) != nil
        }
        if let recorded = file.recorded, try await isThere(recorded) { return recorded }
        // As DVC: bytes that are there already, from another clone or by another tool, are not sent again.
        if let current, let version = CloudVersion(current.versionID, etag: current.metadata.version),
            file.object.algorithm == .md5, current.metadata.version == file.object.digest.hex,
            size == nil || size == current.metadata.size
        {
            return version
        }
        if let upload, upload.object == file.object, try await isThere(upload.version) { return upload.version }
        return nil
    }

    /// What is current now under the files' names.
    private static func current(
        _ files: [CloudFile], _ remote: CloudRemote
    ) async throws -> [RelativePath: VersionedMetadata] {
        var single: [CloudFile] = []
        var prefixes: [String] = []
        for (folder, files) in Dictionary(grouping: files, by: \.folder) {
            if let folder, files.count >= listed { prefixes.append(folder.string + "/") } else { single += files }
        }
        let found = Mutex<(current: [RelativePath: VersionedMetadata], failure: (any Error)?)>(([:], nil))
        let wanted = Set(files.map(\.path))
        @Sendable func note(_ body: () async throws -> [(RelativePath, VersionedMetadata)]) async {
            if found.withLock({ $0.failure != nil }) { return }
            do {
                let entries = try await body()
                found.withLock { found in for (path, entry) in entries { found.current[path] = entry } }
            } catch {
                found.withLock { if $0.failure == nil { $0.failure = error } }
            }
        }
        await concurrentForEach(prefixes.sorted(), limit: remote.backend.concurrency) { prefix in
            await note {
                var entries: [(RelativePath, VersionedMetadata)] = []
                for try await entry in remote.backend.listVersions(under: Key(prefix)) {
                    let path = RelativePath(entry.key.path)
                    if wanted.contains(path) { entries.append((path, entry.current)) }
                }
                return entries
            }
        }
        await concurrentForEach(single, limit: remote.backend.concurrency) { file in
            // What a project file names is asked for by its version later.
            if file.recorded != nil { return }
            await note {
                let entry = try await remote.backend.stat(remote.key(of: file.path), version: nil)
                return entry.map { [(file.path, $0)] } ?? []
            }
        }
        try Task.checkCancellation()
        let (current, failure) = found.withLock { $0 }
        if let failure { throw failure }
        return current
    }
}
