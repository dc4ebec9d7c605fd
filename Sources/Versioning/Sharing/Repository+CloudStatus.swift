import Basics
import FileSystem
import Objects
import ProjectFiles
import Transfers

/// How the cache and the remote differ in an object.
package enum CloudState: String, Sendable {
    /// Only in the cache: a push would send it.
    case new
    /// Only in the remote: a fetch would bring it.
    case deleted
    /// In neither.
    case missing
}

extension Repository {
    /// Where the cache and the default remote, or the one that the request names, differ; sorted by path.
    ///
    /// An object has one line however many paths name it. Outputs with a remote of their own are left out, as in DVC.
    /// Directory objects that only the remote has come into the cache, since their files can't be told without them;
    /// directories whose objects are nowhere are left out, as in DVC.
    package func cloudStatus(_ request: TransferRequest) async throws -> [(path: String, state: CloudState)] {
        var query = UsedOutputQuery()
        query.targets = try expandedTargets(of: request)
        query.selection = request.selection
        query.revisions = request.revisions
        query.onFailure = .refuse
        query.warnsOfUnrecorded = true
        query.isWanted = { !$0.stage.isRepositoryImport && $0.output.canPush && $0.output.remote == nil }
        let outputs = try usedOutputs(query)
        guard !outputs.isEmpty else { return [] }
        if let remote = try cloudRemote(request.remote, use: request.use) {
            return try await status(of: outputs, in: remote)
        }
        let store = try store(of: request.remote, use: request.use)
        let directories = Set(outputs.map(\.object).filter(\.isDirectory))
        let listings = try await DirectoryListings(
            of: directories, cache: cache, store: store, isKept: true, progress: progress)
        if let failure = listings.failed.first { throw failure.error }
        var names = ObjectNames()
        let groups = outputs.compactMap { output -> TransferGroup? in
            let listing = listings[output.object]
            names.add(output, named: shown(output.path), listing)
            if let listing { return TransferGroup(directory: output.object, files: output.files(in: listing)) }
            return output.object.isDirectory ? nil : TransferGroup(files: [output.object])
        }
        let comparison = try await TransferComparison(of: TransferPlan(groups), cache: cache, store: store)
        var lines: [(path: String, state: CloudState)] = []
        let states: [(Set<ObjectID>, CloudState)] = [
            (comparison.new, .new), (comparison.deleted, .deleted),
            (comparison.missing, .missing),
        ]
        for (ids, state) in states {
            for id in ids { lines.append((names[id] ?? id.text, state)) }
        }
        return lines.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }
    /// The same for a remote that keeps versions, which DVC can't tell; there, each path has a line of its own.
    private func status(
        of outputs: [UsedOutput], in remote: CloudRemote
    ) async throws -> [(path: String, state: CloudState)] {
        let cache = cache
        let files = try CloudFiles(of: outputs, in: remote, cache: cache)
        let survey = try await CloudSurvey(
            of: files.files, in: remote, journal: CloudJournal(of: remote, in: scratch)
        ) { id in (try? Files.status(cache.path(of: id)))?.size }
        var states: [String: CloudState] = [:]
        for file in files.files {
            let state: CloudState?
            switch (cache.holds(file.object), survey.present[file.path] != nil) {
            case (true, true): state = nil
            case (true, false): state = .new
            case (false, true): state = .deleted
            case (false, false): state = .missing
            }
            if let state { states[shown(file.path)] = state }
        }
        return states.map { (path: $0.key, state: $0.value) }
            .sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }
}
