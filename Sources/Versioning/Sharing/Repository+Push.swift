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
        if request.withRunCache {
            result.pushed += try await pushRunCache(to: store(of: request.remote), jobs: request.jobs)
        }
        var query = UsedOutputQuery()
        query.targets = try expandedTargets(of: request)
        query.selection = request.selection
        query.revisions = request.revisions
        query.isWanted = { !$0.stage.isRepositoryImport && $0.output.canPush }
        let outputs = try usedOutputs(query)
        var failed: [TransferReport.FailedObject] = []
        var failedCount = 0
        for group in RemoteGroups(outputs, remote: request.remote).groups {
            let report = try await send(group.outputs, to: store(of: group.remote), jobs: request.jobs)
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

    /// Sends what a store lacks of some outputs' objects.
    func send(_ outputs: [UsedOutput], to store: ObjectStore, jobs: Int?) async throws -> TransferReport {
        let directories = Set(outputs.map(\.object).filter(\.isDirectory))
        // What no longer is in the cache may be listed in the remote; its files may be here all the same.
        let listings = try await DirectoryListings(
            of: directories, cache: cache, store: store, isKept: false, progress: progress)
        var names = ObjectNames()
        var groups: [TransferGroup] = []
        var partial: Set<ObjectID> = []
        for output in outputs {
            let listing = listings[output.object]
            names.add(output, named: shown(output.path), listing)
            if let listing {
                let isWhole = output.parts.isEmpty
                if !isWhole { partial.insert(output.object) }
                groups.append(
                    TransferGroup(directory: isWhole ? output.object : nil, files: output.files(in: listing)))
            } else if !output.object.isDirectory {
                groups.append(TransferGroup(files: [output.object]))
            }
        }
        let queue = TransferQueue(store: store, jobs: jobs, progress: progress)
        var report = try await queue.push(TransferPlan(groups), from: cache)
        report.failed += listings.failed
        try await complete(partial, listings, queue, &report)
        warnOfMissing(Set(report.missing).union(listings.missing), names: names)
        return report
    }

    /// Sends directory objects of which only a part was asked for, where all their files are in the remote now.
    ///
    /// A directory object promises that its files are there; without them it would keep others from sending them.
    private func complete(
        _ directories: Set<ObjectID>, _ listings: DirectoryListings, _ queue: TransferQueue,
        _ report: inout TransferReport
    ) async throws {
        for id in directories.sorted() {
            guard let listing = listings[id] else { continue }
            let status = ObjectStatus(of: queue.store, thorough: true)
            if try await !status.present(among: [id]).isEmpty { continue }
            let files = Set(listing.entries.map { ObjectID($0.digest, algorithm: id.algorithm) })
            guard try await status.present(among: files.sorted()).count == files.count else {
                progress.report(
                    .warning("the list of files \(id) is not pushed before all files that it lists are in the remote"))
                continue
            }
            let added = try await queue.push(TransferPlan([TransferGroup(files: [id])]), from: cache, thorough: true)
            report.transferred += added.transferred
            report.failed += added.failed
        }
    }
}
