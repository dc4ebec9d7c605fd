import HTTP

/// One answer to a request for a listing.
struct S3ListPage: Sendable {
    /// Where the next page begins.
    enum Position: Sendable, Hashable {
        case start
        case token(String)
        case after(String)
    }

    /// Safe keys only, without the prefix of the backend.
    private(set) var entries: [Listing] = []
    /// Whether the keys ascend by their bytes, and are likely to do so on the pages that follow.
    private(set) var isOrdered = true
    private(set) var next: Position?
    /// The first and the last key of the page as they stand in the bucket, safe or not.
    private(set) var first: String?
    private(set) var last: String?

    /// - Parameter root: what the backend's keys begin with in the bucket.
    init(_ response: HTTPResponse, root: String, isFirstForm: Bool) throws(XMLReader.Malformed) {
        var reader = XMLReader(response.body)
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
            if let last, !last.utf8.lexicographicallyPrecedes(name.utf8) { isOrdered = false }
            if first == nil { first = name }
            last = name
            if let key { entries.append(Listing(key: key, metadata: object.metadata)) }
        }
        guard isTruncated else { return }
        if response["server"]?.hasPrefix("SeaweedFS") == true { isOrdered = false }
        if !isFirstForm, let token, !token.isEmpty {
            next = .token(token)
        } else if let last {
            next = .after(last)
        } else {
            throw XMLReader.Malformed(detail: "it says that more follows, but not where")
        }
    }
}
