import Basics
import FileSystem
import Git
import Hashing
import Indexing
import Objects
import ProjectFiles

/// What `add` is asked to do.
package struct AddRequest: Sendable {
    package var targets: [String]
    package var expandsGlobs = false
    /// Where data from outside the repository is to lie in it.
    package var output: String?
    /// Only write the pointer file; the data goes to the cache with `commit`.
    package var withoutCommit = false
    package var relinks = true
    package var force = false

    package init(targets: [String]) { self.targets = targets }
}

/// What a verb that writes project files did.
package struct ProjectFilesResult: Sendable {
    /// Files for the user to `git add`, from where the user stands.
    package var filesToStage: [String] = []
    /// Data that is in the cache but could not be linked into the workspace, as pointer files to check out.
    package var unlinked: [String] = []

    package init() {}
}

extension Repository {
    /// Records files and folders: contents into the cache, a pointer file beside each.
    package func add(_ request: AddRequest) throws -> ProjectFilesResult {
        let changes = ProjectFileChanges(self)
        var result = ProjectFilesResult()
        let plans = try planAdding(request)
        defer { index.save() }
        try claiming(plans.map(\.outputPath)) {
            for plan in plans {
                if plan.source != nil { try bringIn(plan, force: request.force) }
                try record(plan, request, changes, &result)
            }
        }
        result.filesToStage = try changes.finish()
        return result
    }

    // MARK: Plan

    /// One target: the path to record, and the output and pointer file it belongs to.
    struct AddPlan {
        var path: RelativePath
        var stage: Stage
        var outputNumber: Int
        var outputPath: RelativePath
        var isNew: Bool
        /// Absolute path of data outside the repository that is to be brought in.
        var source: String?

        var output: Output { stage.outputs[outputNumber] }
    }

    /// Decides everything that can be refused before anything is read or written.
    private func planAdding(_ request: AddRequest) throws -> [AddPlan] {
        let snapshot = try workspace()
        var plans: [AddPlan] = []
        for target in try expandedTargets(request) {
            let plan: AddPlan
            if let output = request.output {
                plan = try planBringingIn(target, to: output, force: request.force, in: snapshot)
            } else {
                guard let path = relativePath(of: target), !path.isRoot else { throw outside(target) }
                plan = try self.plan(path, target, in: snapshot)
            }
            try refuseOverlap(plan, in: snapshot)
            if let other = plans.first(where: { $0.path.isInside(plan.path) || plan.path.isInside($0.path) }),
                other.path != plan.path
            {
                throw overlap(of: plan.path, with: other.path)
            }
            if !plans.contains(where: { $0.path == plan.path }) { plans.append(plan) }
        }
        return plans
    }

    private func outside(_ target: String) -> Failure {
        Failure(
            "Cached output(s) outside of DVC project: \(target). "
                + "See <https://dvc.org/doc/user-guide/data-management/importing-external-data> for more info.",
            remedy: "copy the data into the repository with `varve add \(target) --out NAME`")
    }

    private func expandedTargets(_ request: AddRequest) throws -> [String] {
        guard request.expandsGlobs else { return request.targets }
        return try request.targets.flatMap { pattern in
            let found = try GlobExpansion.paths(matching: pattern, from: environment.workingDirectory)
            guard !found.isEmpty else { throw Failure("Glob ['\(pattern)'] has no matches.") }
            return found
        }
    }

