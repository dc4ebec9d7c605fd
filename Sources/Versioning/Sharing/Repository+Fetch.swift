import Basics
import Objects
import ProjectFiles
import Storage
import Transfers

/// What `fetch` did.
package struct FetchResult: Sendable {
    /// Objects that came into the cache, directory objects included.
    package var fetched = 0

    package init() {}
}

extension Repository {
    /// Brings into the cache what it lacks of the data that the workspace and the selected commits name.
    ///
    /// Every object is checked before it is in the cache. Objects that are neither here nor there only give a warning,
    /// as in DVC; files that a directory object in the remote promises are a failure.
    ///
    /// - Throws: `TransferFailed` after all that could be had was fetched.
    package func fetch(_ request: TransferRequest) async throws -> FetchResult {
        if request.withRunCache, try !passesOverRunCache(request) {
            try await fetchRunCache(from: store(of: request.remote, use: request.use), jobs: request.jobs)
        }
        var query = UsedOutputQuery()
        query.targets = try expandedTargets(of: request)
        query.selection = request.selection
        query.revisions = request.revisions
        let kinds = try request.kinds.isEmpty ? nil : pathsByKind()
        query.isWanted = { output in
            if let limit = request.maximumSize, limit > 0, let size = output.output.checksum.size, size >= limit {
                return false
            }
            guard let kinds else { return true }
            return request.kinds.contains { kinds.has(output, $0) }
        }
        var result = FetchResult()
        var failed: [TransferReport.FailedObject] = []
        var count = 0
        let imports = UsedImports(query.isWanted)
        query.isWanted = imports.isOrdinary
        var missing: Set<ObjectID> = []
        var names = ObjectNames()
        for group in try RemoteGroups(usedOutputs(query), remote: request.remote).groups {
            let hasRemote = group.remote != nil || settings.defaultRemote != nil
            if !hasRemote, group.outputs.allSatisfy({ imports.hasSource($0) }) {
                missing.formUnion(group.outputs.map(\.object).filter { !cache.holds($0) })
                continue
            }
            let outcome = try await bring(group, request, names: &names, isElsewhere: imports.hasSource)
            result.fetched += outcome.fetched
            failed += outcome.failed
            count += outcome.failed.count + outcome.withheld
            missing.formUnion(outcome.missing)
        }
        result.fetched += try await fetchImports(imports, lacking: &missing, jobs: request.jobs)
        warnOfMissing(missing, names: names)
        guard failed.isEmpty else {
            throw TransferFailed(verb: "download", count: count, causes: failed.sorted { $0.id < $1.id })
        }
        return result
    }

    /// How fetching from one store went.
    struct FetchOutcome {
        var fetched = 0
        var failed: [TransferReport.FailedObject] = []
        /// Directory objects that stayed away because a file of theirs failed.
        var withheld = 0
        /// What is neither here nor there.
        var missing: Set<ObjectID> = []
    }

    /// Fetches what the cache lacks of some outputs' objects from their remote, of whatever kind that is.
    func bring(
        _ group: RemoteGroups.Group, _ request: TransferRequest, names: inout ObjectNames,
        isElsewhere: (UsedOutput) -> Bool = { _ in false }
    ) async throws -> FetchOutcome {
        // A remote need only be there, and is only opened, when something is missing.
        if (try? settings.remote(group.remote, root: root))?.isVersionAware == true {
            try keepListings(of: group.outputs)
            guard try !isInCache(group.outputs), let remote = try cloudRemote(group.remote, use: request.use) else {
                return FetchOutcome()
            }
            return try await bring(
                group.outputs, from: remote, jobs: request.jobs, names: &names, isElsewhere: isElsewhere)
        }
        try keepListings(of: group.outputs, evenIfIncomplete: true)
        return try await bring(
            group.outputs, from: store(of: group.remote, use: request.use), jobs: request.jobs, names: &names)
    }

