import Storage
import Synchronization
import TestSupport
import Testing

@Suite("retries") struct RetryTests {
    private static let gone = StorageError(.unreachable, "connection reset")

    private func retrying<Base: Backend>(
        _ base: Base, attempts: Int = 4, waits: @escaping @Sendable (Duration) -> Void = { _ in }
    ) -> RetryingBackend<Base> {
        RetryingBackend(
            base, schedule: RetrySchedule(attempts: attempts, base: .seconds(1), limit: .seconds(4)),
            sleep: { waits($0) }, dice: { 1 })
    }

    @Test("waits double up to the limit and are drawn from zero on")
    func schedule() {
        let schedule = RetrySchedule(attempts: 10, base: .seconds(1), limit: .seconds(5))
        let waits = (1...5).map { schedule.wait(after: Self.gone, failures: $0, dice: 1) }
        #expect(waits == [.seconds(1), .seconds(2), .seconds(4), .seconds(5), .seconds(5)])
        #expect(schedule.wait(after: Self.gone, failures: 3, dice: 0) == .zero)
        #expect(schedule.wait(after: Self.gone, failures: 10, dice: 0) == nil)
        #expect(schedule.wait(after: Self.gone, failures: .max, dice: 2) == nil)
    }

    @Test("what a store asks for is waited, but not for hours")
    func retryAfter() {
        let schedule = RetrySchedule()
        let polite = StorageError(.throttled, "slow down", retryAfter: .seconds(7))
        #expect(schedule.wait(after: polite, failures: 1, dice: 0) == .seconds(7))
        let rude = StorageError(.throttled, "slow down", retryAfter: .seconds(100_000))
        #expect(schedule.wait(after: rude, failures: 1, dice: 0) == .seconds(300))
    }

    @Test("what does not pass by itself is not tried again")
    func finalErrors() async {
        let faulty = FaultyBackend(MemoryBackend(), failing: .write, after: 0)
        await #expect(throws: StorageError.self) { try await retrying(faulty).write(BytesSource("x"), to: Key("a")) }
        #expect(faulty.count(.write) == 1)
    }

    @Test("a write that fails twice succeeds at the third time")
    func writes() async throws {
        let memory = MemoryBackend()
        let faulty = FaultyBackend(memory, failing: .write, after: 0, times: 2, error: Self.gone)
        let waits = Mutex<[Duration]>([])
        let backend = retrying(faulty) { wait in waits.withLock { $0.append(wait) } }
        try await backend.write(BytesSource("x"), to: Key("a"))
        #expect(memory[Key("a")] == Array("x".utf8))
        #expect(waits.withLock { $0 } == [.seconds(1), .seconds(2)])
    }

    @Test("a read that breaks off a hundred times goes on each time and ends exact, no byte asked for twice")
    func interruptedRead() async throws {
        var generator = SeededGenerator(seed: 1)
        let content = (0..<20_100).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let memory = MemoryBackend()
        memory[Key("a")] = content
        let faulty = FaultyBackend(
            memory, failing: .read, after: 0, times: 100, error: Self.gone, partialRead: 200)
        let sink = MemorySink()
        try await retrying(faulty, attempts: 3).read(Key("a"), range: nil, into: sink)
        #expect(sink.bytes == content)
        #expect(faulty.count(.read) == 101)
    }

    @Test("a read without any progress is given up after the allowed attempts")
    func hopelessRead() async {
        let faulty = FaultyBackend(MemoryBackend(), failing: .read, after: 0, error: Self.gone)
        await #expect(throws: StorageError.self) {
            try await retrying(faulty, attempts: 3).read(Key("a"), range: nil, into: MemorySink())
        }
        #expect(faulty.count(.read) == 3)
    }

    @Test("a full disk on our side is not the store's failure, so the read is not repeated")
    func failingSink() async {
        struct FullSink: ByteSink {
            func write(_ bytes: UnsafeRawBufferPointer) throws(StorageError) {
                throw StorageError(.outOfSpace, "disk full", isRetryable: true)
            }
        }
        let memory = MemoryBackend()
        memory[Key("a")] = [1]
        let counting = FaultyBackend(memory)
        await #expect(throws: StorageError.self) {
            try await retrying(counting).read(Key("a"), range: nil, into: FullSink())
        }
        #expect(counting.count(.read) == 1)
    }

    @Test("a listing that fails is taken up where it was, without an entry twice")
    func listing() async throws {
        let memory = MemoryBackend()
        for number in 0..<2500 { memory[Key("k\(number)")] = [] }
        let faulty = BreakingListing(base: memory, entries: 700)
        var keys: [Key] = []
        for try await entry in retrying(faulty, attempts: 3).list(under: Key("")) { keys.append(entry.key) }
        #expect(keys == memory.keys)
    }

    @Test("waiting ends when the task is cancelled")
    func cancellation() async {
        let faulty = FaultyBackend(MemoryBackend(), failing: .stat, after: 0, error: Self.gone)
        let backend = RetryingBackend(
            faulty, schedule: RetrySchedule(base: .seconds(3600), limit: .seconds(3600)), dice: { 1 })
        let task = Task { () -> StorageError.Kind? in
            do throws(StorageError) {
                _ = try await backend.stat(Key("a"))
                return nil
            } catch {
                return error.kind
            }
        }
        task.cancel()
        #expect(await task.value == .cancelled)
    }
}

/// A store whose listings break off after so many entries, but get one entry further each time it is asked.
private final class BreakingListing: Backend {
    let base: MemoryBackend
    let entries: Int
    private let passes = Atomic<Int>(0)
    var name: String { base.name }
    var concurrency: Int { 1 }
    var listing: ListingCost? { base.listing }

    init(base: MemoryBackend, entries: Int) {
        self.base = base
        self.entries = entries
    }

    func stat(_ key: Key) async throws(StorageError) -> Metadata? { try await base.stat(key) }
    func read(_ key: Key, range: Range<Int64>?, into sink: some ByteSink) async throws(StorageError) {
        try await base.read(key, range: range, into: sink)
    }
    func write(_ source: some ByteSource, to key: Key) async throws(StorageError) {
        try await base.write(source, to: key)
    }
    func delete(_ keys: [Key]) async throws(StorageError) { try await base.delete(keys) }
    func list(under prefix: Key) -> any AsyncSequence<Listing, StorageError> & Sendable {
        let end = entries * (passes.wrappingAdd(1, ordering: .relaxed).newValue)
        let keys = base.keys
        return PagedListing {
            let position = Position()
            return { () async throws(StorageError) -> [Listing]? in
                let start = position.advance(by: 100)
                if start >= keys.count { return nil }
                if start >= end { throw StorageError(.unreachable, "connection reset") }
                return keys[start..<min(start + 100, keys.count)].map { Listing(key: $0, metadata: Metadata(size: 0)) }
            }
        }
    }

    private final class Position: Sendable {
        private let value = Mutex(0)
        func advance(by step: Int) -> Int {
            value.withLock { value in
                defer { value += step }
                return value
            }
        }
    }
}
