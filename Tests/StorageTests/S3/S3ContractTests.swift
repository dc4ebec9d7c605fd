import HTTP
import Storage
import TestSupport
import Testing

@Suite("S3 on real servers", .enabled(if: TestPrograms.areProvided)) struct S3ContractTests {
    @Test("a bucket on SeaweedFS keeps every promise of a backend")
    func seaweed() async throws {
        try await BackendContract(S3Server.shared().backend(folder: "contract")).check()
    }
}
