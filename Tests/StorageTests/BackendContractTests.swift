import Storage
import TestSupport
import Testing

@Suite("backends keep their contract") struct BackendContractTests {
    @Test("a folder keeps every promise of a backend")
    func directory() async throws {
        let folder = TemporaryFolder()
        try await BackendContract(DirectoryBackend(root: folder.path("not/made/yet"))).check()
    }

    @Test("memory keeps every promise of a backend")
    func memory() async throws {
        try await BackendContract(MemoryBackend()).check()
    }

    @Test("retries and limits change nothing that a backend promises")
    func wrapped() async throws {
        try await BackendContract(RetryingBackend(LimitedBackend(MemoryBackend(), limit: 2))).check()
    }
}
