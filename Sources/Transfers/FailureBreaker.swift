package import Storage

/// Ends a transfer that cannot succeed any more: a network that is gone or a full disk fails every object alike, and
/// retrying each of a hundred thousand would take days.
///
/// A value without clock or tasks; the transfer asks it after every object.
package struct FailureBreaker: Sendable {
    /// Failures in a row, without any success between them, after which nothing more is begun.
    package let limit: Int
    package private(set) var failuresInARow = 0
    /// The failure that ended the transfer.
    package private(set) var verdict: StorageError?

    package init(limit: Int) { self.limit = max(1, limit) }

    package mutating func succeeded() { failuresInARow = 0 }

    package mutating func failed(_ error: any Error) {
        guard let error = error as? StorageError else { return }
        switch error.kind {
        case .cancelled:
            verdict = verdict ?? error
        case .permission where error.systemCode != nil:
            // One folder of a local store that may not be written says nothing about the others.
            return
        case .unreachable, .throttled, .outOfSpace, .permission:
            failuresInARow += 1
            if failuresInARow >= limit, verdict == nil { verdict = error }
        case .notFound, .corrupt, .unsupported, .other:
            return
        }
    }

    /// The error for an object that was not tried.
    package func notTried() -> StorageError? {
        verdict.map {
            StorageError(
                $0.kind, "not tried, after \(limit) failures in a row: \($0.detail)", place: $0.place,
                isRetryable: false, remedy: $0.remedy)
        }
    }
}
