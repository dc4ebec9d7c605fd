/// Code for one kind of storage: a handful of verbs over keys.
///
/// Promises that every backend keeps (`BackendContract` in TestSupport checks them):
/// - What is under a key is whole: a write that fails or is cancelled leaves the old bytes or nothing.
/// - Writing replaces; two writers of one key leave the bytes of one of them.
/// - Deleting what is not there is no error.
/// - A listing shows no half-written object and ascends by the keys' bytes.
/// - Failures are `StorageError`s with a kind; whether a retry helps is `isRetryable`, set by the backend.
/// - `notFound` with a key says that this object is not there; without one, that the whole store is not.
/// - Cancellation of the calling task ends a request soon, with kind `.cancelled`.
///
/// Retry, limits, read-only and dry run wrap a backend rather than live in it.
package protocol Backend: Sendable {
    /// The place in words, for messages: a path or URL without credentials.
    var name: String { get }
    /// How many requests at once it serves well.
    var concurrency: Int { get }
    /// What a listing costs; `nil` where the store cannot list.
    var listing: ListingCost? { get }
    /// The pieces in which a large object is best read, several at once; `nil` where one request for all is better.
    var pieceSize: Int64? { get }

    /// What is under the key, or `nil` where nothing is.
    func stat(_ key: Key) async throws(StorageError) -> Metadata?
    /// Hands the bytes to the sink in order. An upper bound past the end stands for the end.
    ///
    /// When it throws, the sink may have taken part of the bytes.
    func read(_ key: Key, range: Range<Int64>?, into sink: some ByteSink) async throws(StorageError)
    /// Puts the bytes of the source under the key; opens the source anew where it has to send it again.
    func write(_ source: some ByteSource, to key: Key) async throws(StorageError)
    /// All keys that begin with this text, in ascending order of their bytes. `Key("")` lists everything.
    func list(under prefix: Key) -> any AsyncSequence<Listing, StorageError> & Sendable
    /// Deletes all; goes on past single failures, then throws the first.
    func delete(_ keys: [Key]) async throws(StorageError)
}

extension Backend {
    package var pieceSize: Int64? { nil }
}

/// What a store tells of one key without its bytes being read.
package struct Metadata: Sendable, Equatable {
    package var size: Int64
    /// Seconds since 1970, where known.
    package var modified: Int64?
    /// What changes when the bytes change, such as an ETag; compared only for equality.
    package var version: String?
    /// Whether the store marks the object as whole and checked: mode 0444 in a directory, as DVC does; `nil` where it
    /// cannot say.
    package var isSealed: Bool?

    package init(size: Int64, modified: Int64? = nil, version: String? = nil, isSealed: Bool? = nil) {
        self.size = size
        self.modified = modified
        self.version = version
        self.isSealed = isSealed
    }
}

/// One line of a listing.
package struct Listing: Sendable, Equatable {
    package let key: Key
    package let metadata: Metadata

    package init(key: Key, metadata: Metadata) {
        self.key = key
        self.metadata = metadata
    }
}

/// What a listing costs against single look-ups.
package struct ListingCost: Sendable, Equatable {
    /// Keys that one request returns.
    package let pageSize: Int

    package init(pageSize: Int) { self.pageSize = max(1, pageSize) }
}
