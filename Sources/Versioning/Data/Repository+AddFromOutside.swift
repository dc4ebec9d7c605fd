import Basics
import FileSystem
import Indexing
import Objects
import ProjectFiles
import Storage
import Transfers

extension Repository {
    /// `add SOURCE --out PATH`: data from anywhere becomes an output at a path of the repository.
    func planBringingIn(
        _ source: String, to output: String, force: Bool, in snapshot: ProjectSnapshot
    ) throws -> AddPlan {
        let absoluteSource = Paths.absolute(source, from: environment.workingDirectory)
        guard Files.exists(absoluteSource) else {
            throw MissingOutput(shown: source, absolute: absoluteSource)
        }
        var target = output
        if Files.isDirectory(Paths.absolute(output, from: environment.workingDirectory)) {
            target = Paths.join(output, Paths.name(absoluteSource))
        }
        guard let path = relativePath(of: target), !path.isRoot else {
            throw Failure("'\(target)' lies outside of the repository")
        }
        try PathGate.check(path.string)
        if Files.exists(absolute(path)), !force {
            throw Failure(
                "The file '\(target)' already exists locally. To override it, re-run with '--force'.")
        }
        if let existing = snapshot.output(at: path) {
            guard existing.stage.name == nil else {
                throw Failure("'\(target)' is an output of stage '\(existing.stage.address())'")
            }
            return AddPlan(
                path: path, stage: existing.stage, outputNumber: existing.position, outputPath: path, isNew: false,
                source: absoluteSource)
        }
        let definition = path.appending("").string + PointerFile.suffix
        return AddPlan(
            path: path, stage: Stage(definition: definition, outputs: [Output(path: path.name)]), outputNumber: 0,
            outputPath: path, isNew: true, source: absoluteSource)
    }

    /// Copies the data to its place in the workspace; recording goes on from there.
    func bringIn(_ plan: AddPlan, force: Bool) throws {
        guard let source = plan.source else { return }
        try Files.makeDirectory(Paths.join(scratch, "staging"))
        let temporary = Paths.join(scratch, "staging/" + TemporaryName.make())
        try copyTree(from: source, to: temporary)
        let target = absolute(plan.path)
        if !plan.path.parent.isRoot { try SafeFolder(root: root).makeDirectory(plan.path.parent) }
        if force, Files.isDirectory(target) { try Files.removeTree(target) }
        try Files.rename(temporary, target)
    }

    func copyTree(from source: String, to destination: String) throws {
        guard let status = try Files.status(source, followingLinks: true) else { return }
        switch status.kind {
        case .directory:
            try Files.makeDirectory(destination)
            for entry in try Files.entries(in: source) {
                let path = Paths.join(source, entry.name)
                // As DVC: links to folders are passed over, links to files are their content.
                if try Files.status(path)?.kind == .symlink, Files.isDirectory(path) { continue }
                try copyTree(from: path, to: Paths.join(destination, entry.name))
            }
        case .file:
            try Files.copy(from: source, to: destination)
            if status.isExecutable, let made = try Files.status(destination) {
                try Files.setMode(destination, made.mode | 0o100)
            }
        case .symlink, .other:
            throw Failure("cannot track '\(source)': it is neither a file nor a folder")
        }
    }
}

/// What `add --to-remote` is asked to do.
package struct AddToRemoteRequest: Sendable {
    /// One file or folder anywhere on the machine.
    package var source: String
    package var output: String?
    package var remote: String?
    package var jobs: Int?
    package var force = false

    package init(source: String) { self.source = source }
}

extension Repository {
    /// Records data from outside without keeping it here: contents go to the remote, only the pointer file stays.
    package func addToRemote(_ request: AddToRemoteRequest) async throws -> ProjectFilesResult {
        let snapshot = try workspace()
        var plan: AddPlan
        if let output = request.output {
            plan = try planBringingIn(request.source, to: output, force: request.force, in: snapshot)
        } else {
            let name = Paths.name(Paths.absolute(request.source, from: environment.workingDirectory))
            plan = try planBringingIn(request.source, to: name, force: true, in: snapshot)
        }
        let store = try store(of: request.remote, use: RemoteUse(jobs: request.jobs))
        let source = plan.source ?? request.source
        let found = try OutsideData(source)
        let reader = ContentReader(threads: threads, progress: progress)
        var entries: [DirectoryObject.Entry] = []
        var size: Int64 = 0
        for (file, outcome) in zip(found.files, try reader.read(found.files.map(\.request))) {
            switch outcome {
            case .failed(let error): throw error
            case .digest(let digest, let status):
                entries.append(.init(path: file.path, digest: digest))
                size &+= status.size
            }
        }
        let checksum: OutputChecksum
        var objects = OutsideObjects()
        for (file, entry) in zip(found.files, entries) { objects.add(ObjectID(entry.digest), at: file.request.path) }
        var group = TransferGroup(files: entries.map { ObjectID($0.digest) })
        let staged = Paths.join(scratch, "staging/" + TemporaryName.make())
        defer { try? Files.remove(staged) }
        if found.isDirectory {
            let listing = DirectoryObject(entries: entries)
            try Files.makeDirectory(Paths.parent(staged))
            try Files.create(staged, bytes: listing.bytes, mode: 0o600)
            objects.add(listing.id(), at: staged)
            group = TransferGroup(directory: listing.id(), files: group.files)
            checksum = OutputChecksum(object: listing.id(), size: Int(size), nfiles: entries.count)
        } else {
            checksum = OutputChecksum(
                object: ObjectID(entries[0].digest), size: Int(size),
                isExecutable: found.files[0].request.status.isExecutable)
        }
        let queue = TransferQueue(store: store, jobs: request.jobs, progress: progress)
        let report = try await queue.push(TransferPlan([group]), from: objects)
        guard report.isComplete else {
            let causes = report.failed.sorted { $0.id < $1.id }
            throw TransferFailed(
                verb: "upload", count: report.failed.count + report.missing.count + report.withheld.count,
                causes: causes)
        }
        plan.stage.outputs[plan.outputNumber].checksum = checksum
        let changes = ProjectFileChanges(self)
        try changes.write(PointerFile(stage: plan.stage))
        var result = ProjectFilesResult()
        result.filesToStage = try changes.finish()
        return result
    }
}

/// The files of a file or folder outside the repository.
private struct OutsideData {
    struct File {
        let path: RelativePath
        let request: ContentReader.Request
    }

    private(set) var files: [File] = []
    let isDirectory: Bool

    init(_ source: String) throws {
        isDirectory = Files.isDirectory(source)
        try collect(source, RelativePath(""))
        files.sort { $0.path < $1.path }
    }

    private mutating func collect(_ path: String, _ relative: RelativePath) throws {
        guard let status = try Files.status(path, followingLinks: true) else { return }
        switch status.kind {
        case .directory:
            for entry in try Files.entries(in: path) {
                let child = Paths.join(path, entry.name)
                if try Files.status(child)?.kind == .symlink, Files.isDirectory(child) { continue }
                try collect(child, relative.appending(entry.name))
            }
        case .file:
            files.append(
                File(
                    path: relative.isRoot ? RelativePath(Paths.name(path)) : relative,
                    request: .init(path: path, status: status, followsLink: true)))
        case .symlink, .other:
            throw Failure("cannot track '\(path)': it is neither a file nor a folder")
        }
    }
}
