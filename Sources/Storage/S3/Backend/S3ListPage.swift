/// One answer to a request for a listing.
struct S3ListPage: Sendable {
    /// Where the next page begins.
    enum Position: Sendable, Equatable {
        case start
        case token(String)
        case after(String)
    }

    /// Ascending, safe keys only, without the prefix of the backend.
    private(set) var entries: [Listing] = []
    private(set) var next: Position?
    /// The last key of the page as it stands in the bucket, safe or not.
    private(set) var last: String?

    /// - Parameter root: what the backend's keys begin with in the bucket.
    init(_ body: [UInt8], root: String, isFirstForm: Bool) throws(XMLReader.Malformed) {
        var reader = XMLReader(body)
        guard try reader.root() == "ListBucketResult" else { throw XMLReader.Malformed(detail: "it is no listing") }
        var isTruncated = false
        var token: String?
        var isEncoded = false
        var objects: [S3ListedObject] = []
        while let name = try reader.child() {
            switch name {
            case "IsTruncated": isTruncated = try reader.text() == "true"
            case "EncodingType": isEncoded = try reader.text().lowercased() == "url"
            case "NextContinuationToken": token = try reader.text()
            case "Contents": objects.append(try S3ListedObject(&reader))
            default: try reader.skip()
            }
        }
        for object in objects {
            let (name, key) = try object.key(isEncoded: isEncoded, root: root)
            last = name
            if let key { entries.append(Listing(key: key, metadata: object.metadata)) }
        }
        guard isTruncated else { return }
        if !isFirstForm, let token, !token.isEmpty {
            next = .token(token)
        } else if let last {
            next = .after(last)
        } else {
            throw XMLReader.Malformed(detail: "it says that more follows, but not where")
        }
    }
}
