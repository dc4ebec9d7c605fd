import Basics
import Objects
import ProjectFiles
import Transfers

/// What `push` did.
package struct PushResult: Sendable {
    /// Objects that were sent, directory objects and entries of the run cache included.
    package var pushed = 0

    package init() {}
}

extension Repository {
    /// Sends to the remotes what they lack of the data that the workspace and the selected commits name.
    ///
    /// Every object is checked on its way out. Objects that are neither here nor there only give a warning, as in DVC.
    ///
    /// - Throws: `TransferFailed` after all that could be sent was sent.
    package func push(_ request: TransferRequest) async throws -> PushResult {
        var result = PushResult()
        if request.withRunCache, try !passesOverRunCache(request) {
            result.pushed += try await pushRunCache(to: store(of: request.remote, use: request.use), jobs: request.jobs)
        }
        var query = UsedOutputQuery()
        query.targets = try expandedTargets(of: request)
        query.selection = request.selection
        query.revisions = request.revisions
        query.isWanted = { !$0.stage.isRepositoryImport && $0.output.canPush }
        let outputs = try usedOutputs(query)
        // As DVC: a project without data says, too, that it has no remote.
        if outputs.isEmpty { _ = try settings.remote(nil, root: root) }
        var failed: [TransferReport.FailedObject] = []
        var failedCount = 0
        // All remotes are known before the first gets anything, so that a wrong name costs nothing.
        let shares = try RemoteGroups(outputs, remote: request.remote).groups.map { group in
            (outputs: group.outputs, destination: try destination(group.remote, request))
        }
        for share in shares {
            let report =
                switch share.destination {
                case .objects(let store): try await send(share.outputs, to: store, jobs: request.jobs)
                case .versions(let remote): try await push(share.outputs, to: remote, jobs: request.jobs)
                }
            result.pushed += report.transferred.count
            failed += report.failed
            // A directory object is held back for a file that is missing, too; that is no failure.
            failedCount += report.failed.count + (report.failed.isEmpty ? 0 : report.withheld.count)
        }
        guard failed.isEmpty else {
            throw TransferFailed(verb: "upload", count: failedCount, causes: failed.sorted { $0.id < $1.id })
        }
        return result
    }

    /// Where a push goes.
    private enum Destination {
        case objects(ObjectStore)
        case versions(CloudRemote)
    }

    private func destination(_ name: String?, _ request: TransferRequest) throws -> Destination {
        guard let remote = try cloudRemote(name, use: request.use) else {
            return .objects(try store(of: name, use: request.use))
        }
        // The versions are written into the files of the workspace; those of Git commits can't be changed.
        guard request.revisions.isEmpty else {
            throw Failure(
                "Multiple rev push is unsupported for cloud versioned remotes, and remote '\(remote.name)' is one",
                remedy: "check each Git commit out, and push it by itself", category: .configuration)
        }
        return .versions(remote)
    }

    /// Sends what a store lacks of some outputs' objects.
    func send(_ outputs: [UsedOutput], to store: ObjectStore, jobs: Int?) async throws -> TransferReport {
        try keepListings(of: outputs)
        let directories = Set(outputs.map(\.object).filter(\.isDirectory))
        // What no longer is in the cache may be listed in the remote; its files may be here all the same.
        let listings = try await DirectoryListings(
            of: directories, cache: cache, store: store, isKept: false, progress: progress)
        var names = ObjectNames()
        var groups: [TransferGroup] = []
        for output in outputs {
            let listing = listings[output.object]
            names.add(output, named: shown(output.path), listing)
            if let listing {
                // As DVC: the directory object goes along with a part of its files, too.
                groups.append(TransferGroup(directory: output.object, files: output.files(in: listing)))
            } else if !output.object.isDirectory {
                groups.append(TransferGroup(files: [output.object]))
            }
        }
        let queue = TransferQueue(store: store, jobs: jobs, progress: progress)
        var report = try await queue.push(
            TransferPlan(groups), from: cache, thorough: outputs.contains { !$0.parts.isEmpty } ? true : nil)
        report.failed += listings.failed
        warnOfMissing(Set(report.missing).union(listings.missing), names: names)
        return report
    }
}