    /// Whether the cache has all that is asked for.
    private func isInCache(_ outputs: [UsedOutput]) throws -> Bool {
        try outputs.allSatisfy { output in
            guard output.object.isDirectory else { return cache.holds(output.object) }
            guard let listing = try listing(of: output.checksum) else { return false }
            return output.files(in: listing).allSatisfy(cache.holds)
        }
    }

    /// Whether the records of runs stay where they are because the remote keeps no objects; DVC says nothing then.
    func passesOverRunCache(_ request: TransferRequest) throws -> Bool {
        guard let remote = try cloudRemote(request.remote, use: request.use) else { return false }
        progress.report(
            .warning("the run cache is left out: remote '\(remote.name)' keeps versions of files, and nothing else"))
        return true
    }

    /// Fetches what the cache lacks of some outputs' objects.
    ///
    /// - Parameters:
    ///   - store: only asked for, and need only be there, when something is missing.
    ///   - names: gets what the objects are known as.
    func bring(
        _ outputs: [UsedOutput], from store: @autoclosure () throws -> ObjectStore, jobs: Int?,
        names: inout ObjectNames
    ) async throws -> FetchOutcome {
        let directories = Set(outputs.map(\.object).filter(\.isDirectory))
        var listings = try await DirectoryListings(
            of: directories, cache: cache, store: nil, isKept: false, progress: progress)
        // A remote is only asked for, and need only be there, when something is missing.
        let isComplete =
            listings.missing.isEmpty
            && outputs.allSatisfy { output in
                guard let listing = listings[output.object] else { return cache.holds(output.object) }
                return output.files(in: listing).allSatisfy(cache.holds)
            }
        if isComplete { return FetchOutcome() }
        let store = try store()
        if !listings.missing.isEmpty {
            listings = try await DirectoryListings(
                of: directories, cache: cache, store: store, isKept: false, progress: progress)
        }
        let groups = outputs.compactMap { output -> TransferGroup? in
            let listing = listings[output.object]
            names.add(output, named: shown(output.path), listing)
            if let listing { return TransferGroup(directory: output.object, files: output.files(in: listing)) }
            return output.object.isDirectory ? nil : TransferGroup(files: [output.object])
        }
        let plan = TransferPlan(groups)
        let queue = TransferQueue(store: store, jobs: jobs, progress: progress)
        let report = try await queue.fetch(plan, into: cache)
        return try await judge(report, of: plan, listings, store, names)
    }

    /// Tells what the remote promised and does not have from what nobody has.
    private func judge(
        _ report: TransferReport, of plan: TransferPlan, _ listings: DirectoryListings, _ store: ObjectStore,
        _ names: ObjectNames
    ) async throws -> FetchOutcome {
        var outcome = FetchOutcome(fetched: report.transferred.count, failed: report.failed + listings.failed)
        var nowhere = Set(report.missing).union(listings.missing)
        if !report.missing.isEmpty {
            let absent = Set(report.missing)
            let holders = plan.directories.filter { $0.files.contains(where: absent.contains) }
            let promised = try await ObjectStatus(of: store, thorough: true).present(among: holders.map(\.id))
            for directory in holders where promised.contains(directory.id) {
                for id in directory.files where nowhere.remove(id) != nil {
                    let name = names[id].map { "'\($0)'" } ?? "a file of '\(names[directory.id] ?? directory.id.text)'"
                    let error = StorageError(
                        .notFound, "\(name) is not there, though the list of its directory is", key: id.key,
                        place: store.backend.name)
                    outcome.failed.append(.init(id: id, error: error))
                }
            }
        }
        if !outcome.failed.isEmpty {
            let failed = Set(outcome.failed.map(\.id))
            let held = Set(report.withheld)
            outcome.withheld =
                plan.directories.filter { held.contains($0.id) && $0.files.contains(where: failed.contains) }.count
        }
        outcome.missing = nowhere
        return outcome
    }
}
