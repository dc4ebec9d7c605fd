import Basics
package import Documents
import FileSystem
import Hashing
import Indexing
import Objects
import ProjectFiles
import Storage

/// What `import-url` is asked to do.
package struct ImportURLRequest: Sendable {
    package var url: String
    /// Where the data is to lie, from where the user stands; `nil` for the source's name.
    package var output: String?
    package var extent = ImportExtent.data
    /// The remote for `.remote`; `nil` for the default one.
    package var remote: String?
    package var jobs: Int?
    package var force = false
    /// Whether the versions that the store keeps are recorded, too.
    package var isVersionAware = false
    /// Options of the store that the data lies in.
    package var fsConfig = Mapping()

    package init(url: String) { self.url = url }
}

/// How much of an import is done.
package enum ImportExtent: Sendable {
    /// Everything: the data is in the workspace afterwards.
    case data
    /// Only the source's state is recorded.
    case record
    /// Only the pointer file is written, without a look at the source.
    case definition
    /// The data goes to a remote and is not kept here.
    case remote
}

extension Repository {
    /// Takes data from a path or URL into the workspace and records where it came from.
    package func importURL(_ request: ImportURLRequest) async throws -> ProjectFilesResult {
        defer { index.save() }
        if request.extent == .remote, request.isVersionAware {
            throw Failure("--no-exec/--no-download/--version-aware cannot be combined with --to-remote")
        }
        if request.extent != .remote, request.remote != nil {
            throw Failure("--remote can't be used without --to-remote")
        }
        let target = try ImportTarget.resolve(
            request.url, request.output, force: request.force, from: environment.workingDirectory)
        var fsConfig = request.fsConfig
        if request.isVersionAware { fsConfig["version_aware"] = true }
        var plan = try planImport(to: target) { folder in
            Dependency(
                path: try recorded(request.url, from: folder), fsConfig: fsConfig.isEmpty ? nil : fsConfig)
        }
        plan.stage.isFrozen = true
        // Whatever is wrong with the URL or its options is said before anything happens.
        let source = try source(of: plan.dependency, in: plan.stage, jobs: request.jobs, isRecorded: false)
        let changes = ProjectFileChanges(self)
        try changes.refuseIfTracked(plan.path)
        // The user names the server here; later it is the pointer file that does.
        try urls.acceptServer(of: request.url, fsConfig: fsConfig)
        warnOfPassword(in: request.url, recordedIn: plan.stage)
        switch request.extent {
        case .definition:
            try record(plan, changes)
        case .record, .data:
            plan.output.canPush = plan.output.canPush && !source.isVersionAware
            announce(plan.stage)
            try await bring(&plan, from: source, downloads: request.extent == .data, jobs: request.jobs, changes)
        case .remote:
            let store = try store(of: request.remote)
            try await send(&plan, from: source, to: store, jobs: request.jobs)
            plan.stage.md5 = PointerFile(stage: plan.stage).definitionDigest?.hex
            try record(plan, changes)
        }
        var result = ProjectFilesResult()
        result.filesToStage = try changes.finish()
        return result
    }

    /// How a pointer file in a folder names what the user typed.
    ///
    /// A relative path is seen from where the user stands, so it is written anew where the pointer file lies elsewhere.
    /// A `file://` URL becomes the path, which DVC understands, too.
    private func recorded(_ url: String, from folder: RelativePath) throws -> String {
        if url.hasPrefix("file:///") { return Paths.normalized(String(url.dropFirst("file://".count))) }
        if RemoteURL.hasScheme(url) { return url }
        let absolute = Paths.absolute(url, from: environment.workingDirectory)
        if let inside = relativePath(of: absolute), Files.exists(absolute) {
            return Paths.relative(self.absolute(inside), to: self.absolute(folder))
        }
        if Paths.isAbsolute(url) || folder == workingDirectory { return url }
        return Paths.relative(absolute, to: self.absolute(folder))
    }

