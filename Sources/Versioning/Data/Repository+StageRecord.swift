import Basics
import Documents
import FileSystem
import Git
import Hashing
import Indexing
import Objects
package import ProjectFiles

/// What `commit` and a run share: from what a stage's dependencies and outputs are now to what is recorded of them.
extension Repository {
    // MARK: Dependencies

    /// The stage with what its dependencies are now.
    ///
    /// - Parameters:
    ///   - stores: what was asked for of data in stores; without it, that stays as it was recorded.
    ///   - allowMissing: leaves what is not there as it was recorded.
    /// - Throws: `MissingStageData` for a dependency that is not there.
    package func recordingDependencies(
        of stage: Stage, _ stores: StoreStates? = nil, allowMissing: Bool = false
    ) throws -> Stage {
        var stage = stage
        for number in stage.dependencies.indices {
            do {
                stage.dependencies[number] = try recorded(stage.dependencies[number], of: stage, stores)
            } catch is MissingStageData where allowMissing {}
        }
        return stage
    }

    private func recorded(_ dependency: Dependency, of stage: Stage, _ stores: StoreStates?) throws -> Dependency {
        var dependency = dependency
        let location = stage.location(of: dependency)
        switch dependency.source {
        case .repository, .database: break
        case .dataset(let name, _):
            let lock = RelativePath(LockFile.path(besides: stage.definition))
            let datasets = try Files.readIfPresent(absolute(lock)).map {
                try LockFile(parsing: $0, path: lock.string).datasets
            }
            guard let dataset = datasets?.last(where: { $0["name"]?.string?.hasSameBytes(as: name) == true }) else {
                throw Failure("Dataset information missing from dvc.lock file")
            }
            dependency.source = .dataset(name: name, locked: dataset)
        case .parameters(var parameters):
            guard let file = try parametersFile(location) else {
                throw MissingStageData(role: "dependency", shown: shownName(of: dependency, in: stage))
            }
            let (found, missing) = file.values(for: parameters)
            guard missing.isEmpty else {
                throw Failure(
                    "Parameters '\(missing.joined(separator: ", "))' are missing from '\(dependency.path)'.",
                    remedy: "add them to the file, or take them out of the stage's params")
            }
            parameters.locked = found
            dependency.source = .parameters(parameters)
        case .data:
            guard let path = absolute(location) else {
                guard let stores else { break }
                guard let found = try stores.checksum(of: dependency, in: stage) else {
                    throw MissingStageData(role: "dependency", shown: shownName(of: dependency, in: stage))
                }
                dependency.checksum = found
                break
            }
            guard Files.exists(path), try !isIgnored(path) else {
                throw MissingStageData(role: "dependency", shown: shownName(of: dependency, in: stage))
            }
            guard let inside = location.workspacePath.map({ RelativePath($0) }) ?? relativePath(of: path) else {
                dependency.checksum = try outsideChecksum(at: path)
                break
            }
            let placeholder = Output(path: dependency.path, checksum: dependency.checksum)
            let algorithm = try currentAlgorithm(of: placeholder, at: inside)
            dependency.checksum = try checksum(
                of: try scanner().item(at: inside, algorithm: algorithm), at: inside, algorithm: algorithm,
                storingIn: nil)
        }
        return dependency
    }

    /// What is recorded of data outside the repository.
    private func outsideChecksum(at path: String) throws -> OutputChecksum {
        switch try item(atAbsolute: path, .md5) {
        case .absent: throw MissingStageData(role: "dependency", shown: path)
        case .file(let entry):
            return OutputChecksum(
                object: ObjectID(entry.digest, algorithm: .md5), size: Int(entry.size),
                isExecutable: entry.isExecutable)
        case .folder(let state):
            return OutputChecksum(object: state.id, size: Int(state.size), nfiles: state.files)
        }
    }

    // MARK: Outputs

    /// The stage with what its outputs are now; they are hidden from Git on the way.
    ///
    /// - Parameters:
    ///   - stores: what was asked for of data in stores; without it, that stays as it was recorded.
    ///   - store: whether contents go into the cache in the same pass, so that what is recorded is what was stored.
    package func recordingOutputs(
        of stage: Stage, _ changes: ProjectFileChanges, _ stores: StoreStates? = nil, storingIn store: Bool = false
    ) throws -> Stage {
        var stage = stage
        for number in stage.outputs.indices {
            let output = stage.outputs[number]
            let location = stage.location(of: output)
            guard let path = location.workspacePath.map({ RelativePath($0) }) ?? insidePath(location) else {
                stage.outputs[number].checksum = try recordedOutside(output, of: stage, stores)
                continue
            }
            guard Files.exists(absolute(path)), try !isIgnored(absolute(path)) else {
                throw MissingStageData(role: "output", shown: shownName(location, as: output.path))
            }
            if output.isCached || stage.isRepositoryImport {
                try changes.refuseIfTracked(path)
                try changes.ignore(path)
            }
            if output.isMetric { try refuseBinary(absolute(path)) }
            let algorithm = try currentAlgorithm(of: output, at: path)
            let target = store && output.isCached ? cache : nil
            let item = try scanner().item(at: path, algorithm: algorithm, storingIn: target)
            let found = try checksum(of: item, at: path, algorithm: algorithm, storingIn: target)
            if target != nil { scanner().markManaged(path) }
            if !output.checksum.describesVersions || found.object != output.checksum.object {
                stage.outputs[number].checksum = found.keepingVersions(of: output.checksum, item)
            }
        }
        if stage.isImport { stage.md5 = PointerFile(stage: stage).definitionDigest?.hex }
        return stage
    }

    /// An absolute path may lie in the repository, too.
    private func insidePath(_ location: Location) -> RelativePath? {
        guard case .absolute(let path) = location else { return nil }
        return relativePath(of: path)
    }

