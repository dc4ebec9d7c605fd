import Documents

/// One answer to a request for a listing of versions; only current ones are kept.
struct S3VersionPage: Sendable {
    /// Where the next page begins.
    struct Position: Sendable, Hashable {
        let key: String
        let version: String
    }

    /// Safe keys only, without the prefix of the backend.
    private(set) var entries: [VersionedListing] = []
    private(set) var next: Position?

    /// - Parameter root: what the backend's keys begin with in the bucket.
    init(_ document: XMLElement, root: String) throws(UnusableAnswer) {
        let isEncoded = document.text(of: "EncodingType")?.lowercased() == "url"
        for child in document.children where child.name == "Version" {
            let version = try S3ListedObject(child)
            guard version.isLatest, let key = try version.key(isEncoded: isEncoded, root: root).key else { continue }
            entries.append(
                VersionedListing(
                    key: key, current: VersionedMetadata(metadata: version.metadata, versionID: version.versionID)))
        }
        guard document.text(of: "IsTruncated") == "true" else { return }
        let marker = document["NextKeyMarker"]?.text ?? ""
        guard !marker.isEmpty else {
            throw UnusableAnswer(detail: "it says that more follows, but not where")
        }
        next = Position(
            key: isEncoded ? try S3ListedObject.decoded(marker) : marker,
            version: document["NextVersionIdMarker"]?.text ?? "")
    }
}
