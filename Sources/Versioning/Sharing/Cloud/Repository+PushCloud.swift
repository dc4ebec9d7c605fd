import Basics
import FileSystem
import Hashing
import Indexing
import Objects
import ProjectFiles
import Storage
import Transfers

extension Repository {
    /// Sends to a remote that keeps versions what it lacks of some outputs of the workspace, and writes into the project
    /// files which versions they are.
    ///
    /// What was sent is recorded even where the rest fails.
    func push(_ outputs: [UsedOutput], to remote: CloudRemote, jobs: Int?) async throws -> TransferReport {
        let cache = cache
        let files = try CloudFiles(of: outputs, in: remote, cache: cache)
        let journal = CloudJournal(of: remote, in: scratch)
        let survey = try await CloudSurvey(of: files.files, in: remote, journal: journal) { id in
            (try? Files.status(cache.path(of: id)))?.size
        }
        var report = TransferReport()
        var wanted: [CloudFile] = []
        for file in files.files where survey.present[file.path] == nil {
            if cache.holds(file.object) { wanted.append(file) } else { report.missing.append(file.object) }
        }
        let upload = CloudUpload(to: remote, from: cache, journal: journal, jobs: jobs, progress: progress)
        var records = CloudRecords(of: files.files, in: remote) { id in
            (try? Files.status(cache.path(of: id))).flatMap { $0 }.map { Int($0.size) }
        }
        records.add(survey.present)
        do {
            try await upload.run(wanted)
        } catch {
            records.add(upload.sent)
            try? record(records)
            throw error
        }
        records.add(upload.sent)
        try record(records)
        journal.forget()
        report.transferred = wanted.filter { upload.sent[$0.path] != nil }.map(\.object)
        report.failed = upload.failed.map { failed in
            let error = (failed.error as? StorageError)?.at(remote.key(of: failed.file.path), in: remote.backend.name)
            return TransferReport.FailedObject(id: failed.file.object, error: error ?? failed.error)
        }
        var names = ObjectNames()
        for file in files.files { names.add(file.object, named: shown(file.path)) }
        for output in files.unlisted {
            names.add(output.object, named: shown(output.path))
            report.missing.append(output.object)
        }
        warnOfMissing(Set(report.missing), names: names)
        return report
    }

    /// Writes the versions into the pointer and lock files of the workspace as they are by now; what was changed since
    /// is left alone.
    private func record(_ records: CloudRecords) throws {
        guard !records.isEmpty else { return }
        let changes = ProjectFileChanges(self)
        let ledger = LockLedger(self)
        var locked: [String: [(name: String, entry: LockEntry)]] = [:]
        for stage in try workspace().stages {
            guard let name = stage.name else {
                var updated = stage
                for number in stage.outputs.indices {
                    let output = stage.outputs[number]
                    guard output.isCached, let path = stage.location(of: output).workspacePath else { continue }
                    updated.outputs[number].checksum = try records.recorded(
                        output.checksum, at: RelativePath(path), listing: listing(of:))
                }
                guard updated.outputs != stage.outputs else { continue }
                if updated.isImport { updated.md5 = PointerFile(stage: updated).definitionDigest?.hex }
                try changes.write(PointerFile(stage: updated))
                continue
            }
            guard let entry = stage.lock, let updated = try versioned(entry, of: stage, records) else { continue }
            locked[LockFile.path(besides: stage.definition), default: []].append((name, updated))
        }
        for (path, entries) in locked {
            let path = RelativePath(path)
            guard let original = try ledger.file(at: path) else { continue }
            var lock = original.file
            var isNew = false
            for (name, entry) in entries where lock.update(name, with: entry) { isNew = true }
            guard isNew else { continue }
            progress.report(.message("Updating lock file '\(shown(path))'"))
            try changes.write(try lock.text(), to: path)
        }
    }

    /// The entry of a stage with the versions of its outputs; `nil` where none of them is concerned.
    private func versioned(_ entry: LockEntry, of stage: Stage, _ records: CloudRecords) throws -> LockEntry? {
        var updated = entry
        var isConcerned = false
        for number in entry.outputs.indices {
            let item = entry.outputs[number]
            guard let output = stage.outputs.first(where: { $0.path.utf8.elementsEqual(item.path.utf8) }),
                output.isCached, let path = stage.location(of: output).workspacePath
            else { continue }
            updated.outputs[number].checksum = try records.recorded(
                item.checksum, at: RelativePath(path), listing: listing(of:))
            if records.concerns(RelativePath(path)) { isConcerned = true }
        }
        guard isConcerned else { return nil }
        // As DVC: beside such outputs, directories that the stage reads are written as lists of files, too.
        for number in entry.dependencies.indices {
            let checksum = entry.dependencies[number].checksum
            guard checksum.files == nil, let id = checksum.object, id.isDirectory,
                let listing = try listing(of: checksum), !listing.entries.isEmpty
            else { continue }
            updated.dependencies[number].checksum.files = listing.entries.map { entry in
                RecordedFile(
                    relpath: entry.path.string,
                    checksum: OutputChecksum(object: ObjectID(entry.digest, algorithm: id.algorithm)))
            }
        }
        return updated
    }
}

/// What project files are to say of the versions of files.
private struct CloudRecords {
    private let remote: String
    private let files: [RelativePath: CloudFile]
    private let size: (ObjectID) -> Int?
    private var versions: [RelativePath: CloudVersion] = [:]
    /// Outputs of which, or of a file of which, a version is known.
    private var outputs: Set<RelativePath> = []

    init(of files: [CloudFile], in remote: CloudRemote, size: @escaping (ObjectID) -> Int?) {
        self.remote = remote.name
        self.size = size
        self.files = Dictionary(files.map { ($0.path, $0) }) { first, _ in first }
    }

    var isEmpty: Bool { versions.isEmpty }

    mutating func add(_ versions: [RelativePath: CloudVersion]) {
        for (path, version) in versions {
            guard let file = files[path] else { continue }
            self.versions[path] = version
            outputs.insert(file.folder ?? path)
        }
    }

    /// Whether there is a version of an output or of a file in it.
    func concerns(_ path: RelativePath) -> Bool { outputs.contains(path) }

    /// What is recorded of an output, with the versions of what has not changed since.
    func recorded(
        _ checksum: OutputChecksum, at path: RelativePath, listing: (OutputChecksum) throws -> DirectoryObject?
    ) throws -> OutputChecksum {
        guard concerns(path), let object = checksum.object else { return checksum }
        guard object.isDirectory else { return versioned(checksum, object, at: path) }
        guard let listing = try listing(checksum) else { return checksum }
        var known: [String: OutputChecksum] = [:]
        for file in checksum.files ?? [] { known[file.relpath] = file.checksum }
        let recorded = listing.entries.map { entry in
            let id = ObjectID(entry.digest, algorithm: object.algorithm)
            let file = known[entry.path.string] ?? OutputChecksum(object: id, size: size(id))
            return RecordedFile(
                relpath: entry.path.string,
                checksum: versioned(file, id, at: path.appending(entry.path.string)))
        }
        // Where everything has changed since, the output says nothing of versions.
        guard recorded.contains(where: { $0.checksum.cloudRemote != nil }) else { return checksum }
        var updated = checksum
        updated.files = recorded
        return updated
    }

    private func versioned(_ checksum: OutputChecksum, _ id: ObjectID, at path: RelativePath) -> OutputChecksum {
        guard let version = versions[path], files[path]?.object == id else { return checksum }
        var checksum = checksum
        checksum.cloudRemote = remote
        checksum.versionID = version.id
        checksum.etag = version.etag
        return checksum
    }
}
