import Basics
import FileSystem
import Git
import Hashing
import Indexing
import Objects
import ProjectFiles

/// A path that no output lies at.
package struct UnknownOutput: UserFacingError {
    let path: String

    package var summary: String { "Unable to find DVC file with output '\(path)'" }
    package var remedy: String? { "name the data itself; `varve list . --dvc-only -R` shows what is tracked" }
}

extension Repository {
    /// Renames tracked data together with its pointer file and its line in `.gitignore`.
    ///
    /// A pointer file that bears another name than its data stays where it is and only tells the new path. What the
    /// data is now is recorded on the way.
    ///
    /// - Returns: the project files that Git should know of.
    package func move(_ source: String, to destination: String) throws -> ProjectFilesResult {
        let snapshot = try workspace()
        let old = try trackedOutput(source, in: snapshot)
        let new = try destinationPath(destination, of: old)
        var stage = try movedStage(old, to: new)
        try refuseCollisions(of: old, stage, at: new, in: snapshot)
        defer { index.save() }
        let changes = ProjectFileChanges(self)
        let isHere = Files.exists(absolute(old.path))
        if try isHere || isHalfDone(old, at: new) {
            if isHere { try Files.rename(absolute(old.path), absolute(new)) }
            do {
                if stage.outputs[old.position].isCached || stage.isRepositoryImport { try changes.ignore(new) }
                try recordMoved(&stage, old.position, at: new)
            } catch {
                // Nothing tells the new path yet, so the data goes back; where it can't, the next run goes on from here.
                if isHere { try? Files.rename(absolute(new), absolute(old.path)) }
                throw error
            }
        } else {
            progress.report(.warning("'\(absolute(old.path))' missing"))
            if stage.outputs[old.position].isCached || stage.isRepositoryImport { try changes.ignore(new) }
        }
        if stage.isImport { stage.md5 = PointerFile(stage: stage).definitionDigest?.hex }
        try changes.write(PointerFile(stage: stage))
        if old.output.isCached || stage.isRepositoryImport { try changes.unignore(old.path) }
        if !stage.definition.hasSameBytes(as: old.stage.definition) {
            try changes.remove(RelativePath(old.stage.definition))
        }
        index.setRoot(old.path, nil)
        index.removeFolders(under: old.path, except: [])
        var result = ProjectFilesResult()
        result.filesToStage = try changes.finish()
        return result
    }

    /// Whether an earlier move from here was cut short after it had renamed the data: the old path is empty, and what
    /// lies at the new one is what is recorded.
    private func isHalfDone(_ old: TrackedOutput, at new: RelativePath?) throws -> Bool {
        guard let new, !new.isRoot, new != old.path, let recorded = old.output.checksum.object,
            !Files.exists(absolute(old.path)), Files.exists(absolute(new))
        else { return false }
        let algorithm = try currentAlgorithm(of: old.output, at: new)
        return objectID(of: try scanner().item(at: new, algorithm: algorithm), algorithm: algorithm) == recorded
    }

    private func trackedOutput(_ source: String, in snapshot: ProjectSnapshot) throws -> TrackedOutput {
        guard let path = relativePath(of: source), let output = snapshot.output(at: path) else {
            throw UnknownOutput(path: source)
        }
        guard output.stage.isDataSource else {
            let address = output.stage.address(relativeTo: workingDirectory.string)
            throw Failure(
                "move is not permitted for stages that are not data sources. You need to either move '\(address)' to a "
                    + "new location and edit it by hand, or remove '\(address)' and create a new one at the desired "
                    + "location.")
        }
        return output
    }

