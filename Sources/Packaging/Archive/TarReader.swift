package import FileSystem

/// A file or folder of an archive.
package struct TarItem: Sendable, Equatable {
    /// Checked: it can be created under a folder and leads nowhere else.
    package let path: RelativePath
    package let isFolder: Bool
    package let isExecutable: Bool
    package let size: Int64
}

/// Reads archives that nobody vouches for.
///
/// There are files and folders: a link, a device, a sparse file or a type that nobody knows ends the reading with an
/// error, and so do a path that `PathGate` refuses, one that stands twice or is at once a file and a folder, a size
/// that lies, and more than the limits allow. Owners, times and all modes but the executable bit are ignored.
package struct TarReader {
    private let source: any ByteSource
    private let limits: ArchiveLimits
    /// Bytes of the content of the entry at hand that were not yet read, and the padding behind them.
    private var content: Int64 = 0
    private var padding = 0
    private var seen: [RelativePath: Bool] = [:]
    private var entries = 0
    private var total: Int64 = 0
    private var isAtEnd = false

    package init(_ source: any ByteSource, limits: ArchiveLimits = .standard) {
        self.source = source
        self.limits = limits
    }

    /// What comes next, after the rest of what came before; `nil` at the end.
    package mutating func next() throws -> TarItem? {
        try readContent { _ in }
        var name: [UInt8]?
        var size: Int64?
        while let header = try readHeader() {
            switch header.type {
            case TarHeader.extended:
                let records = try PaxRecords(readText(header.size))
                if let path = records["path"] { name = path }
                if let text = records["size"] { size = try Self.size(text) }
                try records.refuseSparse()
            case UInt8(ascii: "g"):
                // Comments and such; what would change every entry has no place in a package.
                let records = try PaxRecords(readText(header.size))
                guard records["path"] == nil, records["size"] == nil else {
                    throw PackageError(.unsafe, "the archive names or sizes all of its entries at once")
                }
            case UInt8(ascii: "L"):
                name = Array(try readText(header.size).prefix { $0 != 0 })
            case TarHeader.file, 0:
                // Before POSIX, folders were files whose name ends with a slash.
                let name = name ?? header.name
                let isFolder = name.last == UInt8(ascii: "/")
                if let item = try item(name, header, isFolder: isFolder, size: size ?? header.size) { return item }
            case TarHeader.folder:
                guard (size ?? header.size) == 0 else {
                    throw PackageError(.unsafe, "the archive has a folder with content of its own")
                }
                if let item = try item(name ?? header.name, header, isFolder: true, size: 0) { return item }
                (name, size) = (nil, nil)
            default:
                throw refusal(of: header, named: name ?? header.name)
            }
            entries += 1
            guard entries <= limits.entries else { throw tooMany }
        }
        guard name == nil, size == nil else { throw truncated }
        return nil
    }

    /// Hands on the content of the entry at hand.
    package mutating func readContent(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        var rest = content
        content = 0
        if rest > 0 {
            try withUnsafeTemporaryAllocation(byteCount: 1 << 17, alignment: 16) { buffer in
                while rest > 0 {
                    let wanted = UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(min(rest, Int64(buffer.count)))])
                    let count = try source.read(into: wanted)
                    guard count > 0 else { throw truncated }
                    try body(UnsafeRawBufferPointer(rebasing: wanted[..<count]))
                    rest -= Int64(count)
                }
            }
        }
        _ = try readBytes(padding)
        padding = 0
    }

    // MARK: Entries

    /// `nil` for the archive's own root.
    private mutating func item(
        _ name: [UInt8], _ header: TarHeader, isFolder: Bool, size: Int64
    ) throws -> TarItem? {
        let item = TarItem(
            path: RelativePath(try Self.path(name)), isFolder: isFolder,
            isExecutable: !isFolder && header.mode & 0o100 != 0, size: size)
        (content, padding) = (size, TarHeader.padding(size))
        if item.path.string.isEmpty {
            guard isFolder else { throw PackageError(.unsafe, "the archive has a file without a name") }
            return nil
        }
        try PathGate.check(item.path.string)
        let (sum, overflow) = total.addingReportingOverflow(size)
        guard !overflow, sum <= limits.bytes else {
            throw PackageError(.limit, "the archive unpacks to more than \(limits.bytes) bytes")
        }
        total = sum
        try remember(item)
        return item
    }

    /// The path without what tar programs put around it.
    private static func path(_ name: [UInt8]) throws -> String {
        guard let text = String(validating: name, as: UTF8.self) else {
            throw PackageError(.unsafe, "the archive has a name that is not UTF-8")
        }
        var path = Substring(text)
        while path.utf8.starts(with: "./".utf8) { path = path[path.utf8.index(path.utf8.startIndex, offsetBy: 2)...] }
        // One slash, as it marks folders; more are not a path that can be created.
        if path.utf8.last == UInt8(ascii: "/") { path = path[..<path.utf8.index(before: path.utf8.endIndex)] }
        return path.utf8.elementsEqual(".".utf8) ? "" : String(path)
    }

    private mutating func remember(_ item: TarItem) throws {
        if let wasFolder = seen.updateValue(item.isFolder, forKey: item.path), !(wasFolder && item.isFolder) {
            throw PackageError(.unsafe, "'\(item.path.string.printable)' stands twice in the archive")
        }
        var folder = Paths.parent(item.path.string)
        while folder != "." {
            switch seen.updateValue(true, forKey: RelativePath(folder)) {
            case true?: return
            case false?:
                throw PackageError(.unsafe, "'\(folder.printable)' is a file and a folder in the archive")
            case nil: folder = Paths.parent(folder)
            }
        }
        guard seen.count <= limits.entries else { throw tooMany }
    }

    private func refusal(of header: TarHeader, named name: [UInt8]) -> PackageError {
        let shown = String(decoding: name.prefix(200), as: UTF8.self).printable
        let kind =
            switch header.type {
            case UInt8(ascii: "1"), UInt8(ascii: "2"): "a link"
            case UInt8(ascii: "3"), UInt8(ascii: "4"): "a device"
            case UInt8(ascii: "6"): "a pipe"
            case UInt8(ascii: "S"): "a sparse file"
            default: "something that is neither a file nor a folder"
            }
        return PackageError(.unsafe, "'\(shown)' in the archive is \(kind)")
    }

    private static func size(_ text: [UInt8]) throws -> Int64 {
        guard !text.isEmpty, text.count <= 18, text.allSatisfy({ (0x30...0x39).contains($0) }),
            let size = Int64(String(decoding: text, as: UTF8.self))
        else { throw PackageError(.malformed, "the archive is damaged: an entry's size is no number") }
        return size
    }

    private var tooMany: PackageError {
        PackageError(.limit, "the archive has more than \(limits.entries) entries")
    }

    private var truncated: PackageError { PackageError(.malformed, "the archive ends too early") }

    // MARK: Blocks

    private mutating func readHeader() throws -> TarHeader? {
        guard !isAtEnd else { return nil }
        let block = try readBytes(TarHeader.blockSize, allowsEnd: true)
        guard !block.isEmpty, let header = try TarHeader.parse(block) else {
            isAtEnd = true
            return nil
        }
        return header
    }

    /// The content of a header that extends the next one.
    private mutating func readText(_ size: Int64) throws -> [UInt8] {
        guard size <= 1 << 20 else { throw PackageError(.limit, "the archive has a header of \(size) bytes") }
        let text = try readBytes(Int(size))
        _ = try readBytes(TarHeader.padding(size))
        return text
    }

    private func readBytes(_ count: Int, allowsEnd: Bool = false) throws -> [UInt8] {
        guard count > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        try bytes.withUnsafeMutableBytes { buffer in
            while filled < count {
                let found = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
                if found == 0 { break }
                filled += found
            }
        }
        if filled == 0, allowsEnd { return [] }
        guard filled == count else { throw truncated }
        return bytes
    }
}

