/// Reads a small XML document element by element; made for answers of a server that may be anybody.
///
/// Knows the five named entities and numeric ones; refuses document types, which is where bombs hide, and more than a
/// few levels. Attributes are skipped, prefixes of names are left out.
package struct XMLReader {
    /// Not the XML that was expected.
    package struct Malformed: Error, Sendable, Equatable {
        package let detail: String
    }

    private let bytes: [UInt8]
    private var position = 0
    /// The elements that are open, outermost first.
    private var open: [Range<Int>] = []
    /// Whether the innermost open element was written as `<x/>`.
    private var isEmptyElement = false

    private static let depthLimit = 16

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// Enters the outermost element and gives its name.
    package mutating func root() throws(Malformed) -> String {
        guard open.isEmpty, let name = try child() else { throw Malformed(detail: "there is no element") }
        return name
    }

    /// Enters the next element inside the current one, past text; leaves the current one and gives `nil` at its end.
    package mutating func child() throws(Malformed) -> String? {
        if isEmptyElement {
            isEmptyElement = false
            open.removeLast()
            return nil
        }
        while true {
            while position < bytes.count, bytes[position] != UInt8(ascii: "<") {
                if open.isEmpty, bytes[position] > 0x20 { throw Malformed(detail: "it does not begin with an element") }
                position += 1
            }
            guard position < bytes.count else { throw Malformed(detail: "it ends too early") }
            if try skipMarkup() { continue }
            if starts(with: "</") {
                try leave()
                return nil
            }
            return try enter()
        }
    }

    /// The text of the current element, which is left; elements inside are skipped.
    package mutating func text() throws(Malformed) -> String {
        if isEmptyElement {
            isEmptyElement = false
            open.removeLast()
            return ""
        }
        var text: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "&") {
                text += try entity()
            } else if byte != UInt8(ascii: "<") {
                text.append(byte)
                position += 1
            } else if starts(with: "<![CDATA[") {
                let end = try end(of: "]]>", from: position + 9)
                text += bytes[position + 9..<end]
                position = end + 3
            } else if try skipMarkup() {
                continue
            } else if starts(with: "</") {
                try leave()
                guard let result = String(validating: text, as: UTF8.self) else {
                    throw Malformed(detail: "it is not UTF-8")
                }
                return result
            } else {
                _ = try enter()
                try skip()
            }
        }
        throw Malformed(detail: "it ends too early")
    }

    /// Leaves the current element, whatever is in it.
    package mutating func skip() throws(Malformed) {
        var depth = 1
        while depth > 0 { depth += try child() == nil ? -1 : 1 }
    }

    private func starts(with text: StaticString) -> Bool {
        guard bytes.count - position >= text.utf8CodeUnitCount else { return false }
        for index in 0..<text.utf8CodeUnitCount where bytes[position + index] != text.utf8Start[index] { return false }
        return true
    }

    private func end(of mark: StaticString, from start: Int) throws(Malformed) -> Int {
        let count = mark.utf8CodeUnitCount
        var index = start
        while index + count <= bytes.count {
            if (0..<count).allSatisfy({ bytes[index + $0] == mark.utf8Start[$0] }) { return index }
            index += 1
        }
        throw Malformed(detail: "it ends too early")
    }

    /// Passes a comment or an instruction; `CDATA` counts as text, which is passed, too.
    private mutating func skipMarkup() throws(Malformed) -> Bool {
        if starts(with: "<?") {
            position = try end(of: "?>", from: position + 2) + 2
        } else if starts(with: "<!--") {
            position = try end(of: "-->", from: position + 4) + 3
        } else if starts(with: "<![CDATA[") {
            position = try end(of: "]]>", from: position + 9) + 3
        } else if starts(with: "<!") {
            throw Malformed(detail: "it has a document type")
        } else {
            return false
        }
        return true
    }

    private mutating func enter() throws(Malformed) -> String {
        let name = name(from: position + 1)
        guard !name.isEmpty else { throw Malformed(detail: "an element has no name") }
        guard open.count < Self.depthLimit else { throw Malformed(detail: "it is nested too deeply") }
        var index = name.upperBound
        var quote: UInt8?
        while index < bytes.count {
            let byte = bytes[index]
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: ">") {
                break
            }
            index += 1
        }
        guard index < bytes.count else { throw Malformed(detail: "it ends too early") }
        isEmptyElement = bytes[index - 1] == UInt8(ascii: "/")
        position = index + 1
        open.append(name)
        let local = bytes[name].lastIndex(of: UInt8(ascii: ":")).map { $0 + 1 } ?? name.lowerBound
        return String(decoding: bytes[local..<name.upperBound], as: UTF8.self)
    }

    private mutating func leave() throws(Malformed) {
        let name = name(from: position + 2)
        guard let expected = open.popLast(), bytes[expected].elementsEqual(bytes[name]) else {
            throw Malformed(detail: "an element ends that did not begin")
        }
        position = try end(of: ">", from: name.upperBound) + 1
    }

    private func name(from start: Int) -> Range<Int> {
        var end = start
        while end < bytes.count, bytes[end] > 0x20, bytes[end] != UInt8(ascii: ">"), bytes[end] != UInt8(ascii: "/") {
            end += 1
        }
        return start..<end
    }

    private mutating func entity() throws(Malformed) -> [UInt8] {
        let limit = min(bytes.count, position + 12)
        guard let end = bytes[position..<limit].firstIndex(of: UInt8(ascii: ";")) else {
            throw Malformed(detail: "it has an unknown entity")
        }
        let name = String(decoding: bytes[position + 1..<end], as: UTF8.self)
        position = end + 1
        switch name {
        case "amp": return [UInt8(ascii: "&")]
        case "lt": return [UInt8(ascii: "<")]
        case "gt": return [UInt8(ascii: ">")]
        case "quot": return [UInt8(ascii: "\"")]
        case "apos": return [UInt8(ascii: "'")]
        default: break
        }
        guard name.hasPrefix("#") else { throw Malformed(detail: "it has an unknown entity") }
        let digits = name.dropFirst()
        let isHexadecimal = digits.hasPrefix("x")
        let number = isHexadecimal ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        guard let scalar = number.flatMap(Unicode.Scalar.init) else {
            throw Malformed(detail: "it has an unknown entity")
        }
        return Array(String(Character(scalar)).utf8)
    }

    /// Text as it stands between tags, or `nil` where XML has no way to write it.
    package static func escaped(_ text: String) -> String? {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\t", "\n", "\r": result += "&#\(scalar.value);"
            case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": return nil
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
