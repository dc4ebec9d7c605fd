import Basics
import Hashing
import Objects
import Storage
import Synchronization
import TestSupport
import Testing
import Transfers

@Suite("pushing and fetching") struct TransferTests {
    private let folder = TemporaryFolder()
    private let cache = FolderCache()

    /// Directories in the cache that share some files, and their groups.
    private func directories(_ count: Int, filesEach: Int) throws -> [TransferGroup] {
        try (0..<count).map { number in
            let files = try (0..<filesEach).map { try cache.add("file \(number * filesEach / 2 + $0)") }
            return TransferGroup(directory: try cache.add("listing \(number)", isDirectory: true), files: files)
        }
    }

    private func stores() -> [ObjectStore] {
        [ObjectStore(backend: MemoryBackend()), ObjectStore(backend: DirectoryBackend(root: folder.path("remote")))]
    }

    @Test("what is pushed can be fetched into another cache, and a second push moves nothing")
    func roundTrip() async throws {
        let large = try cache.add([UInt8](repeating: 9, count: 2_500_000))
        let empty = try cache.add("")
        let plan = TransferPlan(try directories(5, filesEach: 40) + [TransferGroup(files: [large, empty])])
        for store in stores() {
            let queue = TransferQueue(store: store)
            let pushed = try await queue.push(plan, from: cache)
            #expect(Set(pushed.transferred) == Set(plan.objects))
            #expect(pushed.transferred.count == plan.objects.count)
            #expect(pushed.isComplete)
            let again = try await queue.push(plan, from: cache)
            #expect(again.transferred.isEmpty && again.bytes == 0)
            let other = FolderCache()
            let fetched = try await queue.fetch(plan, into: other)
            #expect(fetched.bytes == pushed.bytes)
            #expect(plan.objects.allSatisfy(other.holds))
            #expect(try await store.read(large).count == 2_500_000)
            #expect(try other.temporaries.isEmpty)
            #expect(try await queue.fetch(plan, into: other).transferred.isEmpty)
        }
    }

