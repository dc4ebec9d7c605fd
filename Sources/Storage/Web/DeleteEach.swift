import Synchronization

/// Deletes keys one by one, several at a time, for stores that cannot delete many with one request.
///
/// Goes on past failures. Those that pass by themselves are tried again as long as some of them do pass; then throws the
/// first of the others.
func deleteEach(
    _ keys: [Key], limit: Int, _ delete: @escaping @Sendable (Key) async throws(StorageError) -> Void
) async throws(StorageError) {
    var rest = keys
    var lasting: StorageError?
    while !rest.isEmpty {
        let failures = Mutex<[(key: Key, error: StorageError)]>([])
        await concurrentForEach(rest, limit: limit) { key in
            do throws(StorageError) {
                try await delete(key)
            } catch {
                failures.withLock { $0.append((key, error)) }
            }
        }
        if Task.isCancelled { throw .cancelled }
        let failed = failures.withLock { $0 }
        lasting = lasting ?? failed.first { !$0.error.isRetryable }?.error
        let passing = failed.filter(\.error.isRetryable)
        if let error = passing.first?.error, passing.count == rest.count || error.retryAfter != nil {
            throw lasting ?? error
        }
        rest = passing.map(\.key)
    }
    if let lasting { throw lasting }
}
