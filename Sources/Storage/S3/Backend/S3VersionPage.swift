/// One answer to a request for a listing of versions; only current ones are kept.
struct S3VersionPage: Sendable {
    /// Where the next page begins.
    struct Position: Sendable, Equatable {
        var key: String
        var version: String
    }

    /// Ascending, safe keys only, without the prefix of the backend.
    private(set) var entries: [VersionedListing] = []
    private(set) var next: Position?

    /// - Parameter root: what the backend's keys begin with in the bucket.
    init(_ body: [UInt8], root: String) throws(XMLReader.Malformed) {
        var reader = XMLReader(body)
        guard try reader.root() == "ListVersionsResult" else {
            throw XMLReader.Malformed(detail: "it is no listing of versions")
        }
        var isTruncated = false
        var isEncoded = false
        var position = Position(key: "", version: "")
        var versions: [S3ListedObject] = []
        while let name = try reader.child() {
            switch name {
            case "IsTruncated": isTruncated = try reader.text() == "true"
            case "EncodingType": isEncoded = try reader.text().lowercased() == "url"
            case "NextKeyMarker": position.key = try reader.text()
            case "NextVersionIdMarker": position.version = try reader.text()
            case "Version": versions.append(try S3ListedObject(&reader))
            default: try reader.skip()
            }
        }
        for version in versions where version.isLatest {
            guard let key = try version.key(isEncoded: isEncoded, root: root).key else { continue }
            entries.append(
                VersionedListing(
                    key: key, current: VersionedMetadata(metadata: version.metadata, versionID: version.versionID)))
        }
        guard isTruncated else { return }
        if isEncoded { position.key = try S3ListedObject.decoded(position.key) }
        guard !position.key.isEmpty else {
            throw XMLReader.Malformed(detail: "it says that more follows, but not where")
        }
        next = position
    }
}
