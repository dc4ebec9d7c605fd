/// XML 1.0 with namespaces, as far as servers answer with it.
///
/// There are no document types, so no entities but the five that XML knows and numbers: an answer cannot grow while it
/// is read, and cannot make the reader look anywhere else.
package enum XML {
    /// The root of a document in UTF-8, with or without a byte order mark.
    ///
    /// - Parameter elements: how many elements the document may have.
    package static func parse(
        _ bytes: [UInt8], limits: DocumentLimits = DocumentLimits(depth: 64), elements: Int = 4_000_000
    ) throws(DocumentError) -> XMLElement {
        guard bytes.count <= limits.bytes else {
            throw DocumentError("document larger than \(limits.bytes) bytes")
        }
        var parser = XMLParser(bytes, depth: limits.depth, elements: elements)
        return try parser.parseDocument()
    }

    /// A text as it stands between tags or in an attribute's value.
    ///
    /// Characters that no XML document may hold, such as NUL, are left as they are: they have no escape.
    package static func escape(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&apos;"
            case "\r": escaped += "&#13;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
