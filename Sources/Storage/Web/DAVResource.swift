import Documents
import HTTP

/// What a WebDAV server tells of one resource.
struct DAVResource: Sendable, Equatable {
    /// Decoded, without a slash at its end.
    let path: String
    let isCollection: Bool
    /// `nil` where the server tells none, as of collections.
    let size: Int64?
    let modified: Int64?
    /// The ETag as the server writes it, quotes included.
    let version: String?

    /// What to ask for.
    static let question = Array(
        """
        <?xml version="1.0" encoding="utf-8"?>
        <propfind xmlns="DAV:"><prop><resourcetype/><getcontentlength/><getlastmodified/><getetag/></prop></propfind>
        """.utf8)

    private static let namespace = "DAV:"

    /// The resources of a multi-status answer; those without properties or a usable path are left out.
    ///
    /// - Parameter base: the URL that was asked.
    static func parse(_ body: [UInt8], base: URLParts) throws(StorageError) -> [DAVResource] {
        let root: XMLElement
        do {
            root = try XML.parse(body)
        } catch {
            throw StorageError(.corrupt, "the server's answer is no XML: \(error.message)")
        }
        guard root.name == "multistatus", root.namespace == namespace else {
            throw StorageError(.corrupt, "the server's answer is no list of resources, as WebDAV wants it")
        }
        return root.all("response").compactMap { DAVResource($0, base: base) }
    }

    private init?(_ response: XMLElement, base: URLParts) {
        guard let href = response.text(of: "href"),
            let parts = URLParts(WebAddress.escapingPath(href), relativeTo: base),
            var path = PercentEncoding.decode(parts.path)
        else { return nil }
        while path.utf8.last == UInt8(ascii: "/") { path.removeLast() }
        let found = response.all("propstat").filter { Self.isFound($0.text(of: "status")) }.compactMap { $0["prop"] }
        guard !found.isEmpty else { return nil }
        func property(_ name: String) -> XMLElement? { found.lazy.compactMap { $0[name] }.first }
        self.path = path
        isCollection = property("resourcetype")?["collection"] != nil
        size = property("getcontentlength").flatMap { Int64($0.trimmedText) }.flatMap { $0 < 0 ? nil : $0 }
        modified = property("getlastmodified").flatMap { HTTPDate.seconds($0.trimmedText) }
        version = property("getetag").map(\.trimmedText).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// `HTTP/1.1 200 OK`
    private static func isFound(_ status: String?) -> Bool {
        guard let words = status?.split(separator: " "), words.count >= 2 else { return false }
        return words[1] == "200"
    }
}