    /// DVC's format has no other place for it, so that whoever typed it must know.
    func warnOfPassword(in url: String, recordedIn stage: Stage) {
        guard RemoteURL.holdsPassword(url) else { return }
        progress.report(
            .warning(
                "the URL holds a password, which the pointer file of '\(stage.outputs[0].path)' records: it goes into "
                    + "Git. To keep it out, make the server a remote with its password in .dvc/config.local, and import "
                    + "'remote://NAME/…'."))
    }

    func announce(_ stage: Stage) {
        let source = shownName(of: stage.dependencies[0], in: stage)
        let target = shownName(stage.location(of: stage.outputs[0]), as: stage.outputs[0].path)
        progress.report(.message("Importing '\(source)' -> '\(target)'"))
    }

    /// Writes the pointer file and hides the data from Git.
    func record(_ plan: ImportPlan, _ changes: ProjectFileChanges) throws {
        try changes.write(PointerFile(stage: plan.stage))
        try changes.ignore(plan.path)
    }

    /// Reads the source and records it; with the data, the workspace has it afterwards.
    private func bring(
        _ plan: inout ImportPlan, from source: URLSource, downloads: Bool, jobs: Int?, _ changes: ProjectFileChanges
    ) async throws {
        guard let contents = try await source.contents() else {
            throw MissingDependency(shown: shownName(of: plan.dependency, in: plan.stage))
        }
        if contents.size == 0 {
            progress.report(.warning("'\(shownName(of: plan.dependency, in: plan.stage))' is empty."))
        }
        guard downloads else {
            plan.dependency.checksum = try await checksum(of: contents, at: source)
            plan.stage.md5 = PointerFile(stage: plan.stage).definitionDigest?.hex
            if Files.exists(absolute(plan.path)) { try clear(plan.path) }
            try record(plan, changes)
            return
        }
        try await download(&plan, contents, from: source, jobs: jobs, changes)
    }

    /// Brings what a source has into the cache and the workspace, and records it.
    func download(
        _ plan: inout ImportPlan, _ contents: SourceContents, from source: URLSource, jobs: Int?,
        _ changes: ProjectFileChanges
    ) async throws {
        let data = IncomingData(contents, of: source)
        let kept = try withoutIgnored(data, at: plan.path)
        let received = try await receive(kept, jobs: jobs)
        plan.dependency.checksum = try await checksum(
            of: contents, at: source, received: kept.files.count == data.files.count ? received : nil)
        plan.output.checksum = received.checksum
        plan.stage.md5 = PointerFile(stage: plan.stage).definitionDigest?.hex
        try record(plan, changes)
        try place(received, at: plan.path)
    }

    /// Without the files that the repository's ignore files would hide at a path, since they are no part of an output.
    private func withoutIgnored(_ data: IncomingData, at path: RelativePath) throws -> IncomingData {
        guard data.isDirectory else { return data }
        var kept = data
        kept.files = try data.files.filter { file in
            try !ignore.isIgnored(path.appending(file.path.string).string, isDirectory: false, skippingNested: false)
        }
        return kept
    }

    /// Sends the source's data to a remote without keeping it here.
    func send(
        _ plan: inout ImportPlan, from source: URLSource, to store: ObjectStore, jobs: Int?
    ) async throws {
        guard let contents = try await source.contents() else { throw MissingSource(url: source.url) }
        let data = IncomingData(contents, of: source)
        let digests = try await digests(of: data, jobs: jobs ?? store.backend.concurrency) { digest, path in
            let id = ObjectID(digest)
            if try await store.stat(id) == nil { try await store.store(id, from: path) }
        }
        let received = describe(data, digests)
        // The listing last: a store that has it is taken to have all that it lists.
        if let listing = received.listing {
            let path = Paths.join(scratch, "staging/" + TemporaryName.make())
            try Files.create(path, bytes: listing.bytes, mode: 0o600)
            defer { try? Files.remove(path) }
            try await store.store(listing.id(), from: path)
        }
        plan.dependency.checksum = try await checksum(of: contents, at: source, received: received)
        plan.output.checksum = received.checksum
    }
}