    /// The new path; inside a folder that is there the data keeps its name.
    private func destinationPath(_ destination: String, of old: TrackedOutput) throws -> RelativePath {
        var target = Paths.absolute(destination, from: environment.workingDirectory)
        if Files.isDirectory(target), try !isHalfDone(old, at: relativePath(of: target)) {
            target = Paths.join(target, old.path.name)
        }
        guard let path = relativePath(of: target), !path.isRoot else {
            throw Failure("'\(destination)' lies outside of the repository")
        }
        try PathGate.check(path.string)
        if StageLoading.isProjectFile(path.name) {
            throw Failure("DVC file '\(shown(path))' cannot be an output.")
        }
        guard Files.isDirectory(absolute(path.parent)) else {
            throw Failure(
                "stage working dir '\(absolute(path.parent))' does not exist",
                remedy: "make the folder first: `mkdir -p \(shown(path.parent))`")
        }
        return path
    }

    /// The stage as it will be, in a pointer file beside the data where the old one bore the data's name.
    private func movedStage(_ old: TrackedOutput, to new: RelativePath) throws -> Stage {
        var stage = old.stage
        let directory = stage.workingDirectory
        let followsData =
            RelativePath(stage.definition).name.hasSameBytes(as: old.path.name + PointerFile.suffix)
        if followsData {
            stage.definition = new.parent.appending(new.name + PointerFile.suffix).string
            stage.wdir = nil
        }
        let newDirectory = stage.workingDirectory
        stage.outputs[old.position].path = Paths.relative(absolute(new), to: Paths.join(root, newDirectory))
        for number in stage.dependencies.indices where stage.dependencies[number].repository == nil {
            switch Location(stage.dependencies[number].path, relativeTo: directory) {
            case .workspace(let path), .outside(let path):
                stage.dependencies[number].path = Paths.relative(
                    Paths.absolute(path, from: root), to: Paths.join(root, newDirectory))
            case .absolute, .url: break
            }
        }
        return stage
    }

    private func refuseCollisions(
        of old: TrackedOutput, _ stage: Stage, at new: RelativePath, in snapshot: ProjectSnapshot
    ) throws {
        let definition = RelativePath(stage.definition)
        if try isHalfDone(old, at: new) {
            // The earlier run may have come as far as the new pointer file.
            guard let written = snapshot.output(at: new) else {
                if !Files.exists(absolute(definition)) { return }
                throw Failure("'\(shown(definition))' already exists")
            }
            if written.output.checksum.object == old.output.checksum.object,
                written.stage.definition.hasSameBytes(as: stage.definition)
            {
                return
            }
        }
        if definition != RelativePath(old.stage.definition), Files.exists(absolute(definition)) {
            throw Failure("'\(shown(definition))' already exists")
        }
        if new == old.path || Files.exists(absolute(new)) {
            throw Failure(
                "'\(shown(new))' already exists", remedy: "remove or rename it first; move overwrites nothing")
        }
        if new.isInside(old.path) {
            throw Failure("cannot move '\(shown(old.path))' into itself")
        }
        if let other = snapshot.output(holding: new) ?? snapshot.outputs(under: new).first {
            throw Failure(
                "The output paths:\n'\(shown(other.path))'('\(other.stage.address())')\n"
                    + "'\(shown(new))'('\(stage.address())')\noverlap and are thus in the same tracked directory.\n"
                    + "To keep reproducibility, outputs should be in separate tracked directories or tracked "
                    + "individually.")
        }
        if let git = try git {
            if try git.isTracked(absolute(new)) { try ProjectFileChanges(self).refuseIfTracked(new) }
            if try git.isIgnored(absolute(definition)) {
                throw Failure("bad DVC file name '\(shown(definition))' is git-ignored.")
            }
        }
    }

    /// Records the data in its new place, and links it to the cache again where that is wanted.
    private func recordMoved(_ stage: inout Stage, _ number: Int, at path: RelativePath) throws {
        let output = stage.outputs[number]
        let algorithm = try currentAlgorithm(of: output, at: path)
        let store = output.isCached ? cache : nil
        let item = try scanner().item(at: path, algorithm: algorithm, storingIn: store)
        let found = try checksum(of: item, at: path, algorithm: algorithm, storingIn: store)
        // A remote that keeps versions has them under the old path; the next push sends the data under the new one.
        stage.outputs[number].checksum = found
        scanner().markManaged(path)
        if store != nil { try relink(item, at: path, algorithm: algorithm) }
    }
}
