import Storage
import Synchronization
import Testing

@Suite("credentials are renewed in time") struct CredentialSourceTests {
    private final class Clock: Sendable {
        private let time = Mutex<Int64>(1000)
        var now: Int64 {
            get { time.withLock { $0 } }
            set { time.withLock { $0 = newValue } }
        }
    }

    @Test("many who ask at once cause one request")
    func singleFlight() async throws {
        let count = Atomic<Int>(0)
        let source = CredentialSource { () async throws(StorageError) in
            count.wrappingAdd(1, ordering: .relaxed)
            try? await Task.sleep(for: .milliseconds(50))
            return AWSCredentials(accessKey: "a", secretKey: "b")
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { _ = try await source.current() } }
            try await group.waitForAll()
        }
        #expect(count.load(ordering: .relaxed) == 1)
    }

    @Test("they are renewed before they end, and the old ones serve while that fails")
    func renewal() async throws {
        let clock = Clock()
        let count = Atomic<Int>(0)
        let source = CredentialSource(now: { clock.now }) { () async throws(StorageError) in
            let number = count.wrappingAdd(1, ordering: .relaxed).newValue
            if number == 2 { throw StorageError(.unreachable, "no answer") }
            return AWSCredentials(accessKey: "key\(number)", secretKey: "s", expiry: number == 1 ? 2000 : nil)
        }
        #expect(try await source.current()?.accessKey == "key1")
        clock.now = 1600
        #expect(try await source.current()?.accessKey == "key1")
        #expect(count.load(ordering: .relaxed) == 1)
        clock.now = 1900
        #expect(try await source.current()?.accessKey == "key1")
        #expect(count.load(ordering: .relaxed) == 2)
        #expect(try await source.current()?.accessKey == "key3")
        #expect(try await source.current()?.accessKey == "key3")
        #expect(count.load(ordering: .relaxed) == 3)
    }

    @Test("what a server calls expired is replaced once for all who hold it")
    func replacement() async throws {
        let count = Atomic<Int>(0)
        let source = CredentialSource { () async throws(StorageError) in
            AWSCredentials(accessKey: "key\(count.wrappingAdd(1, ordering: .relaxed).newValue)", secretKey: "s")
        }
        let first = try #require(try await source.current())
        let second = try #require(try await source.replacement(for: first))
        #expect(try await source.replacement(for: first) == second)
        #expect(count.load(ordering: .relaxed) == 2)
        let fixed = CredentialSource(first)
        #expect(try await fixed.replacement(for: first) == nil)
    }
}
