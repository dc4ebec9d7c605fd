import Storage

/// The error that a backend throws; fails the test where it throws none, or one of another type.
func storageFailure(_ body: () async throws -> Void) async throws -> StorageError {
    do {
        try await body()
    } catch let error as StorageError {
        return error
    }
    throw NoFailure()
}

private struct NoFailure: Error {}
