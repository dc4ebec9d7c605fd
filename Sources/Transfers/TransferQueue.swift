package import Basics
package import Objects
import Storage
import Synchronization

/// Moves the objects of a plan between the cache and a store, many at a time.
///
/// Every object is checked on its way. Files go first; then the directory objects all of whose files are there. When
/// the task is cancelled, what arrived stays, no directory object follows, and `CancellationError` is thrown.
package struct TransferQueue: Sendable {
    package let store: ObjectStore
    /// Objects on the way at once.
    package let jobs: Int
    private let progress: any ProgressReporter

    /// - Parameter jobs: as the user asks; by default what the store serves well.
    package init(store: ObjectStore, jobs: Int? = nil, progress: any ProgressReporter = SilentProgress()) {
        self.store = store
        self.jobs = max(1, jobs ?? store.backend.concurrency)
        self.progress = progress
    }

    /// Brings to the store what it lacks.
    ///
    /// - Parameter thorough: whether to look up files that a directory object in the store vouches for; by default
    ///   only where the store is a folder (`ObjectStatus`).
    package func push(
        _ plan: TransferPlan, from cache: some ObjectDestination, thorough: Bool? = nil
    ) async throws -> TransferReport {
        let present: Set<ObjectID>
        do {
            present = try await ObjectStatus(of: store, thorough: thorough).present(of: plan)
        } catch {
            try Task.checkCancellation()
            throw error
        }
        return try await run(
            plan, present: present, phase: .pushing, isAvailable: cache.holds, size: { cache.size(of: $0) }
        ) { ids, log in
            if let directory = store.directory {
                await copy(ids, .push(from: cache, to: directory), log)
            } else {
                await concurrentForEach(ids, limit: jobs) { id in
                    await log.note(id) { () async throws -> Int64 in
                        try await store.store(id, from: cache.path(of: id))
                    }
                }
            }
        }
    }

    /// Brings to the cache what it lacks; the store is not asked before, a missing object shows when it is read.
    package func fetch(_ plan: TransferPlan, into cache: some ObjectDestination) async throws -> TransferReport {
        let present = Set(plan.objects.filter(cache.holds))
        let report = try await run(
            plan, present: present, phase: .fetching, isAvailable: { _ in true }, size: { _ in nil }
        ) { ids, log in
            if let directory = store.directory {
                await copy(ids, .fetch(from: directory, into: cache), log)
            } else {
                await concurrentForEach(ids, limit: jobs) { id in
                    await log.note(id) { () async throws -> Int64 in try await store.fetch(id, into: cache) }
                }
            }
        }
        // Not after a cancellation: then nobody wants to wait for the disk.
        try await onOwnThread { _ in try cache.settle(report.transferred) }
        return report
    }

    /// Files, then the directory objects whose files are all there.
    private func run(
        _ plan: TransferPlan, present: Set<ObjectID>, phase: ProgressPhase, isAvailable: (ObjectID) -> Bool,
        size: (ObjectID) -> Int64?, _ move: ([ObjectID], TransferLog) async -> Void
    ) async throws -> TransferReport {
        let log = TransferLog(phase: phase, progress: progress, breaker: FailureBreaker(limit: max(8, jobs * 2)))
        let wanted = plan.files.filter { !present.contains($0) }
        let files = wanted.filter { log.keep($0, isAvailable) }
        let ahead = plan.directories.lazy.filter { !present.contains($0.id) }.count
        guard !wanted.isEmpty || ahead > 0 else { return log.report() }
        progress.report(.began(phase, items: files.count + ahead, bytes: total(of: files, size)))
        defer { progress.report(.ended(phase)) }

        await move(files, log)
        try Task.checkCancellation()
        log.markUntried(files)

        let (ready, withheld) = plan.directories(present: present, unavailable: log.unavailable)
        let directories = ready.filter { log.keep($0, isAvailable) }
        await move(directories, log)
        try Task.checkCancellation()
        log.markUntried(directories)
        return log.report(withheld: withheld)
    }

    /// The bytes of all, where they are few enough to look at for the sake of a progress line; else 0.
    private func total(of files: [ObjectID], _ size: (ObjectID) -> Int64?) -> Int64 {
        guard files.count <= 1000 else { return 0 }
        var total: Int64 = 0
        for id in files {
            guard let size = size(id) else { return 0 }
            total &+= size
        }
        return max(0, total)
    }

    /// Copies between folders on threads of their own: small files many at a time, then each large one by itself.
    private func copy(_ ids: [ObjectID], _ route: ObjectCopier.Route, _ log: TransferLog) async {
        if ids.isEmpty { return }
        let threads = jobs
        await onOwnThread { cancelled in
            let large = Mutex<[(id: ObjectID, size: Int64)]>([])
            let batch = ObjectCopier.batchSize
            let batches = (ids.count + batch - 1) / batch
            // Neither can throw, because their bodies do not.
            try? parallelForEach(count: batches, threads: threads, batch: 16) { range in
                let copier = ObjectCopier(route, until: cancelled)
                for start in range.lazy.map({ $0 * batch }) where !cancelled.isSet && log.goesOn {
                    let rest = copier.copySmall(ids[start..<min(start + batch, ids.count)]) { log.note($0, $1) }
                    if !rest.isEmpty { large.withLock { $0 += rest } }
                }
            }
            // The largest first, so that no thread is left with one at the end.
            let rest = large.withLock { $0 }.sorted { $0.size > $1.size }
            try? parallelForEach(count: rest.count, threads: threads) { range in
                let copier = ObjectCopier(route, until: cancelled)
                for index in range where !cancelled.isSet && log.goesOn {
                    copier.copyLarge(rest[index].id) { log.note($0, $1) }
                }
            }
        }
    }
}
