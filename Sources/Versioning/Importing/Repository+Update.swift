import Basics
import FileSystem
import Hashing
import Indexing
import Objects
package import ProjectFiles
import Storage

/// What `update` is asked to do.
package struct UpdateRequest: Sendable {
    package var targets: [String]
    /// Another revision of the source's repository to follow from now on.
    package var revision: String?
    package var isRecursive = false
    package var extent = ImportExtent.data
    /// The remote for `.remote`; `nil` for the default one.
    package var remote: String?
    package var jobs: Int?

    package init(targets: [String]) { self.targets = targets }
}

extension Repository {
    /// Brings imports to what their sources have now. As in DVC, nothing is staged in Git.
    package func update(_ request: UpdateRequest) async throws {
        defer { index.save() }
        if request.extent != .remote, request.remote != nil {
            throw Failure("--remote can't be used without --to-remote")
        }
        let snapshot = try workspace()
        let selected = try selectedStages(
            request.targets, TargetOptions(recursive: request.isRecursive), in: snapshot)
        var seen: Set<Int> = []
        let stages = selected.filter { seen.insert($0.stageNumber).inserted }.map(\.stage)
        let changes = ProjectFileChanges(self)
        for stage in stages where stage.isImport { try await update(stage, request, changes) }
        let others = stages.filter { !$0.isImport }
        if !others.isEmpty {
            if request.revision != nil { throw Failure("--rev can't be used with worktree update") }
            if request.extent == .record { throw Failure("--no-download can't be used with worktree update") }
            if request.extent == .remote { throw Failure("--to-remote can't be used with worktree update") }
        }
        for stage in others {
            for output in stage.outputs {
                let name = shownName(stage.location(of: output), as: output.path)
                let recorded =
                    output.checksum.cloudRemote ?? output.checksum.files?.lazy.compactMap(\.checksum.cloudRemote).first
                if let remote = output.remote ?? recorded { try refuseUpdate(of: stage, from: remote) }
                progress.report(.warning("Could not update '\(name)', it was never pushed to a remote"))
            }
        }
    }

    /// Refuses to bring in what others wrote straight into a remote.
    private func refuseUpdate(of stage: Stage, from remote: String) throws {
        let address = stage.address(relativeTo: workingDirectory.string)
        guard try settings.remote(remote, root: root).isWorktree else {
            throw Failure("update is not supported for '\(address)' that is not an import.")
        }
        throw Failure(
            "update of '\(address)' from worktree remote '\(remote)' is not supported",
            remedy: "get the new files with `varve get-url` and record them with `varve add`, or update it with DVC")
    }

    private func update(_ stage: Stage, _ request: UpdateRequest, _ changes: ProjectFileChanges) async throws {
        guard let path = stage.location(of: stage.outputs[0]).workspacePath.map({ RelativePath($0) }) else {
            throw Failure("'\(stage.definition)' imports to a place outside of the repository")
        }
        var plan = ImportPlan(path: path, stage: stage)
        switch plan.dependency.source {
        case .data: try await updateFromURL(&plan, request, changes)
        case .repository: try await updateFromRepository(&plan, request, changes)
        case .database, .dataset, .parameters:
            throw Failure(
                "'\(stage.definition)' does not import a file or directory, and varve can't update it",
                remedy: "update it with DVC")
        }
    }

    private func updateFromURL(
        _ plan: inout ImportPlan, _ request: UpdateRequest, _ changes: ProjectFileChanges
    ) async throws {
        var source = try source(of: plan.dependency, in: plan.stage, jobs: request.jobs)
        if source.isVersionAware { source.version = request.revision }
        if request.extent == .remote {
            try await send(&plan, from: source, to: store(of: request.remote), jobs: request.jobs)
            // As DVC, the digest of the definition stays as it was.
            try changes.write(PointerFile(stage: plan.stage))
            return
        }
        let shown = shownName(of: plan.dependency, in: plan.stage)
        guard let contents = try await source.contents() else { throw MissingDependency(shown: shown) }
        let current = try await checksum(of: contents, at: source)
        let isFollowed = current.tellsTheSame(as: plan.dependency.checksum) && !isDefinitionChanged(plan.stage)
        if isFollowed, try isAsRecorded(plan) {
            let address = plan.stage.address(relativeTo: workingDirectory.string)
            progress.report(.message("'\(address)' didn't change, skipping"))
            return
        }
        announce(plan.stage)
        plan.dependency.checksum = current
        // The version that the URL may name is not the one that is recorded from now on.
        if source.isVersionAware { plan.dependency.path = plan.dependency.path.withoutVersion }
        if request.extent == .record {
            try forget(&plan)
        } else if try !isFollowed || !placeFromCache(plan) {
            try await download(&plan, contents, from: source, jobs: request.jobs, changes)
            return
        }
        try record(plan, changes)
    }

    /// Takes an import's data anew, as a run of the pipeline does: what a path or URL has now, or what another repository
    /// has at the recorded commit.
    ///
    /// - Returns: the stage as it is recorded now.
    package func takeImport(_ stage: Stage, _ changes: ProjectFileChanges) async throws -> Stage {
        guard let path = stage.location(of: stage.outputs[0]).workspacePath.map({ RelativePath($0) }) else {
            throw Failure("'\(stage.definition)' imports to a place outside of the repository")
        }
        var plan = ImportPlan(path: path, stage: stage)
        switch plan.dependency.source {
        case .data:
            let source = try source(of: plan.dependency, in: stage)
            guard let contents = try await source.contents() else {
                throw MissingDependency(shown: shownName(of: plan.dependency, in: stage))
            }
            try await download(&plan, contents, from: source, jobs: nil, changes)
        case .repository:
            let browser = try RepositorySource(of: stage, in: self).open(environment, progress: progress)
            try await bring(&plan, from: browser, jobs: nil, changes)
        case .database, .dataset, .parameters:
            throw Failure(
                "'\(stage.definition)' does not import a file or directory, and varve can't bring it",
                remedy: "update it with DVC")
        }
        return plan.stage
    }

    func isDefinitionChanged(_ stage: Stage) -> Bool {
        PointerFile(stage: stage).definitionDigest?.hex != stage.md5
    }

    /// Whether the output is what the pointer file says, in the workspace and in the cache.
    func isAsRecorded(_ plan: ImportPlan) throws -> Bool {
        var inspector = StageInspector(self)
        return try inspector.state(of: plan.output, in: plan.stage) == nil
    }

    /// Makes the record one of a source whose data is not here.
    func forget(_ plan: inout ImportPlan) throws {
        // As DVC: the digest is made while the old data is still named.
        plan.stage.md5 = PointerFile(stage: plan.stage).definitionDigest?.hex
        if Files.exists(absolute(plan.path)) { try clear(plan.path) }
        plan.output.checksum = OutputChecksum()
    }

    /// Puts the recorded data in its place again, where the cache has it whole.
    func placeFromCache(_ plan: ImportPlan) throws -> Bool {
        guard let id = plan.output.checksum.object,
            try StageInspector(self).isCached(id, plan.output.checksum)
        else { return false }
        let listing = try id.isDirectory ? cache.directoryObject(id) : nil
        if id.isDirectory, listing == nil { return false }
        try place(id, listing, at: plan.path, from: cache)
        return true
    }
}

extension String {
    /// A URL without `?versionId=…` at its end.
    fileprivate var withoutVersion: String {
        guard let range = utf8.firstRange(of: Array("?versionId=".utf8)) else { return self }
        return String(self[..<range.lowerBound])
    }
}
