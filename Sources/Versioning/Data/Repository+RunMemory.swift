import Documents
import FileSystem
import Indexing
import Objects
import ProjectFiles

extension Repository {
    /// Notes in the run cache what a stage made of its dependencies, so that the same run need not happen again.
    ///
    /// Outputs that Git keeps go to the cache too, since the run cache is the only one to give them back.
    func remember(_ stage: Stage) throws {
        guard canBeRemembered(stage) else { return }
        for output in stage.outputs where !output.isCached {
            guard let path = stage.location(of: output).workspacePath.map({ RelativePath($0) }) else { continue }
            let item = try scanner().item(at: path, algorithm: output.checksum.algorithm, storingIn: cache)
            if case .folder(let state) = item { try cache.store(state.listing(), algorithm: output.checksum.algorithm) }
        }
        let entry = LockEntry(stage)
        let path = Paths.join(cache.root, RunCacheEntry(entry).path)
        if Files.exists(path) { return }
        try Files.makeDirectory(Paths.parent(path))
        try Files.write(Array(entry.runCacheText.utf8), to: path)
    }

    private func canBeRemembered(_ stage: Stage) -> Bool {
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
}
