import Basics
import Documents
import FileSystem
import Indexing
import Processes
import ProjectFiles
import Versioning

/// One stage: whether it must run, its way around the run, and what is recorded after it.
extension Reproduction {
    func begin(_ position: Int) async throws -> Beginning {
        let stage = try refreshed(position)
        stages[position] = stage
        let address = address(position)
        let claims = claims(of: stage)
        do {
            try repository.checkUnclaimed(reading: claims.reading, writing: claims.writing)
        } catch let busy as PathBusy {
            return .busy(busy)
        }
        try await check.ask(for: stage)
        if !decided.contains(position) {
            if hasJustRun, isSequential { say("") }
            if stage.isFrozen, !stage.isImport {
                warn("stage: '\(address)' is frozen. Its dependencies are not going to be reproduced.")
            }
            guard try await mustRun(position, stage) else { return .finished }
            if let consent = request.consent,
                !consent("Going to reproduce stage: '\(address)'. Are you sure you want to continue?")
            {
                throw Failure("reproduction aborted by the user")
            }
        }
        if stage.isImport, !stage.isFrozen || stage.isPartialImport {
            return try await bringImport(stage, position)
        } else if stage.command != nil, !stage.isFrozen {
            return try await beginCommand(position, stage, claims)
        } else if !request.isDry {
            let what = stage.isFrozen ? "outputs in frozen" : "data sources in"
            say("Verifying \(what) stage: '\(address)'")
            try refuseMissingOutputs(stage)
        }
        if !request.isDry { try await record(position, repository.recordingDependencies(of: stage, check.stores)) }
        report(position, .verified)
        return .finished
    }

    private func mustRun(_ position: Int, _ stage: Stage) async throws -> Bool {
        if isForced(position) || request.assumesStale { return true }
        let upstream = (graph?.upstream[position] ?? []).map { stages[$0] }
        let reason = try check.firstReason(stage, allowsMissing: request.allowsMissing, upstream: upstream)
        guard let reason else {
            let address = address(position)
            let isDataSource = stage.name == nil && stage.isDataSource
            say(isDataSource ? "'\(address)' didn't change, skipping" : "Stage '\(address)' didn't change, skipping")
            report(position, .unchanged)
            return false
        }
        if case .interrupted(let run) = reason {
            warn("stage '\(address(position))' was interrupted in its last run; it runs anew")
            run.endLeftovers()
            return true
        }
        guard request.pulls else { return true }
        if try check.firstReason(stage, allowsMissing: true, upstream: upstream) != nil { return true }
        return try await !pullData(of: position)
    }

    /// - Returns: whether the data is there now.
    private func pullData(of position: Int) async throws -> Bool {
        say("Pulling data for stage: '\(address(position))'")
        do {
            var pulled = TransferRequest()
            pulled.targets = [address(position)]
            if let failed = try await repository.pull(pulled, .init()).checkout.failed { throw failed }
            check = StageCheck(repository)
            report(position, .pulled)
            return true
        } catch let error as any UserFacingError {
            say("Unable to pull data for stage: '\(address(position))'")
            warn(error.summary)
            return false
        }
    }

    private func refuseMissingOutputs(_ stage: Stage) throws {
        let missing = stage.outputs.filter { output in
            repository.absolute(stage.location(of: output)).map { !Files.exists($0) } ?? false
        }.map { repository.shownName(stage.location(of: $0), as: $0.path) }
        guard !missing.isEmpty else { return }
        throw Failure(
            "missing data 'source\(missing.count > 1 ? "s" : "")': \(missing.joined(separator: ", "))",
            remedy: "get the data back with `varve checkout` or `varve pull`")
    }

    // MARK: Imports

    private func bringImport(_ stage: Stage, _ position: Int) async throws -> Beginning {
        let output = stage.outputs[0]
        let shown = repository.shownName(stage.location(of: output), as: output.path)
        say("Importing '\(repository.shownName(of: stage.dependencies[0], in: stage))' -> '\(shown)'")
        if !request.isDry {
            stages[position] = try await repository.takeImport(stage, changes)
            check = StageCheck(repository)
        }
        report(position, .verified)
        return .finished
    }

    // MARK: Commands

