import Basics
import FileSystem
import Indexing
package import Objects
import Storage
package import Transfers

/// What `gc` is asked to remove.
package struct GarbageRequest: Sendable {
    /// What is kept beside the data that the workspace names.
    package var revisions = RevisionSelection()
    /// Also from the remote.
    package var fromRemote = false
    /// From the cache, all that the remote has as well, used or not.
    package var onlyKeepsUnpushed = false
    package var remote: String?
    package var jobs: Int?
    /// Go on without what commits use whose project files can't be read.
    package var skipsFailed = false
    /// Go on where a directory's list of files is nowhere, so that its files are not known.
    package var force = false
    /// Other repositories that use the same cache.
    package var projects: [String] = []
    package var isDry = false
    /// Seconds since 1970.
    package var now: Int64 = 0

    package init() {}
}

/// What `gc` removed, or would remove, by store.
package struct GarbageResult: Sendable {
    package enum Place: Sendable, Equatable {
        case cache(ObjectLayout)
        case remote(ObjectLayout)
    }

    package struct Part: Sendable {
        package let place: Place
        package var count: Int
        /// Places of the objects, for a dry run.
        package var paths: [String] = []
    }

    package var parts: [Part] = []
    /// What could not be removed.
    package var failed: [GarbageReport.Failed] = []

    package init() {}
}

extension Repository {
    /// Removes objects that neither the workspace nor the selected commits name, from the cache and on demand from the
    /// remote. The run cache stays.
    ///
    /// - Throws: before anything is removed, where it can't be told for sure what is used.
    package func collectGarbage(_ request: GarbageRequest) async throws -> GarbageResult {
        var projects: [Repository] = []
        for path in request.projects {
            let folder = Paths.absolute(path, from: environment.workingDirectory)
            let found = try ProjectFolder.find(from: folder)
            // The same one twice would wait for itself.
            guard found != root, !projects.contains(where: { $0.root == found }) else { continue }
            projects.append(try Repository(root: found, environment: environment, progress: progress))
        }
        return try await withLocks(on: projects[...]) {
            var used = Set<ObjectID>()
            var byRemote: [String?: Set<ObjectID>] = [:]
            for project in projects + [self] {
                for (remote, ids) in try await project.objectsInUse(request) {
                    used.formUnion(ids)
                    byRemote[remote, default: []].formUnion(ids)
                }
            }
            return try await remove(request, used: used, byRemote)
        }
    }

    private func withLocks<Result>(
        on projects: ArraySlice<Repository>, _ body: () async throws -> Result
    ) async throws -> Result {
        guard let first = projects.first else { return try await body() }
        return try await first.locked { try await withLocks(on: projects.dropFirst(), body) }
    }

    private func remove(
        _ request: GarbageRequest, used: Set<ObjectID>, _ byRemote: [String?: Set<ObjectID>]
    ) async throws -> GarbageResult {
        // Remotes are asked for before the cache loses anything, so that a wrong name costs nothing.
        let stores = try request.fromRemote || request.onlyKeepsUnpushed ? remotes(request, byRemote) : []
        var kept = used
        if request.onlyKeepsUnpushed {
            for (store, ids) in stores {
                kept.subtract(try await ObjectStatus(of: store, thorough: true).present(among: ids.sorted()))
            }
        }
        var result = GarbageResult()
        try await collect(
            GarbageCollection(store: ObjectStore(backend: cacheFolder), used: kept, progress: progress), request,
            into: &result
        ) { .cache($0) }
        if request.fromRemote {
            for (store, _) in stores {
                // An object that is used at all stays wherever it is.
                try await collect(
                    GarbageCollection(store: store, used: used, progress: progress), request, into: &result
                ) { .remote($0) }
            }
        }
        return result
    }

