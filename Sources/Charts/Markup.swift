/// HTML or SVG under construction: whatever comes in as text or as the value of an attribute is escaped.
struct Markup {
    private(set) var text = ""

    /// Markup of our own, as it is.
    mutating func raw(_ markup: String) { text += markup }

    mutating func text(_ content: String) { text += Self.escaped(content) }

    /// An element with what the body puts into it; without a body it closes itself, as SVG has it.
    mutating func element(
        _ name: String, _ attributes: [(String, String)] = [], _ body: ((inout Markup) -> Void)? = nil
    ) {
        text += "<" + name
        for (attribute, value) in attributes { text += " \(attribute)=\"\(Self.escaped(value))\"" }
        guard let body else {
            text += "/>"
            return
        }
        text += ">"
        body(&self)
        text += "</\(name)>"
    }

    mutating func element(_ name: String, _ attributes: [(String, String)] = [], text: String) {
        element(name, attributes) { $0.text(text) }
    }

    /// An element that has no end, such as `img`.
    mutating func void(_ name: String, _ attributes: [(String, String)]) {
        text += "<" + name
        for (attribute, value) in attributes { text += " \(attribute)=\"\(Self.escaped(value))\"" }
        text += ">"
    }

    static func escaped(_ text: String) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): result += Array("&amp;".utf8)
            case UInt8(ascii: "<"): result += Array("&lt;".utf8)
            case UInt8(ascii: ">"): result += Array("&gt;".utf8)
            case UInt8(ascii: "\""): result += Array("&quot;".utf8)
            case UInt8(ascii: "'"): result += Array("&#39;".utf8)
            // Neither HTML nor XML has a way to write these.
            case 0...8, 11, 12, 14...31, 127: result += Array("\u{FFFD}".utf8)
            default: result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
