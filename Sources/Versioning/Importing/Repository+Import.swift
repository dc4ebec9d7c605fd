import Basics
import Documents
import FileSystem
import Git
import Hashing
import Indexing
import Objects
import ProjectFiles

/// What `import` is asked to do.
package struct ImportRequest: Sendable {
    /// A path or URL of a Git repository.
    package var url: String
    /// A path in it.
    package var path: String
    /// Where the data is to lie, from where the user stands; `nil` for the source's name.
    package var output: String?
    package var revision: String?
    package var extent = ImportExtent.data
    package var jobs: Int?
    package var force = false
    /// A settings file laid over the other repository's.
    package var configuration: String?
    /// The other repository's remote to use.
    package var remote: String?
    /// Options laid over that remote's.
    package var remoteOptions = [(name: String, value: String)]()

    package init(url: String, path: String) {
        self.url = url
        self.path = path
    }

    /// As the pointer file records it.
    func source() throws -> ImportSource {
        var source = ImportSource(url: url, revision: revision)
        source.configuration = configuration.map { .string($0) }
        let options = Mapping(remoteOptions.map { ($0.name, .string($0.value)) })
        switch (remote, options.isEmpty) {
        case (let remote?, false):
            guard configuration == nil else {
                throw Failure(
                    "Can't specify config path together with both remote and remote_config", category: .unexpected)
            }
            source.configuration = .mapping(
                Mapping([
                    ("core", .mapping(Mapping([("remote", .string(remote))]))),
                    ("remote", .mapping(Mapping([(remote, .mapping(options))]))),
                ]))
        case (let remote?, true): source.remote = .string(remote)
        case (nil, false): source.remote = .mapping(options)
        case (nil, true): break
        }
        return source
    }
}

extension Repository {
    /// Takes data of another repository into the workspace and records from which of its commits it came.
    package func importData(_ request: ImportRequest) async throws -> ProjectFilesResult {
        defer { index.save() }
        let target = try ImportTarget.resolve(
            request.path, request.output, force: request.force, from: environment.workingDirectory)
        let imported = try request.source()
        // Read before anything happens, so that a wrong settings file costs nothing.
        let source = try RepositorySource(imported, base: environment.workingDirectory)
        var plan = try planImport(to: target) { _ in
            Dependency(path: request.path, source: .repository(imported))
        }
        plan.stage.isFrozen = true
        let changes = ProjectFileChanges(self)
        try changes.refuseIfTracked(plan.path)
        warnOfPassword(in: request.url, recordedIn: plan.stage)
        if request.extent == .definition {
            try record(plan, changes)
        } else {
            announce(plan.stage)
            let browser = try source.open(environment, progress: progress)
            plan.lockedRevision = try browser.revision
            if request.extent == .record {
                plan.stage.md5 = PointerFile(stage: plan.stage).definitionDigest?.hex
                if Files.exists(absolute(plan.path)) { try clear(plan.path) }
                try record(plan, changes)
            } else {
                try await bring(&plan, from: browser, jobs: request.jobs, changes)
            }
        }
        var result = ProjectFilesResult()
        result.filesToStage = try changes.finish()
        return result
    }

    /// Brings what an import names into the cache and the workspace, and records it.
    func bring(
        _ plan: inout ImportPlan, from browser: RepositoryBrowser, jobs: Int?, _ changes: ProjectFileChanges
    ) async throws {
        let data = try await browser.data(at: plan.dependency.path, SourceAccess(destination: cache))
        let received = try await receive(data, jobs: jobs)
        plan.output.checksum = received.checksum
        plan.stage.md5 = PointerFile(stage: plan.stage).definitionDigest?.hex
        try record(plan, changes)
        try place(received, at: plan.path, emptyFolders: data.emptyFolders)
    }

    func updateFromRepository(
        _ plan: inout ImportPlan, _ request: UpdateRequest, _ changes: ProjectFileChanges
    ) async throws {
        if request.extent == .remote {
            throw Failure(
                "Data imported from other DVC or Git repositories can't be updated with --to-remote")
        }
        guard var imported = plan.dependency.repository else { return }
        if let revision = request.revision { imported.revision = revision }
        plan.dependency.source = .repository(imported)
        let source = try RepositorySource(of: plan.stage, isLocked: false, in: self)
        let browser = try source.open(environment, progress: progress)
        imported.lockedRevision = try browser.revision
        plan.dependency.source = .repository(imported)
        let isDefinitionKnown = !isDefinitionChanged(plan.stage)
        if isDefinitionKnown, try isAsRecorded(plan) {
            let address = plan.stage.address(relativeTo: workingDirectory.string)
            progress.report(.message("'\(address)' didn't change, skipping"))
            try changes.write(PointerFile(stage: plan.stage))
            return
        }
        announce(plan.stage)
        if request.extent == .record {
            try forget(&plan)
            try record(plan, changes)
        } else if try isDefinitionKnown && placeFromCache(plan) {
            try record(plan, changes)
        } else {
            try await bring(&plan, from: browser, jobs: request.jobs, changes)
        }
    }
}

extension ImportPlan {
    /// The commit that an import from a repository was taken from.
    fileprivate var lockedRevision: String? {
        get { dependency.repository?.lockedRevision }
        set {
            guard var source = dependency.repository else { return }
            source.lockedRevision = newValue
            dependency.source = .repository(source)
        }
    }
}

extension RepositoryBrowser {
    /// The commit that is looked at, or that the workspace is based on; `nil` without Git.
    var revision: String? {
        get throws { try commit?.name.hex ?? repository.git?.head()?.name.hex }
    }
}
