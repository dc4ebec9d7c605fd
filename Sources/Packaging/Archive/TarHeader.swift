/// One block of 512 bytes that says what follows in an archive.
struct TarHeader {
    static let blockSize = 512

    var name: [UInt8]
    var mode: UInt32
    var size: Int64
    var type: UInt8

    static let file = UInt8(ascii: "0")
    static let folder = UInt8(ascii: "5")
    static let extended = UInt8(ascii: "x")

    /// Bytes from the end of content of that size to the next block.
    static func padding(_ size: Int64) -> Int { Int((512 - size % 512) % 512) }

    // MARK: Writing

    /// The largest size that eleven octal digits hold.
    static let largestOctal: Int64 = 0o77_777_777_777

    /// The block, all that depends on machine, user or time set to nothing; `nil` where the name or the size does not
    /// fit, so that an extended header has to say it.
    var block: [UInt8]? {
        guard size <= TarHeader.largestOctal, name.allSatisfy({ $0 < 0x80 }), let (prefix, rest) = split else {
            return nil
        }
        var block = [UInt8](repeating: 0, count: TarHeader.blockSize)
        func put(_ bytes: some Sequence<UInt8>, at offset: Int) {
            for (index, byte) in bytes.enumerated() { block[offset + index] = byte }
        }
        func octal(_ number: Int64, digits: Int) -> [UInt8] {
            let text = String(number, radix: 8)
            return Array((String(repeating: "0", count: max(0, digits - text.utf8.count)) + text).utf8)
        }
        put(rest, at: 0)
        put(octal(Int64(mode), digits: 7), at: 100)
        put(octal(0, digits: 7), at: 108)
        put(octal(0, digits: 7), at: 116)
        put(octal(size, digits: 11), at: 124)
        put(octal(0, digits: 11), at: 136)
        put(repeatElement(0x20, count: 8), at: 148)
        block[156] = type
        put("ustar".utf8, at: 257)
        put("00".utf8, at: 263)
        put(octal(0, digits: 7), at: 329)
        put(octal(0, digits: 7), at: 337)
        put(prefix, at: 345)
        let sum = block.reduce(0) { $0 + Int64($1) }
        put(octal(sum, digits: 6) + [0, 0x20], at: 148)
        return block
    }

    /// The name as ustar keeps it: at most 155 bytes of folders and 100 bytes of the rest.
    private var split: (prefix: ArraySlice<UInt8>, rest: ArraySlice<UInt8>)? {
        if name.count <= 100 { return ([], name[...]) }
        let slash = UInt8(ascii: "/")
        for index in name.indices where name[index] == slash && index >= name.count - 101 && index <= 155 {
            let rest = name[(index + 1)...]
            if !rest.isEmpty, index > 0 { return (name[..<index], rest) }
        }
        return nil
    }

    // MARK: Reading

    /// What a block says, or `nil` for one of zeros, which ends the archive.
    static func parse(_ block: [UInt8]) throws(PackageError) -> TarHeader? {
        guard block.contains(where: { $0 != 0 }) else { return nil }
        var sum: Int64 = 0
        for (index, byte) in block.enumerated() { sum += (148..<156).contains(index) ? 0x20 : Int64(byte) }
        guard try number(block[148..<156]) == sum else {
            throw PackageError(.malformed, "the archive is damaged: a header's checksum is wrong")
        }
        let size = try number(block[124..<136])
        var name = text(block[0..<100])
        // Only POSIX archives have a prefix; GNU's keep other things there.
        if block[257..<263].elementsEqual("ustar\0".utf8) {
            let prefix = text(block[345..<500])
            if !prefix.isEmpty { name = prefix + [UInt8(ascii: "/")] + name }
        }
        let mode = try number(block[100..<108])
        return TarHeader(name: name, mode: UInt32(truncatingIfNeeded: mode), size: size, type: block[156])
    }

    private static func text(_ field: ArraySlice<UInt8>) -> [UInt8] { Array(field.prefix { $0 != 0 }) }

    /// Octal digits between blanks, or GNU's base 256; never negative.
    private static func number(_ field: ArraySlice<UInt8>) throws(PackageError) -> Int64 {
        let malformed = PackageError(.malformed, "the archive is damaged: a header holds no number where one belongs")
        guard let first = field.first else { return 0 }
        if first & 0x80 != 0 {
            var value: Int64 = Int64(first & 0x7F)
            // The sign of base 256 is the second bit; a negative number has no meaning here.
            guard first & 0x40 == 0 else { throw malformed }
            for byte in field.dropFirst() {
                guard value < 1 << 54 else { throw malformed }
                value = value << 8 | Int64(byte)
            }
            return value
        }
        var value: Int64 = 0
        let digits = field.drop { $0 == 0x20 }.prefix { $0 != 0 && $0 != 0x20 }
        for byte in digits {
            guard (0x30...0x37).contains(byte), value < 1 << 58 else { throw malformed }
            value = value << 3 | Int64(byte - 0x30)
        }
        return value
    }
}
