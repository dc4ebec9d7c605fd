import Storage
import Synchronization
import TestSupport
import Testing

@Suite("wrappers and errors") struct WrapperTests {
    @Test("a read-only store refuses to be changed and stays as it is")
    func readOnly() async throws {
        let memory = MemoryBackend()
        memory[Key("a")] = [1]
        let backend = ReadOnlyBackend(memory)
        await #expect(throws: StorageError.self) { try await backend.write(BytesSource("x"), to: Key("a")) }
        await #expect(throws: StorageError.self) { try await backend.delete([Key("a")]) }
        #expect(memory[Key("a")] == [1])
        #expect(try await backend.stat(Key("a"))?.size == 1)
    }

    @Test("a dry run writes down what would change and changes nothing")
    func dryRun() async throws {
        let memory = MemoryBackend()
        memory[Key("a")] = [1]
        let backend = DryRunBackend(memory)
        try await backend.write(BytesSource("xyz"), to: Key("b"))
        try await backend.delete([Key("a")])
        #expect(backend.changes == [.write(Key("b"), size: 3), .delete(Key("a"))])
        #expect(memory.keys == [Key("a")])
    }

    @Test("never more requests at once than the limit, and all are served")
    func limit() async throws {
        let limit = ConcurrencyLimit(3)
        let state = Mutex((now: 0, most: 0, served: 0))
        await concurrentForEach(Array(0..<100), limit: 20) { _ in
            try? await limit.run { () async throws(StorageError) in
                state.withLock { state in
                    state.now += 1
                    state.most = max(state.most, state.now)
                }
                await Task.yield()
                state.withLock { state in
                    state.now -= 1
                    state.served += 1
                }
            }
        }
        #expect(state.withLock { $0.most } <= 3)
        #expect(state.withLock { $0.served } == 100)
    }

    @Test("who is cancelled in the line gives up, and the line goes on")
    func cancelledInLine() async throws {
        let limit = ConcurrencyLimit(1)
        let gate = AsyncStream<Void>.makeStream()
        let entered = AsyncStream<Void>.makeStream()
        let first = Task {
            try await limit.run { () async throws(StorageError) in
                entered.continuation.yield()
                for await _ in gate.stream { break }
            }
        }
        for await _ in entered.stream { break }
        let second = Task { try await limit.run { () async throws(StorageError) in } }
        second.cancel()
        await #expect(throws: StorageError.cancelled) { try await second.value }
        gate.continuation.yield()
        try await first.value
        try await limit.run { () async throws(StorageError) in }
    }

    @Test("no error shows a password or a signed query")
    func redaction() {
        let error = StorageError(
            .unreachable, "GET https://user:secret@host/b?X-Amz-Signature=abc&x=y failed",
            place: "https://token@host:8080/path?sig=z")
        #expect(error.summary == "'https://host:8080/path?…': GET https://host/b?… failed")
    }

    @Test("kinds that pass by themselves are retryable unless the backend says otherwise")
    func retryable() {
        #expect(StorageError(.unreachable, "x").isRetryable)
        #expect(StorageError(.throttled, "x").isRetryable)
        #expect(!StorageError(.permission, "x").isRetryable)
        #expect(StorageError(.other, "500", isRetryable: true).isRetryable)
        #expect(!StorageError(.unreachable, "x", isRetryable: false).at(Key("k"), in: "p").isRetryable)
    }

    @Test("memory beyond the limit is not taken")
    func memoryLimit() {
        let sink = MemorySink(limit: 4)
        #expect(throws: StorageError.self) {
            try [UInt8](repeating: 0, count: 5).withUnsafeBytes { try sink.write($0) }
        }
    }
}
