import Documents
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
    /// What the keys have in common up to the delimiter, where one was asked for, without the prefix of the backend.
    private(set) var folders: [String] = []
    /// Whether the keys ascend by their bytes, and are likely to do so on the pages that follow.
    private(set) var isOrdered = true
    private(set) var next: Position?
    /// The first and the last key of the page as they stand in the bucket, safe or not.
    private(set) var first: String?
    private(set) var last: String?

    /// - Parameters:
    ///   - server: what the answering program calls itself.
    ///   - root: what the backend's keys begin with in the bucket.
    init(_ document: XMLElement, server: String?, root: String, isFirstForm: Bool) throws(UnusableAnswer) {
        let isEncoded = document.text(of: "EncodingType")?.lowercased() == "url"
        for child in document.children where child.name == "Contents" {
            let object = try S3ListedObject(child)
            let (name, key) = try object.key(isEncoded: isEncoded, root: root)
            if let last, !last.utf8.lexicographicallyPrecedes(name.utf8) { isOrdered = false }
            if first == nil { first = name }
            last = name
            if let key { entries.append(Listing(key: key, metadata: object.metadata)) }
        }
        for child in document.children where child.name == "CommonPrefixes" {
            let text = child.text(of: "Prefix") ?? ""
            let name = isEncoded ? try S3ListedObject.decoded(text) : text
            if name.utf8.starts(with: root.utf8) {
                folders.append(String(Substring(name.utf8.dropFirst(root.utf8.count))))
            }
            if let last, !last.utf8.lexicographicallyPrecedes(name.utf8) { continue }
            last = name
        }
        guard document.text(of: "IsTruncated") == "true" else { return }
        if server?.hasPrefix("SeaweedFS") == true { isOrdered = false }
        if !isFirstForm, let token = document["NextContinuationToken"]?.text, !token.isEmpty {
            next = .token(token)
        } else if let last {
            next = .after(last)
        } else {
            throw UnusableAnswer(detail: "it says that more follows, but not where")
        }
    }
}