/// The `KEY=VALUE` lines of a pax header.
private struct PaxRecords {
    private var values: [String: [UInt8]] = [:]

    init(_ text: [UInt8]) throws {
        let damage = PackageError(.malformed, "the archive is damaged: an extended header cannot be read")
        var rest = text[...]
        while !rest.isEmpty {
            guard let blank = rest.firstIndex(of: 0x20), blank - rest.startIndex <= 8,
                let length = Int(String(decoding: rest[..<blank], as: UTF8.self)), length > 0, length <= rest.count,
                rest[rest.startIndex + length - 1] == 0x0A, rest.startIndex + length - 1 > blank
            else { throw damage }
            let record = rest[(blank + 1)..<(rest.startIndex + length - 1)]
            guard let equals = record.firstIndex(of: UInt8(ascii: "=")) else { throw damage }
            values[String(decoding: record[..<equals], as: UTF8.self)] = Array(record[(equals + 1)...])
            rest = rest[(rest.startIndex + length)...]
        }
    }

    subscript(_ key: String) -> [UInt8]? { values[key] }

    func refuseSparse() throws {
        guard !values.keys.contains(where: { $0.hasPrefix("GNU.sparse") }) else {
            throw PackageError(.unsafe, "the archive has a sparse file")
        }
    }
}
