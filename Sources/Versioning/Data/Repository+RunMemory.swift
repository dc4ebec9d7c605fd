import Basics
import Documents
import FileSystem
import Indexing
import Objects
package import ProjectFiles

/// The run cache: what stages made of their dependencies in earlier runs, here or elsewhere.
extension Repository {
    /// Notes in the run cache what a stage made of its dependencies, so that the same run need not happen again.
    ///
    /// Outputs that Git keeps go to the cache too, since the run cache is the only one to give them back.
    package func remember(_ stage: Stage) throws {
        guard canBeRemembered(stage) else { return }
        for output in stage.outputs where !output.isCached {
            guard let path = stage.location(of: output).workspacePath.map({ RelativePath($0) }) else { continue }
            let item = try scanner().item(at: path, algorithm: output.checksum.algorithm, storingIn: cache)
            if case .folder(let state) = item { try cache.store(state.listing(), algorithm: output.checksum.algorithm) }
        }
        let entry = LockEntry(stage).withoutVersions
        let path = Paths.join(cache.root, RunCacheEntry(entry).path)
        if Files.exists(path) { return }
        try Files.makeDirectory(Paths.parent(path))
        try Files.write(Array(entry.runCacheText.utf8), to: path)
    }

    /// The newest run of a stage with the dependencies that it has now; `nil` where none is known.
    ///
    /// An entry that can't be read is removed with a warning, as DVC does.
    package func recall(_ stage: Stage) throws -> LockEntry? {
        guard canBeRemembered(stage) else { return nil }
        let key = RunCacheEntry.key(for: LockEntry(stage))
        let folder = Paths.join(cache.root, "runs/\(key.prefix(2))/\(key)")
        var newest: (path: String, modified: Int64)?
        for entry in (try? Files.textEntries(in: folder)) ?? [] {
            let path = Paths.join(folder, entry.name)
            guard entry.name.utf8.count == 64, let status = try Files.status(path), status.kind == .file else {
                continue
            }
            if newest.map({ status.modified > $0.modified }) ?? true { newest = (path, status.modified) }
        }
        guard let newest, let bytes = try Files.readIfPresent(newest.path, limit: 1 << 28) else { return nil }
        do throws(ProjectFileError) {
            let entry = try LockEntry(
                parsingRunCacheEntry: bytes, path: newest.path, workingDirectory: stage.workingDirectory)
            // A record under a name that is not its own was damaged or planted.
            guard RunCacheEntry.key(for: entry) == key else { return nil }
            return entry
        } catch {
            progress.report(.warning("corrupted cache file '\(newest.path)'."))
            try? Files.remove(newest.path)
            return nil
        }
    }

    /// Whether the run cache can hold runs of a stage; dependencies must have been recorded.
    package func canBeRemembered(_ stage: Stage) -> Bool {
        guard stage.command != nil, !stage.isCallback, !stage.alwaysChanged, !stage.dependencies.isEmpty,
            !stage.outputs.isEmpty
        else { return false }
        let dependenciesCount = stage.dependencies.allSatisfy { dependency in
            switch dependency.source {
            case .data: dependency.checksum.object != nil
            case .parameters(let parameters): parameters.locked?.isEmpty == false
            case .repository, .database, .dataset: false
            }
        }
        return dependenciesCount
            && stage.outputs.allSatisfy { !$0.isPersistent && stage.location(of: $0).workspacePath != nil }
    }

    /// The stage as an earlier run left it, all outputs seen as cached: the run cache keeps those of Git's, too.
    package func asRemembered(_ stage: Stage, _ entry: LockEntry) -> Stage {
        var stage = stage
        for number in stage.outputs.indices {
            stage.outputs[number].isCached = true
            stage.outputs[number].checksum =
                entry.output(at: stage.outputs[number].path)?.checksum ?? OutputChecksum()
        }
        return stage
    }

    /// Puts the outputs of an earlier run into the workspace in place of what is there.
    package func restore(_ entry: LockEntry, of stage: Stage) throws {
        let remembered = asRemembered(stage, entry)
        let selected = remembered.outputs.enumerated().compactMap { position, output in
            TrackedOutput(stage: remembered, stageNumber: 0, position: position, output: output)
        }.map { SelectedOutput(output: $0, paths: []) }
        var request = CheckoutRequest()
        request.options = Checkout.Options(force: true)
        let result = try checkout(selected, request, removing: [])
        if let failed = result.failed { throw failed }
        for output in stage.outputs where !output.isCached {
            // What Git keeps must not be a link to the cache.
            if let path = stage.location(of: output).workspacePath { try unprotect(RelativePath(path)) }
        }
    }
}