    private func beginCommand(_ position: Int, _ known: Stage, _ claims: Claims) async throws -> Beginning {
        let address = address(position)
        var stage = known
        try repository.refuseIgnoredOutputs(of: stage)
        if !isForced(position) {
            if request.pulls, !request.isDry { try await pullMissingDependencies(of: stage) }
            if let entry = try await recalled(&stage) {
                say("Stage '\(address)' is cached - skipping run, checking out outputs")
                if !request.isDry {
                    try repository.restore(entry, of: stage)
                    try await record(position, repository.recordingDependencies(of: stage, check.stores))
                    UnfinishedRun.remove(stage, in: repository)
                    report(position, .restored)
                    return .finished
                }
            }
        }
        if request.isDry {
            say("Running stage '\(address)':")
            for script in stage.command?.scripts ?? [] { say("> \(script)") }
            report(position, .ran)
            return .finished
        }
        let supervision = try StageSupervision(stage)
        let directory = Paths.absolute(stage.workingDirectory, from: repository.root)
        guard Files.isDirectory(directory) else {
            throw Failure("stage working dir '\(directory)' does not exist", remedy: "make the folder first")
        }
        let share: ResourcePool.Share
        do {
            guard let taken = try pool.take(supervision.resources) else {
                decided.insert(position)
                return .noRoom
            }
            share = taken
        } catch {
            decided.insert(position)
            return .busy(error)
        }
        do {
            try claimRunning(and: claims)
            try await repository.clearOutputsInStores(of: stage)
            return .running(try prepare(position, stage, supervision, share, claims))
        } catch let busy as PathBusy {
            pool.giveBack(share)
            decided.insert(position)
            return .busy(busy)
        } catch {
            pool.giveBack(share)
            try? claimRunning()
            throw error
        }
    }

    private func prepare(
        _ position: Int, _ known: Stage, _ supervision: StageSupervision, _ share: ResourcePool.Share,
        _ claims: Claims
    ) throws -> Begun {
        let address = address(position)
        let stage = try repository.recordingDependencies(of: known, check.stores, allowMissing: true)
        let absent = Set(
            stage.dependencies.indices.filter { number in
                repository.absolute(stage.location(of: stage.dependencies[number])).map { !Files.exists($0) } ?? false
            })
        let key = RunCacheEntry.key(for: LockEntry(stage))
        let earlier = UnfinishedRun.of(stage, in: repository)
        let resumes = earlier?.key == key
        try repository.clearOutputs(of: resumes ? withoutCheckpoints(stage, supervision) : stage)
        if let folder = supervision.resumeFolder, !resumes {
            let directory = Paths.absolute(stage.workingDirectory, from: repository.root)
            try emptyFolder(Paths.absolute(folder, from: directory))
        }
        let outlet = outlet
        let progress = repository.progress
        let isSequential = isSequential
        say("Running stage '\(address)':")
        var relay: (@Sendable (ProgramRequest.OutputStream, [UInt8]) -> Void)?
        if !isSequential {
            outlet.began(address)
            relay = { stream, piece in outlet.relay(piece, stream, of: address) }
        }
        let execution = StageExecution(
            repository: repository, stage: stage, address: address, supervision: supervision, share: share,
            variables: request.variables, relay: relay,
            say: { line in
                if isSequential {
                    progress.report(.message(line))
                    outlet.flush()
                } else {
                    outlet.say(line, of: address)
                }
            }, key: key, resumes: resumes, interrupted: earlier)
        return Begun(stage: stage, execution: execution, claims: claims, absent: absent)
    }

    private func withoutCheckpoints(_ stage: Stage, _ supervision: StageSupervision) -> Stage {
        guard let folder = supervision.resumeFolder else { return stage }
        let place = Location(folder, relativeTo: stage.workingDirectory)
        var stage = stage
        stage.outputs = stage.outputs.filter { stage.location(of: $0) != place }
        return stage
    }

    /// Checkpoints of a run with other dependencies must not be taken for this one's.
    private func emptyFolder(_ folder: String) throws {
        guard Paths.isInside(folder, repository.root), folder != repository.root else {
            throw Failure("the folder of checkpoints '\(folder)' lies outside of the repository")
        }
        for name in (try? Files.names(in: folder)) ?? [] { try Files.removeTree(Paths.join(folder, name)) }
    }

    private func pullMissingDependencies(of stage: Stage) async throws {
        for dependency in stage.dependencies where dependency.parameters == nil {
            guard let path = stage.location(of: dependency).workspacePath.map({ RelativePath($0) }),
                !Files.exists(repository.absolute(path))
            else { continue }
            var pulled = TransferRequest()
            pulled.targets = [repository.shown(path)]
            if let failed = try await repository.pull(pulled, .init()).checkout.failed { throw failed }
        }
    }

