/// Reads one document, in one pass and without recursion.
struct XMLParser {
    private static let xmlNamespace = "http://www.w3.org/XML/1998/namespace"

    private let bytes: [UInt8]
    private let maximumDepth: Int
    private var elementsLeft: Int
    private var index = 0
    /// The elements that are not closed yet, the root first.
    private var open: [OpenElement] = []
    /// Prefixes and what they stand for; later ones hide earlier ones.
    private var namespaces: [(prefix: ArraySlice<UInt8>, uri: String)] = []

    private struct OpenElement {
        /// With its prefix, as the closing tag has to repeat it.
        let tag: ArraySlice<UInt8>
        let name: String
        let namespace: String
        /// How many namespaces were known outside.
        let outerNamespaces: Int
        var children: [XMLElement] = []
        var text: [UInt8] = []
    }

    init(_ bytes: [UInt8], depth: Int, elements: Int) {
        self.bytes = bytes
        maximumDepth = depth
        elementsLeft = elements
    }

    mutating func parseDocument() throws(DocumentError) -> XMLElement {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw DocumentError("not UTF-8") }
        if has([0xEF, 0xBB, 0xBF]) { index += 3 }
        try readDeclaration()
        var root: XMLElement?
        while true {
            if open.isEmpty { skipBlanks() }
            guard index < bytes.count else { break }
            guard bytes[index] == UInt8(ascii: "<") else {
                guard !open.isEmpty else { throw error("text outside of the root element") }
                try readText()
                continue
            }
            if has("<!--") {
                try skipComment()
            } else if has("<![CDATA[") {
                try readCharacterData()
            } else if has("<!") {
                throw error("a document type is not accepted")
            } else if has("<?") {
                try skipInstruction()
            } else if has("</") {
                if let closed = try readEndTag() { root = closed }
            } else {
                guard root == nil else { throw error("more than one root element") }
                if let closed = try readStartTag() { root = closed }
            }
        }
        guard let root, open.isEmpty else { throw error("the document ends before its elements do") }
        return root
    }

    // MARK: Tags

    /// Returns the element where it is empty and the root.
    private mutating func readStartTag() throws(DocumentError) -> XMLElement? {
        guard open.count < maximumDepth else { throw error("elements are nested more than \(maximumDepth) deep") }
        guard elementsLeft > 0 else { throw error("too many elements") }
        elementsLeft -= 1
        index += 1
        let tag = try readName()
        let outer = namespaces.count
        let isEmpty = try readAttributes()
        guard namespaces.count <= 100 else { throw error("too many namespaces") }
        let (prefix, local) = try split(tag)
        open.append(
            OpenElement(
                tag: tag, name: String(decoding: local, as: UTF8.self), namespace: try namespace(of: prefix),
                outerNamespaces: outer))
        return isEmpty ? close() : nil
    }

    /// Returns the element where it is the root.
    private mutating func readEndTag() throws(DocumentError) -> XMLElement? {
        index += 2
        let tag = try readName()
        skipBlanks()
        guard take(">") else { throw error("a closing tag does not end") }
        guard open.last?.tag == tag else { throw error("a closing tag does not match the open element") }
        return close()
    }

    private mutating func close() -> XMLElement? {
        let last = open.removeLast()
        namespaces.removeLast(namespaces.count - last.outerNamespaces)
        let element = XMLElement(
            last.name, namespace: last.namespace, children: last.children,
            text: String(decoding: last.text, as: UTF8.self))
        guard !open.isEmpty else { return element }
        open[open.count - 1].children.append(element)
        return nil
    }

    /// Reads up to the end of a start tag and takes down the namespaces; returns whether the element is empty.
    private mutating func readAttributes() throws(DocumentError) -> Bool {
        var names: [ArraySlice<UInt8>] = []
        while true {
            let start = index
            skipBlanks()
            if take("/>") { return true }
            if take(">") { return false }
            guard index > start else { throw error("a tag is broken") }
            let name = try readName()
            guard names.count < 64 else { throw error("too many attributes") }
            guard !names.contains(name) else { throw error("an attribute is there twice") }
            names.append(name)
            skipBlanks()
            guard take("=") else { throw error("an attribute has no value") }
            skipBlanks()
            let value = try readAttributeValue()
            let (prefix, local) = try split(name)
            if prefix.isEmpty, local.elementsEqual("xmlns".utf8) {
                namespaces.append((prefix, String(decoding: value, as: UTF8.self)))
            } else if prefix.elementsEqual("xmlns".utf8) {
                guard !value.isEmpty, !local.elementsEqual("xmlns".utf8), !local.elementsEqual("xml".utf8) else {
                    throw error("a namespace is declared wrongly")
                }
                namespaces.append((local, String(decoding: value, as: UTF8.self)))
            }
        }
    }

    private mutating func readAttributeValue() throws(DocumentError) -> [UInt8] {
        guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") || bytes[index] == UInt8(ascii: "'") else {
            throw error("an attribute's value has no quotes")
        }
        let quote = bytes[index]
        index += 1
        var value: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case quote:
                index += 1
                return value
            case UInt8(ascii: "<"): throw error("'<' in an attribute's value")
            case UInt8(ascii: "&"): try readReference(into: &value)
            case 0x09, 0x0A, 0x0D:
                value.append(0x20)
                index += 1
            default:
                try check(byte)
                value.append(byte)
                index += 1
            }
        }
        throw error("an attribute's value does not end")
    }

    private func split(
        _ name: ArraySlice<UInt8>
    ) throws(DocumentError) -> (prefix: ArraySlice<UInt8>, local: ArraySlice<UInt8>) {
        guard let colon = name.firstIndex(of: UInt8(ascii: ":")) else { return ([], name) }
        let local = name[(colon + 1)...]
        guard colon > name.startIndex, let first = local.first, Self.beginsName(first),
            !local.contains(UInt8(ascii: ":"))
        else { throw error("a name has its colon in the wrong place") }
        return (name[..<colon], local)
    }

    private func namespace(of prefix: ArraySlice<UInt8>) throws(DocumentError) -> String {
        if let known = namespaces.last(where: { $0.prefix == prefix }) { return known.uri }
        if prefix.isEmpty { return "" }
        guard prefix.elementsEqual("xml".utf8) else { throw error("a prefix stands for nothing") }
        return Self.xmlNamespace
    }

    // MARK: Text

    private mutating func readText() throws(DocumentError) {
        var text: [UInt8] = []
        while index < bytes.count, bytes[index] != UInt8(ascii: "<") {
            let byte = bytes[index]
            if byte == UInt8(ascii: "&") {
                try readReference(into: &text)
                continue
            }
            if byte == UInt8(ascii: "]"), has("]]>") { throw error("']]>' in text") }
            try append(byte, to: &text)
        }
        open[open.count - 1].text += text
    }

    private mutating func readCharacterData() throws(DocumentError) {
        guard !open.isEmpty else { throw error("text outside of the root element") }
        index += 9
        var text: [UInt8] = []
        while !has("]]>") {
            guard index < bytes.count else { throw error("a CDATA section does not end") }
            try append(bytes[index], to: &text)
        }
        index += 3
        open[open.count - 1].text += text
    }

    /// Takes a byte of text over; all line breaks become line feeds.
    private mutating func append(_ byte: UInt8, to text: inout [UInt8]) throws(DocumentError) {
        try check(byte)
        index += 1
        if byte == 0x0D {
            if index < bytes.count, bytes[index] == 0x0A { index += 1 }
            text.append(0x0A)
        } else {
            text.append(byte)
        }
    }

    private mutating func readReference(into text: inout [UInt8]) throws(DocumentError) {
        guard let end = bytes[index...].prefix(12).firstIndex(of: UInt8(ascii: ";")) else {
            throw error("'&' without a reference")
        }
        let name = String(decoding: bytes[(index + 1)..<end], as: UTF8.self)
        switch name {
        case "amp": text.append(UInt8(ascii: "&"))
        case "lt": text.append(UInt8(ascii: "<"))
        case "gt": text.append(UInt8(ascii: ">"))
        case "quot": text.append(UInt8(ascii: "\""))
        case "apos": text.append(UInt8(ascii: "'"))
        default:
            let isHexadecimal = name.utf8.starts(with: "#x".utf8)
            let digits = name.utf8.dropFirst(isHexadecimal ? 2 : 1)
            guard name.utf8.first == UInt8(ascii: "#"), digits.first != UInt8(ascii: "+"),
                let number = UInt32(Substring(digits), radix: isHexadecimal ? 16 : 10),
                let scalar = Unicode.Scalar(number), Self.isAllowed(number)
            else { throw error("a reference stands for nothing") }
            text += Array(String(scalar).utf8)
        }
        index = end + 1
    }

    private static func isAllowed(_ number: UInt32) -> Bool {
        number >= 0x20 ? number != 0xFFFE && number != 0xFFFF : number == 0x09 || number == 0x0A || number == 0x0D
    }

    private func check(_ byte: UInt8) throws(DocumentError) {
        guard byte >= 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D else {
            throw error("a control character")
        }
    }

    // MARK: What is skipped

    private mutating func readDeclaration() throws(DocumentError) {
        guard has("<?xml"), index + 5 < bytes.count, Self.isBlank(bytes[index + 5]) else { return }
        let start = index
        try skipInstruction(isDeclaration: true)
        // Bytes were checked to be UTF-8; another encoding is a lie or an answer for somebody else.
        let declaration = String(decoding: bytes[start..<index], as: UTF8.self).lowercased()
        guard let mark = declaration.utf8.firstRange(of: Array("encoding".utf8)) else { return }
        let name = declaration[mark.upperBound...].drop { " \t\r\n=\"'".contains($0) }
        guard ["utf-8", "us-ascii", "ascii", "utf8"].contains(where: { name.hasPrefix($0) }) else {
            throw error("an encoding other than UTF-8")
        }
    }

    private mutating func skipInstruction(isDeclaration: Bool = false) throws(DocumentError) {
        index += 2
        let name = try readName()
        if !isDeclaration, name.elementsEqual("xml".utf8) { throw error("an XML declaration inside") }
        while !has("?>") {
            guard index < bytes.count else { throw error("an instruction does not end") }
            index += 1
        }
        index += 2
    }

    private mutating func skipComment() throws(DocumentError) {
        index += 4
        while !has("--") {
            guard index < bytes.count else { throw error("a comment does not end") }
            index += 1
        }
        guard has("-->") else { throw error("'--' in a comment") }
        index += 3
    }

    // MARK: Bytes

    private mutating func readName() throws(DocumentError) -> ArraySlice<UInt8> {
        let start = index
        while index < bytes.count, Self.belongsToName(bytes[index]) { index += 1 }
        guard start < index, Self.beginsName(bytes[start]) else { throw error("a name is missing") }
        guard index - start <= 1000 else { throw error("a name is too long") }
        return bytes[start..<index]
    }

    private static func beginsName(_ byte: UInt8) -> Bool {
        belongsToName(byte) && !(0x30...0x3A).contains(byte) && byte != UInt8(ascii: "-") && byte != UInt8(ascii: ".")
    }

    private static func belongsToName(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x3A, 0x41...0x5A, 0x61...0x7A, 0x80...0xFF, UInt8(ascii: "_"), UInt8(ascii: "-"),
            UInt8(ascii: "."):
            true
        default: false
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }

    private mutating func skipBlanks() {
        while index < bytes.count, Self.isBlank(bytes[index]) { index += 1 }
    }

    private func has(_ text: StaticString) -> Bool {
        has(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private func has(_ text: some Sequence<UInt8>) -> Bool { bytes[index...].starts(with: text) }

    private mutating func take(_ text: StaticString) -> Bool {
        guard has(text) else { return false }
        index += text.utf8CodeUnitCount
        return true
    }

    private func error(_ message: String) -> DocumentError {
        DocumentError(message, line: 1 + bytes[..<min(index, bytes.count)].lazy.filter { $0 == 0x0A }.count)
    }
}
