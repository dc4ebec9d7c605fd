import Basics
internal import Documents
package import FileSystem
package import Hashing

/// The listing of a tracked directory: every file below it with its digest, in code-point order of the paths.
///
/// Its bytes are JSON as Python writes it, and its ID is their MD5 (reference: DVC's `.dir` objects). A listing holds
/// neither sizes nor modes nor empty folders. Every path in one has passed the path gate, occurs once, and is never
/// both a file and a folder.
package struct DirectoryObject: Sendable, Equatable {
    package struct Entry: Sendable, Equatable {
        package let path: RelativePath
        package let digest: MD5Digest

        package init(path: RelativePath, digest: MD5Digest) {
            self.path = path
            self.digest = digest
        }
    }

    /// Sorted by path bytes.
    package let entries: [Entry]

    /// - Parameter entries: in any order; every path occurs once.
    package init(entries: [Entry]) {
        var isSorted = true
        for index in entries.indices.dropFirst() where !(entries[index - 1].path < entries[index].path) {
            isSorted = false
            break
        }
        self.entries = isSorted ? entries : entries.sorted { $0.path < $1.path }
    }

    /// The object's ID in a store of the given layout.
    package func id(algorithm: HashAlgorithm = .md5) -> ObjectID {
        ObjectID(MD5.digest(of: bytes), isDirectory: true, algorithm: algorithm)
    }

    /// The digest listed for a path; a binary search.
    package func digest(of path: RelativePath) -> MD5Digest? {
        position(of: path).map { entries[$0].digest }
    }

    /// Entries at or below a path, as a slice of the sorted entries.
    package func entries(under folder: RelativePath) -> [Entry] {
        let prefix = folder.string + "/"
        return entries.filter { $0.path == folder || $0.path.string.utf8.starts(with: prefix.utf8) }
    }

    private func position(of path: RelativePath) -> Int? {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].path < path { low = middle + 1 } else { high = middle }
        }
        return low < entries.count && entries[low].path == path ? low : nil
    }
}

// MARK: - Bytes