    /// An earlier run with the dependencies that a stage has now, all of it in the cache.
    private func recalled(_ stage: inout Stage) async throws -> LockEntry? {
        guard stage.command != nil, !stage.isCallback, !stage.alwaysChanged else {
            if !request.isDry { stage = try currentDependencies(of: stage) }
            return nil
        }
        let present = try currentDependencies(of: stage)
        let isRecorded =
            try !stage.commandChanged && stage.lock != nil && check.hasRecordedDependencies(stage)
            && stage.outputs.allSatisfy { $0.checksum.object != nil } && repository.canBeRemembered(present)
        // As DVC, which looks for what was recorded last when it only tells what would happen.
        if !request.isDry { stage = present }
        let entry: LockEntry? =
            isRecorded ? LockEntry(stage) : request.usesRunCache ? try repository.recall(stage) : nil
        guard let entry else { return nil }
        let outputs = repository.asRemembered(stage, entry).outputs
        if request.pulls, !request.isDry, try !check.areCached(outputs) {
            do {
                try await repository.fetchOutputs(of: repository.asRemembered(stage, entry))
            } catch let error as any UserFacingError {
                warn(error.summary)
                return nil
            }
        }
        return try check.areCached(outputs) ? entry : nil
    }

    /// The stage with what its dependencies are now. Where one is missing, outputs that the cache has go, as in DVC:
    /// nothing is left that could be taken for up to date.
    private func currentDependencies(of stage: Stage) throws -> Stage {
        do {
            return try repository.recordingDependencies(of: stage, check.stores)
        } catch {
            if !request.isDry { try repository.clearSavedOutputs(of: stage) }
            throw error
        }
    }

    // MARK: Record

    /// Records what a command made.
    func complete(_ position: Int, _ begun: Begun) async throws {
        guard try isStillDefined(begun.stage) else {
            throw Failure(
                "the definition of stage '\(address(position))' changed while it ran; nothing of it is recorded",
                remedy: "run `varve repro` again")
        }
        var stage = begun.stage
        var stores = StoreStates(repository)
        try await stores.ask(forDependenciesOf: stage)
        let after = try repository.recordingDependencies(of: stage, stores)
        for number in stage.dependencies.indices {
            if begun.absent.contains(number) {
                stage.dependencies[number] = after.dependencies[number]
            } else if !stage.dependencies[number].isRecordedAs(after.dependencies[number]) {
                let name = repository.shownName(of: stage.dependencies[number], in: stage)
                warn(
                    "'\(name)' changed while stage '\(address(position))' ran; what it was before is recorded, "
                        + "so the stage runs again next time")
            }
        }
        try await record(position, stage)
        UnfinishedRun.remove(stage, in: repository)
    }

    /// Records a stage whose dependencies are known: outputs into the cache, the run cache, the lock file.
    private func record(_ position: Int, _ stage: Stage) async throws {
        let stored = !request.withoutCommit
        var stores = StoreStates(repository)
        try await stores.ask(forOutputsOf: stage)
        let recorded = try repository.recordingOutputs(of: stage, changes, stores, storingIn: stored)
        if stored {
            result.unlinked += try repository.relinkOutputs(of: recorded)
            let keepsAllInCache = recorded.outputs.allSatisfy { $0.isCached || $0.isMetric || $0.isPlot }
            if keepsAllInCache { try repository.remember(recorded) }
        }
        try dump(recorded, position)
        check = StageCheck(repository)
    }

    private func claims(of stage: Stage) -> Claims {
        let reading =
            stage.isImport
            ? []
            : stage.dependencies.compactMap { dependency -> String? in
                switch dependency.source {
                case .data, .parameters: repository.absolute(stage.location(of: dependency))
                case .repository, .database, .dataset: nil
                }
            }
        return Claims(
            reading: reading, writing: stage.outputs.compactMap { repository.absolute(stage.location(of: $0)) })
    }
}

extension Dependency {
    /// Whether both say the same of the data.
    fileprivate func isRecordedAs(_ other: Dependency) -> Bool {
        guard checksum.object == other.checksum.object else { return false }
        func text(_ dependency: Dependency) -> String? {
            (dependency.parameters?.locked).map { JSON.emitPython(.mapping($0), sortKeys: true) }
        }
        return text(self) == text(other)
    }
}
