import Basics

/// Universal Binary JSON in the dialect that XGBoost writes: lengths are 64-bit numbers, lists say how long they are,
/// and lists of numbers are packed.
enum UBJSON {
    /// - Throws: for anything that XGBoost would not write, lengths beyond the end among it.
    static func parse(_ bytes: [UInt8]) throws(Failure) -> ModelNode {
        var reader = UBJSONReader(bytes)
        return try reader.readDocument()
    }

    static func emit(_ node: ModelNode) -> [UInt8] {
        var output: [UInt8] = []
        write(node, to: &output)
        return output
    }

    private static func write(_ node: ModelNode, to output: inout [UInt8]) {
        switch node {
        case .null: output.append(UInt8(ascii: "Z"))
        case .bool(let flag): output.append(UInt8(ascii: flag ? "T" : "F"))
        case .integer(let number): writeInteger(number, to: &output)
        case .real(let number):
            output.append(UInt8(ascii: "d"))
            append(UInt64(Float(number).bitPattern), size: 4, to: &output)
        case .text(let text):
            output.append(UInt8(ascii: "S"))
            writeText(text, to: &output)
        case .list(let items):
            output += [UInt8(ascii: "["), UInt8(ascii: "#"), UInt8(ascii: "L")]
            append(UInt64(items.count), size: 8, to: &output)
            for item in items { write(item, to: &output) }
        case .packed(let numbers):
            output += [UInt8(ascii: "["), UInt8(ascii: "$"), numbers.kind, UInt8(ascii: "#"), UInt8(ascii: "L")]
            append(UInt64(numbers.count), size: 8, to: &output)
            output += numbers.bytes
        case .object(let entries):
            output.append(UInt8(ascii: "{"))
            for entry in entries {
                writeText(entry.key, to: &output)
                write(entry.value, to: &output)
            }
            output.append(UInt8(ascii: "}"))
        }
    }

    /// In the narrowest kind, as XGBoost does it.
    private static func writeInteger(_ number: Int, to output: inout [UInt8]) {
        let word = UInt64(bitPattern: Int64(number))
        switch number {
        case -128...127:
            output.append(UInt8(ascii: "i"))
            append(word, size: 1, to: &output)
        case -32768...32767:
            output.append(UInt8(ascii: "I"))
            append(word, size: 2, to: &output)
        case -2_147_483_648...2_147_483_647:
            output.append(UInt8(ascii: "l"))
            append(word, size: 4, to: &output)
        default:
            output.append(UInt8(ascii: "L"))
            append(word, size: 8, to: &output)
        }
    }

    private static func writeText(_ text: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "L"))
        append(UInt64(text.utf8.count), size: 8, to: &output)
        output += text.utf8
    }

    private static func append(_ word: UInt64, size: Int, to output: inout [UInt8]) {
        for place in (0..<size).reversed() { output.append(UInt8(truncatingIfNeeded: word >> UInt64(8 * place))) }
    }
}

private struct UBJSONReader {
    private let bytes: [UInt8]
    private var position = 0
    private static let maximumDepth = 32

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func readDocument() throws(Failure) -> ModelNode {
        guard bytes.first == UInt8(ascii: "{") else { throw wrong("it does not begin with an object") }
        let node = try readNode(depth: 0)
        guard position == bytes.count else { throw wrong("something follows after its end") }
        return node
    }

    private func wrong(_ reason: String) -> Failure { Failure("\(reason) (byte \(position))") }

    private mutating func readByte() throws(Failure) -> UInt8 {
        guard position < bytes.count else { throw wrong("it ends in the middle") }
        defer { position += 1 }
        return bytes[position]
    }

    private mutating func read(_ count: Int) throws(Failure) -> ArraySlice<UInt8> {
        guard count >= 0, count <= bytes.count - position else { throw wrong("it ends in the middle") }
        defer { position += count }
        return bytes[position..<position + count]
    }

    private mutating func readLength() throws(Failure) -> Int {
        guard try readByte() == UInt8(ascii: "L") else { throw wrong("a length is missing") }
        let length = PackedNumbers.integer(try read(8), kind: UInt8(ascii: "L"))
        guard length >= 0, length <= bytes.count - position else { throw wrong("a length leads beyond its end") }
        return length
    }

    private mutating func readText() throws(Failure) -> String {
        let length = try readLength()
        guard let text = String(validating: try read(length), as: UTF8.self) else { throw wrong("a name is no UTF-8") }
        return text
    }

    private mutating func readNode(depth: Int) throws(Failure) -> ModelNode {
        guard depth < Self.maximumDepth else { throw wrong("it is nested too deeply") }
        let letter = try readByte()
        switch letter {
        case UInt8(ascii: "Z"): return .null
        case UInt8(ascii: "T"): return .bool(true)
        case UInt8(ascii: "F"): return .bool(false)
        case UInt8(ascii: "S"): return .text(try readText())
        case UInt8(ascii: "i"), UInt8(ascii: "U"), UInt8(ascii: "I"), UInt8(ascii: "l"), UInt8(ascii: "L"):
            return .integer(PackedNumbers.integer(try read(PackedNumbers.size(of: letter) ?? 0), kind: letter))
        case UInt8(ascii: "d"):
            let word = try read(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            return .real(Double(Float(bitPattern: word)))
        case UInt8(ascii: "["): return try readList(depth: depth)
        case UInt8(ascii: "{"): return try readObject(depth: depth)
        default: throw wrong("there is no kind of value '\(UnicodeScalar(letter).escaped(asASCII: true))'")
        }
    }

    private mutating func readList(depth: Int) throws(Failure) -> ModelNode {
        switch try readByte() {
        case UInt8(ascii: "$"):
            let kind = try readByte()
            guard let size = PackedNumbers.size(of: kind) else { throw wrong("a list is of no kind of numbers") }
            guard try readByte() == UInt8(ascii: "#") else { throw wrong("the length of a list is missing") }
            let (count, overflows) = try readLength().multipliedReportingOverflow(by: size)
            guard !overflows else { throw wrong("a length leads beyond its end") }
            return .packed(PackedNumbers(kind: kind, bytes: try read(count)))
        case UInt8(ascii: "#"):
            // Every item takes a byte at least, so the length is no more than what is left of the file.
            let count = try readLength()
            var items: [ModelNode] = []
            for _ in 0..<count { items.append(try readNode(depth: depth + 1)) }
            return .list(items)
        default: throw wrong("the length of a list is missing")
        }
    }

    private mutating func readObject(depth: Int) throws(Failure) -> ModelNode {
        var entries: [(key: String, value: ModelNode)] = []
        var seen: Set<[UInt8]> = []
        while true {
            guard position < bytes.count else { throw wrong("it ends in the middle") }
            if bytes[position] == UInt8(ascii: "}") {
                position += 1
                return .object(entries)
            }
            let key = try readText()
            guard seen.insert(Array(key.utf8)).inserted else { throw wrong("the name '\(key)' stands there twice") }
            entries.append((key, try readNode(depth: depth + 1)))
        }
    }
}
