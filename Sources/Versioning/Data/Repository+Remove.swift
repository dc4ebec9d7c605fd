import Basics
import FileSystem
import Indexing
import Objects
import ProjectFiles

/// A path of data where a pointer file or a stage was asked for.
package struct NotAPointerFile: UserFacingError {
    let path: String
    let hint: String

    package var summary: String { "'\(path)' is not a .dvc file. Do you mean '\(hint)'?" }
}

extension Repository {
    /// Takes a pointer file, or stages of a pipeline file, out of the project; data stays unless it is to go too.
    ///
    /// - Parameters:
    ///   - target: a pointer file, a pipeline file for all its stages, or one stage.
    ///   - withOutputs: Whether the outputs are deleted from the workspace, those that Git keeps included.
    package func remove(_ target: String, withOutputs: Bool) throws {
        let snapshot = try workspace()
        let selected = try stagesToRemove(target, in: snapshot)
        for choice in selected where choice.stage.isParametrized {
            throw Failure("cannot remove a parametrized stage: '\(choice.stage.address())'")
        }
        defer { index.save() }
        let changes = ProjectFileChanges(self)
        for choice in selected {
            let stage = choice.stage
            for output in stage.outputs {
                guard let path = stage.location(of: output).workspacePath.map({ RelativePath($0) }) else { continue }
                if withOutputs {
                    try delete(path)
                } else if output.isCached {
                    try unprotect(path)
                }
                if output.isCached || stage.isRepositoryImport { try changes.unignore(path) }
                if var root = index.root(path) {
                    // Nobody manages it from here on; a later checkout must leave it alone.
                    root.isManaged = false
                    index.setRoot(path, root)
                }
            }
            try removeDefinition(of: stage, changes)
        }
    }

    private func stagesToRemove(_ target: String, in snapshot: ProjectSnapshot) throws -> [SelectedTarget] {
        let found: [SelectedTarget]
        do {
            found = try select(target, TargetOptions(), in: snapshot)
        } catch let error as UnknownTarget {
            throw notAStage(target) ?? error
        }
        let isGroup = found.contains { $0.stage.group != nil && !target.hasSameBytes(as: $0.stage.address()) }
        let isPipelineFile = relativePath(of: target)?.name == PipelineFile.fileName
        guard found.allSatisfy({ $0.path == nil }), !isGroup || isPipelineFile else {
            throw notAStage(target) ?? UnknownTarget(target: target, onlyStage: true)
        }
        return found
    }

    private func notAStage(_ target: String) -> (any Error)? {
        let pointer = target + PointerFile.suffix
        guard Files.exists(Paths.absolute(pointer, from: environment.workingDirectory)) else { return nil }
        return NotAPointerFile(path: target, hint: pointer)
    }

    /// Deletes what is at a path, and what the index knows of it.
    func delete(_ path: RelativePath) throws {
        index.setRoot(path, nil)
        index.removeFolders(under: path, except: [])
        guard let status = try Files.status(absolute(path)) else { return }
        if status.kind == .directory {
            try Files.removeTree(absolute(path))
        } else {
            try SafeFolder(root: root).remove(path)
        }
    }

    private func removeDefinition(of stage: Stage, _ changes: ProjectFileChanges) throws {
        let definition = RelativePath(stage.definition)
        guard let name = stage.name else {
            try changes.remove(definition)
            return
        }
        let lockPath = RelativePath(LockFile.path(besides: stage.definition))
        if let original = try Files.readIfPresent(absolute(lockPath)) {
            var lock = try LockFile(parsing: original, path: lockPath.string)
            if lock.remove(name) {
                if lock.isEmpty { try changes.remove(lockPath) } else { try changes.write(lock.text(), to: lockPath) }
            }
        }
        guard let original = try Files.readIfPresent(absolute(definition)) else { return }
        var edit = try PipelineFileEdit(original, path: definition.string)
        try edit.remove(stage)
        // As DVC: with its last stage the file goes, whatever else it says.
        if edit.hasStages { try changes.write(edit.text(), to: definition) } else { try changes.remove(definition) }
    }
}