    private func plan(_ path: RelativePath, _ target: String, in snapshot: ProjectSnapshot) throws -> AddPlan {
        try PathGate.check(path.string)
        if StageLoading.isProjectFile(path.name) {
            throw Failure("DVC file '\(target)' cannot be an output.")
        }
        if let rule = try ignore.match(path.string, isDirectory: Files.isDirectory(absolute(path))), rule.isIgnored {
            throw Failure(
                "Path '\(absolute(path))' is ignored by \(rule.source):\(rule.line):\(rule.pattern)",
                remedy: "change \(rule.source) to track it")
        }
        for folder in path.parent.selfAndParents where !folder.isRoot {
            if try Files.status(absolute(folder))?.kind == .symlink {
                throw Failure(
                    "Cannot add files inside symlinked directories to DVC: '\(shown(folder))' is a symbolic link",
                    remedy: "add the data under its real path")
            }
        }
        if let output = snapshot.output(holding: path) {
            guard output.stage.name == nil else {
                throw Failure(
                    "cannot update '\(shown(path))': overlaps with an output of stage: "
                        + "'\(output.stage.address(relativeTo: workingDirectory.string))' in '\(output.stage.definition)'.\n"
                        + "Run the pipeline or use 'dvc commit' to force update it.")
            }
            if output.path != path, let object = output.object, !object.isDirectory {
                throw Failure("Cannot modify '\(shown(output.path))' which is being tracked as a file")
            }
            return AddPlan(
                path: path, stage: output.stage, outputNumber: output.position, outputPath: output.path, isNew: false)
        }
        let definition = path.parent.appending(path.name + PointerFile.suffix).string
        if let git = try git, try git.isIgnored(absolute(RelativePath(definition))) {
            throw Failure(
                "bad DVC file name '\(shown(RelativePath(definition)))' is git-ignored.",
                remedy: "change .gitignore so that Git keeps *.dvc files")
        }
        let stage = Stage(definition: definition, outputs: [Output(path: path.name)])
        return AddPlan(path: path, stage: stage, outputNumber: 0, outputPath: path, isNew: true)
    }

    private func refuseOverlap(_ plan: AddPlan, in snapshot: ProjectSnapshot) throws {
        guard plan.isNew, let other = snapshot.outputs(under: plan.outputPath).first else { return }
        throw overlap(of: plan.outputPath, with: other.path, tracked: other)
    }

    private func overlap(
        of path: RelativePath, with other: RelativePath, tracked: TrackedOutput? = nil
    ) -> Failure {
        guard let tracked else {
            return Failure("Cannot add '\(shown(path))' and '\(shown(other))' at once: one lies in the other.")
        }
        let address = tracked.stage.address(relativeTo: workingDirectory.string)
        return Failure(
            "Cannot add '\(shown(path))', because it is overlapping with other DVC tracked output: "
                + "'\(shown(other))'.\nTo include '\(shown(other))' in '\(shown(path))', run "
                + "'dvc remove \(address)' and then 'dvc add \(shown(path))'")
    }

    // MARK: Record

    private func record(
        _ plan: AddPlan, _ request: AddRequest, _ changes: ProjectFileChanges, _ result: inout ProjectFilesResult
    ) throws {
        if plan.output.isCached { try changes.refuseIfTracked(plan.outputPath) }
        let store = request.withoutCommit || !plan.output.isCached ? nil : cache
        var stage = plan.stage
        let algorithm = try currentAlgorithm(of: plan.output, at: plan.outputPath)
        let item = try scanner().item(at: plan.path, algorithm: algorithm, storingIn: store)
        if case .folder(let state) = item { try refuseIgnoreFiles(in: state) }
        if plan.path == plan.outputPath {
            stage.outputs[plan.outputNumber].checksum = try checksum(
                of: item, at: plan.path, algorithm: algorithm, storingIn: store
            ).keepingVersions(of: plan.output.checksum, item)
        } else {
            stage.outputs[plan.outputNumber].checksum = try graft(
                item, at: plan.path, into: plan.output.checksum, at: plan.outputPath, storingIn: store)
        }
        try changes.write(PointerFile(stage: stage))
        if plan.output.isCached { try changes.ignore(plan.outputPath) }
        scanner().markManaged(plan.path)
        guard request.relinks, store != nil else { return }
        do {
            try relink(item, at: plan.path, algorithm: algorithm)
        } catch is LinkingFailed {
            result.unlinked.append(shown(RelativePath(stage.definition)))
        }
    }

    /// Rules inside tracked data would change what the data is.
    private func refuseIgnoreFiles(in state: FolderState) throws {
        for (path, contents) in state.folders
        where (0..<contents.count).contains(where: { contents.name(at: $0).hasSameBytes(as: ".dvcignore") }) {
            throw Failure(
                ".dvcignore file should not be in collected dir path: '\(absolute(path))'",
                remedy: "move its rules to a .dvcignore outside of the data", category: .unexpected)
        }
    }
}