    private func collect(
        _ collection: GarbageCollection, _ request: GarbageRequest, into result: inout GarbageResult,
        _ place: (ObjectLayout) -> GarbageResult.Place
    ) async throws {
        let garbage = try await collection.survey(now: request.now)
        var report = GarbageReport()
        if !request.isDry {
            report = try await collection.remove(garbage)
            result.failed += report.failed
        }
        for layout in ObjectLayout.allCases {
            let objects = garbage.objects(in: layout)
            var part = GarbageResult.Part(
                place: place(layout), count: request.isDry ? objects.count : report.removed(in: layout))
            if request.isDry { part.paths = objects.map { Paths.join(collection.store.backend.name, $0.id.key.path) } }
            result.parts.append(part)
        }
    }

    /// The default or named remote and those that outputs name, each place once, with the objects that belong there.
    private func remotes(
        _ request: GarbageRequest, _ byRemote: [String?: Set<ObjectID>]
    ) throws -> [(store: ObjectStore, ids: Set<ObjectID>)] {
        var stores: [(store: ObjectStore, ids: Set<ObjectID>)] = []
        var names = [request.remote]
        for name in byRemote.keys.compactMap(\.self).sorted() where !names.contains(name) { names.append(name) }
        for (position, name) in names.enumerated() {
            try refuseCloudRemote(
                name, request.fromRemote ? "gc -c" : "gc --not-in-remote",
                remedy: "nothing that was pushed there is ever removed; let a lifecycle rule of the bucket expire old "
                    + "versions, if no Git commit needs them")
            let store = try store(of: name, use: RemoteUse(jobs: request.jobs))
            var ids = byRemote[name] ?? []
            if position == 0 { ids.formUnion(byRemote[nil] ?? []) }
            if let place = stores.firstIndex(where: { $0.store.backend.name == store.backend.name }) {
                stores[place].ids.formUnion(ids)
            } else {
                stores.append((store, ids))
            }
        }
        return stores
    }
}

// MARK: - Objects in use

extension Repository {
    /// The objects that the workspace and the selected commits name, files of directories included, by the remote that
    /// their outputs name.
    private func objectsInUse(_ request: GarbageRequest) async throws -> [String?: Set<ObjectID>] {
        var query = UsedOutputQuery()
        query.revisions = request.revisions
        query.onFailure = request.skipsFailed ? .skipCommits : .refuse
        query.includesOutside = true
        query.warnsOfUnrecorded = true
        let outputs = try usedOutputs(query)
        var used: [String?: Set<ObjectID>] = [:]
        for group in RemoteGroups(outputs, remote: nil).groups {
            let directories = Set(group.outputs.map(\.object).filter(\.isDirectory))
            var listings = try await DirectoryListings(
                of: directories, cache: cache, store: nil, isKept: true, progress: progress)
            if !listings.missing.isEmpty,
                let store = try? store(of: request.remote ?? group.remote, use: RemoteUse(jobs: request.jobs))
            {
                listings = try await DirectoryListings(
                    of: directories, cache: cache, store: store, isKept: true, progress: progress)
            }
            for output in group.outputs {
                used[group.remote, default: []].formUnion(try objects(of: output, listings, request))
            }
        }
        return used
    }

    private func objects(
        of output: UsedOutput, _ listings: DirectoryListings, _ request: GarbageRequest
    ) throws -> [ObjectID] {
        let own = [output.object] + output.recordedFiles
        guard output.object.isDirectory else { return own }
        if let listing = listings[output.object] { return own + output.files(in: listing) }
        if !output.recordedFiles.isEmpty { return own }
        guard request.force else {
            throw Failure(
                "unable to fully collect used cache without cache for directory '\(shown(output.path))'",
                remedy: "run `varve fetch` to get the list of its files, or give its files up with `--force`")
        }
        guard output.isInWorkspace else { return own }
        // What lies in the workspace may be links into the cache.
        guard case .folder(let state) = try scanner().item(at: output.path, algorithm: output.object.algorithm) else {
            return own
        }
        var files: [ObjectID] = []
        state.forEachFile { files.append(ObjectID($1.digest, algorithm: output.object.algorithm)) }
        return own + files
    }
}
