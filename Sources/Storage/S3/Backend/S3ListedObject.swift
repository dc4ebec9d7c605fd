import Documents
import HTTP

/// An object in a listing, or a version of one.
struct S3ListedObject: Sendable {
    private var name = ""
    private var size: Int64 = 0
    private var modified: Int64?
    private var tag: String?
    private(set) var versionID: String?
    private(set) var isLatest = false

    var metadata: Metadata { Metadata(size: size, modified: modified, version: tag) }

    init(_ element: XMLElement) throws(UnusableAnswer) {
        for field in element.children {
            switch field.name {
            case "Key": name = field.text
            case "Size":
                guard let number = Int64(field.trimmedText), number >= 0 else {
                    throw UnusableAnswer(detail: "a size is no number")
                }
                size = number
            case "LastModified": modified = AWSTime.seconds(field.trimmedText)
            case "ETag": tag = S3Backend.unquoted(field.trimmedText)
            // So a bucket calls the versions of before it began to keep any.
            case "VersionId": versionID = field.text == "null" ? nil : field.text
            case "IsLatest": isLatest = field.trimmedText == "true"
            default: break
            }
        }
    }

    /// The name in the bucket, and the key that it is for a backend: `nil` for what is outside or cannot be asked for,
    /// such as `a//b`.
    func key(isEncoded: Bool, root: String) throws(UnusableAnswer) -> (name: String, key: Key?) {
        let path = isEncoded ? try Self.decoded(name) : name
        guard path.utf8.starts(with: root.utf8) else { return (path, nil) }
        let key = Key(String(Substring(path.utf8.dropFirst(root.utf8.count))))
        return (path, key.isSafe ? key : nil)
    }

    /// As forms are encoded: a plus sign stands for a blank.
    static func decoded(_ text: String) throws(UnusableAnswer) -> String {
        let plain = text.utf8.contains(UInt8(ascii: "+")) ? text.replacing("+", with: "%20") : text
        guard plain.utf8.contains(UInt8(ascii: "%")) else { return plain }
        guard let decoded = PercentEncoding.decode(plain) else {
            throw UnusableAnswer(detail: "a key is not encoded as it should be")
        }
        return decoded
    }
}