    @Test("whatever fails, a store with a directory object has all its files", arguments: UInt64(0)..<24)
    func directoryLast(seed: UInt64) async throws {
        let groups = try directories(6, filesEach: 12)
        let memory = MemoryBackend()
        let faulty = FaultyBackend(memory) { verb, count, _ in
            var generator = SeededGenerator(seed: seed &* 1000 &+ UInt64(count))
            return verb == .write && Int.random(in: 0..<40, using: &generator) < Int(seed)
        }
        let report = try await TransferQueue(store: ObjectStore(backend: faulty)).push(
            TransferPlan(groups), from: cache)
        var position: [Key: Int] = [:]
        for (index, key) in faulty.writes.enumerated() { position[key] = index }
        for group in groups {
            guard let directory = group.directory, let place = position[directory.key] else { continue }
            #expect(group.files.allSatisfy { (position[$0.key] ?? .max) < place })
        }
        // What failed was on the way once, and nothing is both done and failed.
        let done = Set(report.transferred)
        #expect(report.failed.allSatisfy { !done.contains($0.id) })
        #expect(
            report.transferred.count + report.failed.count + report.withheld.count == TransferPlan(groups).objects.count
        )
        #expect(Set(memory.keys) == Set(done.map(\.key)))
        // The next push, on a store that works, finishes the work.
        let rest = try await TransferQueue(store: ObjectStore(backend: memory)).push(TransferPlan(groups), from: cache)
        #expect(rest.isComplete)
        #expect(Set(memory.keys) == Set(TransferPlan(groups).objects.map(\.key)))
    }

    @Test("one failure does not stop the others; the error names the object")
    func goesOn() async throws {
        let files = try (0..<20).map { try cache.add("file \($0)") }
        let faulty = FaultyBackend(MemoryBackend(), failing: .write, after: 3, times: 1)
        let report = try await TransferQueue(store: ObjectStore(backend: faulty))
            .push(TransferPlan([TransferGroup(files: files)]), from: cache)
        #expect(report.transferred.count == 19)
        #expect(report.failed.count == 1)
        do {
            try report.throwIfFailed("push")
            Issue.record("a failure must be thrown")
        } catch let error as MultipleFailures {
            #expect(error.summary.hasPrefix("failed to push 1 object\n"))
            #expect(error.summary.contains(report.failed[0].id.digest.hex.dropFirst(2)))
        }
    }

    @Test("a network that is gone ends the transfer soon, and every object is accounted for")
    func breaker() async throws {
        let files = try (0..<200).map { try cache.add("file \($0)") }
        let faulty = FaultyBackend(
            MemoryBackend(), failing: .write, after: 50, error: StorageError(.unreachable, "no route"))
        let report = try await TransferQueue(store: ObjectStore(backend: faulty), jobs: 4)
            .push(TransferPlan([TransferGroup(files: files)]), from: cache)
        #expect(report.transferred.count == 50)
        #expect(report.failed.count == 150)
        #expect(faulty.count(.write) < 80)
    }

    @Test("a file that is nowhere is missing, its directory object is withheld, the rest is pushed")
    func missing() async throws {
        for store in stores() {
            let groups = try directories(2, filesEach: 4)
            let absent = ObjectID(MD5.digest(of: Array("never added".utf8)))
            let plan = TransferPlan([
                TransferGroup(directory: groups[0].directory, files: groups[0].files + [absent]), groups[1],
            ])
            let report = try await TransferQueue(store: store).push(plan, from: cache)
            #expect(report.missing == [absent])
            #expect(report.withheld == [groups[0].directory])
            #expect(report.failed.isEmpty)
            #expect(report.transferred.count == plan.objects.count - 2)
        }
    }

    @Test("an object that the remote lacks is missing after a fetch, and its directory is not taken as whole")
    func missingOnFetch() async throws {
        for store in stores() {
            let plan = TransferPlan(try directories(1, filesEach: 5))
            _ = try await TransferQueue(store: store).push(plan, from: cache)
            let lost = plan.files[2]
            try await store.delete([lost])
            let other = FolderCache()
            let report = try await TransferQueue(store: store).fetch(plan, into: other)
            #expect(report.missing == [lost])
            #expect(report.withheld == [plan.directories[0].id])
            #expect(!other.holds(plan.directories[0].id))
            #expect(report.transferred.count == 4)
        }
    }

    @Test("a damaged object is refused and the other objects arrive")
    func damaged() async throws {
        for store in stores() {
            let plan = TransferPlan(try directories(1, filesEach: 30))
            _ = try await TransferQueue(store: store).push(plan, from: cache)
            try await store.backend.write(BytesSource("evil"), to: plan.files[7].key)
            let other = FolderCache()
            let report = try await TransferQueue(store: store).fetch(plan, into: other)
            #expect(report.failed.map(\.id) == [plan.files[7]])
            #expect((report.failed.first?.error as? StorageError)?.kind == .corrupt)
            #expect(!other.holds(plan.files[7]))
            #expect(report.transferred.count == 29)
            #expect(try other.temporaries.isEmpty)
        }
    }

    @Test("a damaged cache object never reaches the remote")
    func damagedCache() async throws {
        for store in stores() {
            let plan = TransferPlan(try directories(1, filesEach: 30))
            let victim = plan.files[4]
            try cache.backend.localWrite(BytesSource("file rotten"), to: victim.key)
            let report = try await TransferQueue(store: store).push(plan, from: cache)
            #expect(report.failed.map(\.id) == [victim])
            #expect(try await store.stat(victim) == nil)
            #expect(report.withheld == [plan.directories[0].id])
        }
    }

    @Test("a directory object on a remote store spares its files a question, on a folder they are looked up and healed")
    func trust() async throws {
        let plan = TransferPlan(try directories(1, filesEach: 10))
        let counting = FaultyBackend(MemoryBackend())
        let remote = ObjectStore(backend: counting)
        _ = try await TransferQueue(store: remote).push(plan, from: cache)
        let before = counting.count(.stat) + counting.count(.list)
        _ = try await TransferQueue(store: remote).push(plan, from: cache)
        #expect(counting.count(.stat) + counting.count(.list) == before + 1)
        try await remote.delete([plan.files[0]])
        #expect(try await TransferQueue(store: remote).push(plan, from: cache).transferred.isEmpty)
        #expect(
            try await TransferQueue(store: remote).push(plan, from: cache, thorough: true).transferred == [
                plan.files[0]
            ])

        let local = ObjectStore(backend: DirectoryBackend(root: folder.path("healed")))
        _ = try await TransferQueue(store: local).push(plan, from: cache)
        try await local.delete([plan.files[0]])
        #expect(try await TransferQueue(store: local).push(plan, from: cache).transferred == [plan.files[0]])
    }

    @Test("for many objects on a small store, listings take the place of a question each")
    func listing() async throws {
        let files = try (0..<500).map { try cache.add("file \($0)") }
        let counting = FaultyBackend(MemoryBackend())
        let store = ObjectStore(backend: counting)
        for id in files.prefix(200) { try await store.store(id, from: cache.path(of: id)) }
        let present = try await ObjectStatus(of: store).present(among: files)
        #expect(present == Set(files.prefix(200)))
        #expect(counting.count(.stat) == 0)
        #expect(counting.count(.list) <= 10)
    }

    @Test("what the store has no room for is a failure, not a missing object")
    func noPlace() async throws {
        let id = try cache.add("file")
        let backend = DirectoryBackend(root: folder.path("occupied"))
        // A file where a folder must be.
        try await backend.write(BytesSource("x"), to: Key("files"))
        let report = try await TransferQueue(store: ObjectStore(backend: backend))
            .push(TransferPlan([TransferGroup(files: [id])]), from: cache)
        #expect(report.missing.isEmpty)
        #expect(report.failed.map(\.id) == [id])
    }

    @Test("a comparison tells where each object is")
    func comparison() async throws {
        for store in stores() {
            let ids = try (0..<3).map { try cache.add("file \($0)") }
            let remoteOnly = try FolderCache().add("elsewhere")
            try await store.store(ids[0], from: cache.path(of: ids[0]))
            try await store.backend.write(BytesSource("elsewhere"), to: remoteOnly.key)
            let nowhere = ObjectID(MD5.digest(of: Array("nowhere".utf8)))
            let plan = TransferPlan([TransferGroup(files: ids + [remoteOnly, nowhere])])
            let comparison = try await TransferComparison(of: plan, cache: cache, store: store)
            #expect(comparison.both == [ids[0]])
            #expect(comparison.new == [ids[1], ids[2]])
            #expect(comparison.deleted == [remoteOnly])
            #expect(comparison.missing == [nowhere])
        }
    }

    @Test("two pushes of the same objects at once leave one good copy of each and no rubbish")
    func concurrentPushes() async throws {
        let plan = TransferPlan(try directories(4, filesEach: 50))
        let root = folder.path("contended")
        try await withThrowingTaskGroup(of: TransferReport.self) { group in
            for _ in 0..<4 {
                group.addTask { [cache] in
                    try await TransferQueue(store: ObjectStore(backend: DirectoryBackend(root: root)))
                        .push(plan, from: cache)
                }
            }
            for try await report in group { #expect(report.isComplete) }
        }
        let store = ObjectStore(backend: DirectoryBackend(root: root))
        for id in plan.objects { _ = try await store.read(id) }
        #expect(try DirectoryBackend(root: root).leftovers(under: Key(""), olderThan: .max).isEmpty)
    }

    @Test("a cancelled push throws and sends no directory object")
    func cancellation() async throws {
        let groups = try directories(3, filesEach: 30)
        let memory = MemoryBackend()
        let task = Mutex<Task<TransferReport, any Error>?>(nil)
        let stopping = FaultyBackend(memory) { verb, count, _ in
            if verb == .write, count == 10 { task.withLock { $0?.cancel() } }
            return false
        }
        let gate = AsyncStream<Void>.makeStream()
        let pushing = Task { [cache] in
            for await _ in gate.stream { break }
            return try await TransferQueue(store: ObjectStore(backend: stopping)).push(
                TransferPlan(groups), from: cache)
        }
        task.withLock { $0 = pushing }
        gate.continuation.yield()
        await #expect(throws: CancellationError.self) { try await pushing.value }
        #expect(!memory.keys.contains { ObjectID(key: $0)?.isDirectory == true })
        #expect(memory.keys.count < TransferPlan(groups).files.count)
    }

    @Test("progress counts each object that arrives, and ends what it began")
    func progress() async throws {
        final class Recorder: ProgressReporter {
            let events = Mutex<(total: Int, items: Int, bytes: Int64, open: Int)>((0, 0, 0, 0))
            func report(_ event: ProgressEvent) {
                events.withLock { state in
                    switch event {
                    case .began(_, let items, _):
                        state.total += items
                        state.open += 1
                    case .advanced(_, let items, let bytes):
                        state.items += items
                        state.bytes += bytes
                    case .ended: state.open -= 1
                    case .warning, .message, .moved: break
                    }
                }
            }
        }
        for store in stores() {
            let recorder = Recorder()
            let plan = TransferPlan(try directories(2, filesEach: 20))
            let report = try await TransferQueue(store: store, progress: recorder).push(plan, from: cache)
            let seen = recorder.events.withLock { $0 }
            #expect(seen.total == plan.objects.count)
            #expect(seen.items == plan.objects.count)
            #expect(seen.bytes == report.bytes)
            #expect(seen.open == 0)
        }
    }
}
