import HTTP

/// An object in a listing.
struct S3ListedObject: Sendable {
    private var name = ""
    private var size: Int64 = 0
    private var modified: Int64?
    private var tag: String?
    private(set) var versionID: String?
    private(set) var isLatest = false

    var metadata: Metadata { Metadata(size: size, modified: modified, version: tag) }

    /// Reads on to the end of the element that has just begun.
    init(_ reader: inout XMLReader) throws(XMLReader.Malformed) {
        while let field = try reader.child() {
            switch field {
            case "Key": name = try reader.text()
            case "Size":
                guard let number = Int64(try reader.text()), number >= 0 else {
                    throw XMLReader.Malformed(detail: "a size is no number")
                }
                size = number
            case "LastModified": modified = AWSTime.seconds(try reader.text())
            case "ETag": tag = S3Backend.unquoted(try reader.text())
            case "VersionId":
                let text = try reader.text()
                // So a bucket calls the versions of before it began to keep any.
                versionID = text == "null" ? nil : text
            case "IsLatest": isLatest = try reader.text() == "true"
            default: try reader.skip()
            }
        }
    }

    /// The name in the bucket, and the key that it is for a backend: `nil` for what is outside or cannot be asked for,
    /// such as `a//b`.
    func key(isEncoded: Bool, root: String) throws(XMLReader.Malformed) -> (name: String, key: Key?) {
        let path = isEncoded ? try Self.decoded(name) : name
        guard path.utf8.starts(with: root.utf8) else { return (path, nil) }
        let key = Key(String(Substring(path.utf8.dropFirst(root.utf8.count))))
        return (path, key.isSafe ? key : nil)
    }

    /// As forms are encoded: a plus sign stands for a blank.
    static func decoded(_ text: String) throws(XMLReader.Malformed) -> String {
        let plain = text.utf8.contains(UInt8(ascii: "+")) ? text.replacing("+", with: "%20") : text
        guard plain.utf8.contains(UInt8(ascii: "%")) else { return plain }
        guard let decoded = PercentEncoding.decode(plain) else {
            throw XMLReader.Malformed(detail: "a key is not encoded as it should be")
        }
        return decoded
    }
}