    private func recordedOutside(
        _ output: Output, of stage: Stage, _ stores: StoreStates?
    ) throws -> OutputChecksum {
        guard !output.isCached else {
            throw Failure(
                "Saving cached external output \(output.path) is not supported since DVC 3.0. "
                    + "See <https://dvc.org/doc/user-guide/upgrade> for more info.")
        }
        guard let path = absolute(stage.location(of: output)) else {
            guard let stores else { return output.checksum }
            guard let found = try stores.checksum(of: output, in: stage) else {
                throw MissingStageData(role: "output", shown: RemoteURL.withoutSecrets(output.path))
            }
            return found
        }
        guard Files.exists(path) else { throw MissingStageData(role: "output", shown: path) }
        return try outsideChecksum(at: path)
    }

    /// As DVC judges: a zero byte, or three in ten bytes of the beginning that no text has.
    private func refuseBinary(_ path: String) throws {
        guard try Files.status(path, followingLinks: true)?.kind == .file else { return }
        let start = try Files.beginning(of: path, count: 512)
        func isText(_ byte: UInt8) -> Bool { (32...126).contains(byte) || [8, 9, 10, 12, 13].contains(byte) }
        let odd = start.count { !isText($0) }
        guard start.contains(0) || odd * 10 > start.count * 3 else { return }
        throw Failure("binary file '\(path)' cannot be used as metrics.")
    }

    /// Links outputs that were just stored to the cache as the settings want it.
    ///
    /// - Returns: those that could not be linked; they are in the cache all the same.
    package func relinkOutputs(of stage: Stage) throws -> [String] {
        var unlinked: [String] = []
        for output in stage.outputs where output.isCached {
            guard let path = stage.location(of: output).workspacePath.map({ RelativePath($0) }) else { continue }
            let algorithm = output.checksum.algorithm
            do {
                try relink(try scanner().item(at: path, algorithm: algorithm), at: path, algorithm: algorithm)
            } catch is LinkingFailed {
                unlinked.append(shown(path))
            }
        }
        return unlinked
    }

    /// Refuses outputs that ignore files hide: they would never be found.
    package func refuseIgnoredOutputs(of stage: Stage) throws {
        for output in stage.outputs {
            guard let path = stage.location(of: output).workspacePath,
                let rule = try ignore.match(path, isDirectory: Files.isDirectory(Paths.join(root, path))),
                rule.isIgnored
            else { continue }
            throw Failure(
                "Path '\(Paths.join(root, path))' is ignored by \(rule.source):\(rule.line):\(rule.pattern)",
                remedy: "change \(rule.source), or the output's path")
        }
    }

    /// Removes what a stage is about to make anew; what is to persist becomes writable instead.
    package func clearOutputs(of stage: Stage) throws {
        for output in stage.outputs {
            let location = stage.location(of: output)
            guard let path = location.workspacePath.map({ RelativePath($0) }) ?? insidePath(location) else {
                guard let outside = absolute(location), !output.isPersistent else { continue }
                guard !Paths.isInside(root, outside) else {
                    throw Failure("output '\(output.path)' holds the repository itself and is not removed")
                }
                if Files.exists(outside) { try Files.removeTree(outside) }
                continue
            }
            if output.isPersistent { try unprotect(path) } else { try delete(path) }
        }
    }

    /// Removes those outputs of a stage that the cache could give back.
    package func clearSavedOutputs(of stage: Stage) throws {
        var saved = stage
        saved.outputs = try stage.outputs.filter { output in
            guard let path = stage.location(of: output).workspacePath.map({ RelativePath($0) }) else { return false }
            switch try scanner().item(at: path, algorithm: output.checksum.algorithm) {
            case .absent: return false
            case .file(let entry): return try cache.contains(ObjectID(entry.digest, algorithm: entry.algorithm))
            case .folder(let state): return try scanner().isCached(state, in: cache)
            }
        }
        try clearOutputs(of: saved)
    }

    // MARK: Lock file

    /// Writes what stages of one project file were recorded as: the lock file, or the pointer file.
    ///
    /// - Parameter later: names of stages that new entries of the lock file come before.
    package func record(
        _ stages: [Stage], _ changes: ProjectFileChanges, before later: [String] = [], ledger: LockLedger? = nil
    ) throws {
        guard let first = stages.first else { return }
        if first.name == nil {
            try changes.write(PointerFile(stage: first))
            return
        }
        let path = RelativePath(LockFile.path(besides: first.definition))
        try refuseIgnoredLockFile(of: first)
        let ledger = ledger ?? LockLedger(self)
        let original = try ledger.file(at: path)
        var lock = original?.file ?? LockFile(path: path.string)
        if original == nil { progress.report(.message("Generating lock file '\(shown(path))'")) }
        var isNew = false
        for stage in stages {
            guard let name = stage.name else { continue }
            if lock.update(name, with: LockEntry(stage), before: later) { isNew = true }
        }
        if isNew { progress.report(.message("Updating lock file '\(shown(path))'")) }
        let text = try lock.text()
        if let original, original.bytes.elementsEqual(text.utf8) { return }
        try changes.write(text, to: path)
        ledger.note(lock, Array(text.utf8), at: path)
    }

    /// Refuses a pipeline file whose lock file Git would not keep.
    package func refuseIgnoredLockFile(of stage: Stage) throws {
        let path = absolute(RelativePath(LockFile.path(besides: stage.definition)))
        guard stage.name != nil, let git = try git, try git.isIgnored(path) else { return }
        throw Failure("'\(path)' is git-ignored.", remedy: "change .gitignore so that Git keeps dvc.lock files")
    }
}