extension DirectoryObject {
    /// The object's bytes: no line break at the end, ASCII only.
    package var bytes: [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(2 + entries.reduce(0) { $0 + 64 + $1.path.string.utf8.count })
        output.append(UInt8(ascii: "["))
        for (index, entry) in entries.enumerated() {
            if index > 0 { output.append(contentsOf: [UInt8(ascii: ","), UInt8(ascii: " ")]) }
            output.append(contentsOf: #"{"md5": ""#.utf8)
            appendHex(entry.digest.high, to: &output)
            appendHex(entry.digest.low, to: &output)
            output.append(contentsOf: #"", "relpath": "#.utf8)
            appendPythonString(entry.path.string, to: &output)
            output.append(UInt8(ascii: "}"))
        }
        output.append(UInt8(ascii: "]"))
        return output
    }

    /// Reads an object's bytes.
    ///
    /// - Throws: `InvalidDirectoryObject` for anything that is not a listing, or that names an unsafe path.
    package init(parsing bytes: [UInt8]) throws(InvalidDirectoryObject) {
        let parsed: [Entry]
        if let fast = bytes.withUnsafeBytes({ CanonicalListing.parse($0) }) {
            parsed = fast
        } else {
            parsed = try DirectoryObject.parseGeneral(bytes)
        }
        for entry in parsed {
            do {
                try PathGate.check(entry.path.string)
            } catch {
                throw InvalidDirectoryObject(error.summary)
            }
        }
        self.init(entries: parsed)
        try refuseClashes()
    }

    private static func parseGeneral(_ bytes: [UInt8]) throws(InvalidDirectoryObject) -> [Entry] {
        let value: Value
        do {
            value = try JSON.parse(bytes)
        } catch {
            throw InvalidDirectoryObject("it is not JSON (\(error.message))")
        }
        guard let items = value.array else { throw InvalidDirectoryObject("it is not a list") }
        var entries: [Entry] = []
        entries.reserveCapacity(items.count)
        for item in items {
            guard let mapping = item.mapping, let path = mapping["relpath"]?.string else {
                throw InvalidDirectoryObject("an entry has no relpath")
            }
            guard let digest = mapping["md5"]?.string.flatMap({ MD5Digest(hex: $0) }) else {
                throw InvalidDirectoryObject("the entry of '\(path)' has no valid md5")
            }
            entries.append(Entry(path: RelativePath(path), digest: digest))
        }
        return entries
    }

    /// A path listed twice, or as a file and as a folder, has no one meaning on disk.
    private func refuseClashes() throws(InvalidDirectoryObject) {
        for index in entries.indices.dropFirst() where entries[index - 1].path == entries[index].path {
            throw InvalidDirectoryObject("it lists '\(entries[index].path)' twice")
        }
        // In code-point order `a`, `a-b`, `a/x`: a file's would-be children need not follow it at once.
        var checked = ""[...]
        for entry in entries {
            var folder = entry.path.string[...]
            while let slash = folder.utf8.lastIndex(of: UInt8(ascii: "/")) {
                folder = folder[..<slash]
                if folder.utf8.elementsEqual(checked.utf8) { break }
                if position(of: RelativePath(String(folder))) != nil {
                    throw InvalidDirectoryObject("it lists '\(folder)' as a file and as a folder")
                }
            }
            if let slash = entry.path.string.utf8.lastIndex(of: UInt8(ascii: "/")) {
                checked = entry.path.string[..<slash]
            }
        }
    }
}

/// Bytes that claim to be a directory object and are none.
package struct InvalidDirectoryObject: UserFacingError, Equatable {
    package let reason: String

    package init(_ reason: String) { self.reason = reason }

    package var summary: String { "the directory object is invalid: \(reason)" }
}

private func appendHex(_ word: UInt64, to output: inout [UInt8]) {
    var shift: UInt64 = 60
    for _ in 0..<16 {
        let digit = UInt8(truncatingIfNeeded: word >> shift) & 15
        output.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
        shift &-= 4
    }
}

/// A string as Python's `json.dumps` writes it: ASCII, `\uXXXX` with surrogate pairs.
private func appendPythonString(_ text: String, to output: inout [UInt8]) {
    output.append(UInt8(ascii: "\""))
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": output.append(contentsOf: #"\""#.utf8)
        case "\\": output.append(contentsOf: #"\\"#.utf8)
        case "\n": output.append(contentsOf: #"\n"#.utf8)
        case "\r": output.append(contentsOf: #"\r"#.utf8)
        case "\t": output.append(contentsOf: #"\t"#.utf8)
        case "\u{8}": output.append(contentsOf: #"\b"#.utf8)
        case "\u{C}": output.append(contentsOf: #"\f"#.utf8)
        case " "..."~": output.append(UInt8(scalar.value))
        default:
            for unit in UTF16.encode(scalar)! {  // cannot be nil because every scalar has a UTF-16 form
                output.append(contentsOf: #"\u"#.utf8)
                for shift in [12, 8, 4, 0] {
                    let digit = UInt8(truncatingIfNeeded: unit >> UInt16(shift)) & 15
                    output.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
                }
            }
        }
    }
    output.append(UInt8(ascii: "\""))
}

/// Reads listings of the exact shape that DVC and varve write, without building a document.
private enum CanonicalListing {
    /// `nil` where the bytes have another shape, valid or not; the general parser then decides.
    static func parse(_ bytes: UnsafeRawBufferPointer) -> [DirectoryObject.Entry]? {
        var cursor = 0
        func skip(_ text: StaticString) -> Bool {
            let count = text.utf8CodeUnitCount
            guard cursor + count <= bytes.count else { return false }
            for index in 0..<count where bytes[cursor + index] != text.utf8Start[index] { return false }
            cursor += count
            return true
        }
        guard skip("[") else { return nil }
        var entries: [DirectoryObject.Entry] = []
        entries.reserveCapacity(bytes.count / 80)
        if skip("]") { return cursor == bytes.count ? entries : nil }
        while true {
            guard skip(#"{"md5": ""#), cursor + 32 <= bytes.count else { return nil }
            guard let high = word(bytes, cursor), let low = word(bytes, cursor + 16) else { return nil }
            cursor += 32
            guard skip(#"", "relpath": ""#) else { return nil }
            let start = cursor
            while cursor < bytes.count, bytes[cursor] != UInt8(ascii: "\"") {
                // Escapes and raw non-ASCII bytes are the general parser's.
                if bytes[cursor] == UInt8(ascii: "\\") || bytes[cursor] >= 0x80 || bytes[cursor] < 0x20 { return nil }
                cursor += 1
            }
            let path = String(decoding: UnsafeRawBufferPointer(rebasing: bytes[start..<cursor]), as: UTF8.self)
            guard skip(#""}"#) else { return nil }
            entries.append(.init(path: RelativePath(path), digest: MD5Digest(high: high, low: low)))
            if skip(", ") { continue }
            return skip("]") && cursor == bytes.count ? entries : nil
        }
    }

    private static func word(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> UInt64? {
        var value: UInt64 = 0
        for index in start..<start + 16 {
            let byte = bytes[index]
            switch byte {
            case 0x30...0x39: value = value << 4 | UInt64(byte - 0x30)
            case 0x61...0x66: value = value << 4 | UInt64(byte - 0x57)
            default: return nil
            }
        }
        return value
    }
}
