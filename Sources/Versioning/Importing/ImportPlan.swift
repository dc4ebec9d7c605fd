import Basics
import FileSystem
import Git
import Indexing
import Objects
import ProjectFiles

/// Where the data of an import is to lie, and the pointer file that records it.
struct ImportPlan {
    let path: RelativePath
    var stage: Stage

    var output: Output {
        get { stage.outputs[0] }
        set { stage.outputs[0] = newValue }
    }
    var dependency: Dependency {
        get { stage.dependencies[0] }
        set { stage.dependencies[0] = newValue }
    }
}

extension Repository {
    /// Decides everything that can be refused before anything is read or written.
    ///
    /// - Parameters:
    ///   - target: as the user wrote it, or as it follows from the source.
    ///   - dependency: made from the folder that the pointer file will lie in.
    func planImport(
        to target: String, _ dependency: (RelativePath) throws -> Dependency
    ) throws -> ImportPlan {
        guard let path = relativePath(of: target), !path.isRoot else {
            throw Failure(
                "Cached output(s) outside of DVC project: \(target). See "
                    + "<https://dvc.org/doc/user-guide/data-management/importing-external-data> for more info.",
                remedy: "name a place inside the repository")
        }
        if StageLoading.isProjectFile(path.name) { throw Failure("DVC file '\(target)' cannot be an output.") }
        try PathGate.check(path.string)
        for folder in path.parent.selfAndParents where !folder.isRoot {
            if try Files.status(absolute(folder))?.kind == .symlink {
                throw Failure(
                    "Cannot add files inside symlinked directories to DVC: '\(shown(folder))' is a symbolic link",
                    remedy: "use the real path of the directory")
            }
        }
        guard path.parent.isRoot || Files.isDirectory(absolute(path.parent)) else {
            throw Failure("stage working dir '\(absolute(path.parent))' does not exist", remedy: "make the directory")
        }
        if let rule = try ignore.match(path.string, isDirectory: Files.isDirectory(absolute(path))), rule.isIgnored {
            throw Failure(
                "Path '\(absolute(path))' is ignored by \(rule.source):\(rule.line):\(rule.pattern)",
                remedy: "change \(rule.source) to track it")
        }
        let definition = path.parent.appending(path.name + PointerFile.suffix)
        if let git = try git, try git.isIgnored(absolute(definition)) {
            throw Failure(
                "bad DVC file name '\(shown(definition))' is git-ignored.",
                remedy: "choose another place, or change .gitignore")
        }
        var stage = Stage(
            definition: definition.string, dependencies: [try dependency(path.parent)],
            outputs: [Output(path: path.name)])
        let snapshot = try workspace()
        try refuseOverlap(of: path, definition, in: snapshot)
        try refuseCircle(stage, at: path)
        if let old = snapshot.stages.first(where: { $0.name == nil && $0.definition.hasSameBytes(as: stage.definition) }
        ) {
            stage.description = old.description
            stage.meta = old.meta
            if let output = old.outputs.first(where: { old.location(of: $0).workspacePath == path.string }) {
                stage.outputs[0].annotation = output.annotation
                stage.outputs[0].remote = output.remote
                stage.outputs[0].canPush = output.canPush
            }
        }
        return ImportPlan(path: path, stage: stage)
    }

    private func refuseOverlap(of path: RelativePath, _ definition: RelativePath, in snapshot: ProjectSnapshot) throws {
        let others = snapshot.outputs.filter { $0.stage.name != nil || RelativePath($0.stage.definition) != definition }
        if let same = others.first(where: { $0.path == path }) {
            let address = same.stage.address(relativeTo: workingDirectory.string)
            throw Failure(
                "output '\(shown(path))' is already specified in stage: '\(address)'.",
                remedy: "Use `varve remove \(address)` to stop tracking the overlapping output")
        }
        if let near = others.first(where: { $0.path.isInside(path) || path.isInside($0.path) }) {
            let address = near.stage.address(relativeTo: workingDirectory.string)
            throw Failure(
                "The output paths '\(shown(near.path))'('\(address)') and '\(shown(path))' overlap and are thus in "
                    + "the same tracked directory.",
                remedy: "To keep reproducibility, outputs should be in separate tracked directories")
        }
    }

    /// Data that lies in what is imported, or the other way round, would never come to rest.
    private func refuseCircle(_ stage: Stage, at path: RelativePath) throws {
        guard stage.dependencies[0].repository == nil,
            let source = absolute(stage.location(of: stage.dependencies[0]))
        else { return }
        let target = absolute(path)
        guard Paths.isInside(target, source) || Paths.isInside(source, target) else { return }
        throw Failure(
            "Same item(s) are defined as both a dependency and an output in stage: "
                + "\(stage.address(relativeTo: workingDirectory.string)).")
    }

    /// Puts data that is in the cache in its place of the workspace; what was there goes.
    ///
    /// - Parameter cache: another one than the repository's own, where given.
    func place(
        _ received: ReceivedData, at path: RelativePath, emptyFolders: [RelativePath] = [], from cache: Cache? = nil
    ) throws {
        guard let id = received.checksum.object else { return }
        try place(id, received.listing, at: path, from: cache ?? self.cache)
        guard !emptyFolders.isEmpty else { return }
        let folder = try SafeFolder(root: root)
        for empty in emptyFolders { try folder.makeDirectory(path.appending(empty.string)) }
    }

    func place(_ id: ObjectID, _ listing: DirectoryObject?, at path: RelativePath, from cache: Cache) throws {
        let checkout = Checkout(
            scanner: scanner(), cache: cache, staging: Paths.join(scratch, "checkout"),
            options: Checkout.Options(force: true))
        let current = try scanner().item(at: path, algorithm: id.algorithm)
        if checkout.isCurrent(current, id, isExecutable: false, at: path) { return }
        let wanted: Checkout.Wanted = listing.map { .folder(id, $0) } ?? .file(id, isExecutable: false)
        _ = try claiming([path]) { try checkout.apply(checkout.step(wanted, at: path, over: current)) }
    }

    /// Removes what is at an output's place.
    func clear(_ path: RelativePath) throws {
        let checkout = Checkout(
            scanner: scanner(), cache: cache, staging: Paths.join(scratch, "checkout"),
            options: Checkout.Options(force: true))
        let current = try scanner().item(at: path)
        _ = try claiming([path]) { try checkout.apply(checkout.step(.nothing, at: path, over: current)) }
    }
}
