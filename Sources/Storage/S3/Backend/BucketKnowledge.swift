import Synchronization

/// What one process has found out about a bucket.
final class BucketKnowledge: Sendable {
    private let known = Mutex<Bool>(false)
    private let bulk = Mutex<Bool>(true)

    /// Whether the server deletes many keys by one request.
    var deletesInBulk: Bool {
        get { bulk.withLock { $0 } }
        set { bulk.withLock { $0 = newValue } }
    }

    /// Throws `notFound` without a key when the bucket is not there. One that may not be asked for counts as there.
    ///
    /// Asks once, so that a missing object is told from a missing bucket by one request in all.
    func require(_ backend: S3Backend) async throws(StorageError) {
        if known.withLock({ $0 }) { return }
        var exists = true
        do throws(StorageError) {
            exists = try await backend.bucketExists()
        } catch  where error.kind == .permission {
            exists = true
        }
        guard exists else {
            throw StorageError(
                .notFound, "the bucket does not exist", place: backend.name,
                remedy: "check the bucket's name in the remote's URL, or create the bucket")
        }
        known.withLock { $0 = true }
    }
}
