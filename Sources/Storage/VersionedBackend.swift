/// A backend that can keep the versions of what was overwritten or deleted.
package protocol VersionedBackend: Backend {
    /// Whether the store keeps what is overwritten or deleted; `nil` where it does not say.
    func keepsVersions() async throws(StorageError) -> Bool?
    /// Writes and tells by which name this version can be asked for.
    func writeVersion(_ source: some ByteSource, to key: Key) async throws(StorageError) -> WrittenVersion
    /// What is under the key in a version, or the current one; `nil` where nothing is.
    func stat(_ key: Key, version: String?) async throws(StorageError) -> VersionedMetadata?
    /// Hands the bytes of a version to the sink.
    func read(
        _ key: Key, version: String?, range: Range<Int64>?, into sink: some ByteSink) async throws(StorageError)
    /// The current versions of all keys that begin with this text, in the order of the store.
    func listVersions(under prefix: Key) -> any AsyncSequence<VersionedListing, StorageError> & Sendable
}

/// What became of an object that was written.
package struct WrittenVersion: Sendable, Equatable {
    /// The store's mark of these bytes, such as an ETag without its quotation marks.
    package let tag: String
    /// The version's name, where the store keeps versions.
    package let versionID: String?

    package init(tag: String, versionID: String?) {
        self.tag = tag
        self.versionID = versionID
    }
}

/// What a store tells of one version.
package struct VersionedMetadata: Sendable, Equatable {
    package let metadata: Metadata
    /// `nil` where the store keeps no versions of it.
    package let versionID: String?

    package init(metadata: Metadata, versionID: String?) {
        self.metadata = metadata
        self.versionID = versionID
    }
}

/// One line of a listing of versions.
package struct VersionedListing: Sendable, Equatable {
    package let key: Key
    package let current: VersionedMetadata

    package init(key: Key, current: VersionedMetadata) {
        self.key = key
        self.current = current
    }
}
