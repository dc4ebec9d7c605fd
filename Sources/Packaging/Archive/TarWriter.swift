package import FileSystem

/// A file or folder to put into an archive.
package struct TarEntry: Sendable {
    package enum Content: Sendable {
        case folder
        case bytes([UInt8])
        /// A file of the disk, which must have that size when it is read.
        case file(path: String, size: Int64)
    }

    package var path: RelativePath
    package var content: Content
    package var isExecutable: Bool

    package init(_ path: RelativePath, _ content: Content, isExecutable: Bool = false) {
        self.path = path
        self.content = content
        self.isExecutable = isExecutable
    }

    var size: Int64 {
        switch content {
        case .folder: 0
        case .bytes(let bytes): Int64(bytes.count)
        case .file(_, let size): size
        }
    }
}

/// Writes archives whose bytes depend on the names, contents and executable bits of what is in them, and on nothing else.
///
/// Entries are sorted by the bytes of their paths, folders on the way are written out, times and owners are 0, modes are
/// 0644 or 0755. Headers are ustar; names or sizes that do not fit there are in a pax header with no other keys. The
/// archive ends with two empty blocks and no more.
package struct TarWriter {
    /// Called with the pieces of the archive in order.
    package typealias Sink = (UnsafeRawBufferPointer) throws -> Void

    /// - Parameter observe: sees the content of each file on its way, a piece at a time; an empty piece ends the file.
    package static func write(
        _ entries: [TarEntry], observe: (RelativePath, UnsafeRawBufferPointer) -> Void = { _, _ in }, to sink: Sink
    ) throws {
        for entry in try complete(entries) {
            try write(entry, observe, sink)
        }
        try [UInt8](repeating: 0, count: 2 * TarHeader.blockSize).withUnsafeBytes(sink)
    }

    /// The entries in order, with the folders that they are in.
    private static func complete(_ entries: [TarEntry]) throws -> [TarEntry] {
        var all: [RelativePath: TarEntry] = [:]
        for entry in entries {
            try PathGate.check(entry.path.string)
            guard all.updateValue(entry, forKey: entry.path) == nil else {
                throw PackageError(.unsafe, "'\(entry.path.string.printable)' would be packed twice")
            }
        }
        for entry in entries {
            var folder = Paths.parent(entry.path.string)
            while folder != "." {
                let path = RelativePath(folder)
                if let known = all[path] {
                    guard case .folder = known.content else {
                        throw PackageError(.unsafe, "'\(folder.printable)' would be packed as a file and as a folder")
                    }
                }
                all[path] = TarEntry(path, .folder)
                folder = Paths.parent(folder)
            }
        }
        return all.values.sorted { $0.path < $1.path }
    }

    private static func write(
        _ entry: TarEntry, _ observe: (RelativePath, UnsafeRawBufferPointer) -> Void, _ sink: Sink
    ) throws {
        var isFolder = false
        if case .folder = entry.content { isFolder = true }
        let name = Array(entry.path.string.utf8) + (isFolder ? [UInt8(ascii: "/")] : [])
        let header = TarHeader(
            name: name, mode: isFolder || entry.isExecutable ? 0o755 : 0o644, size: entry.size,
            type: isFolder ? TarHeader.folder : TarHeader.file)
        if let block = header.block {
            try block.withUnsafeBytes(sink)
        } else {
            try writeExtended(header, sink)
        }
        switch entry.content {
        case .folder: return
        case .bytes(let bytes):
            try bytes.withUnsafeBytes {
                if !$0.isEmpty { observe(entry.path, $0) }
                try sink($0)
            }
        case .file(let path, let size):
            try copy(path, size: size) {
                observe(entry.path, $0)
                try sink($0)
            }
        }
        observe(entry.path, UnsafeRawBufferPointer(start: nil, count: 0))
        try [UInt8](repeating: 0, count: TarHeader.padding(entry.size)).withUnsafeBytes(sink)
    }

    /// A pax header with what does not fit, and the header itself with what does.
    private static func writeExtended(_ header: TarHeader, _ sink: Sink) throws {
        var records: [UInt8] = []
        var short = header
        var plain = header
        plain.size = 0
        if plain.block == nil {
            records += record("path", header.name)
            short.name = Array("PaxHeaders.0/entry".utf8)
        }
        if header.size > TarHeader.largestOctal {
            records += record("size", Array(String(header.size).utf8))
            short.size = 0
        }
        let extended = TarHeader(
            name: Array("PaxHeaders.0/header".utf8), mode: 0o644, size: Int64(records.count), type: TarHeader.extended)
        // Both fit, because their names are short, and their sizes are.
        for block in [extended.block, short.block] {
            guard let block else { throw PackageError(.malformed, "an entry of the archive cannot be written") }
            try block.withUnsafeBytes(sink)
            if block[156] == TarHeader.extended {
                let padding = [UInt8](repeating: 0, count: TarHeader.padding(extended.size))
                try (records + padding).withUnsafeBytes(sink)
            }
        }
    }

    /// `LENGTH KEY=VALUE\n`, the length counting its own digits.
    private static func record(_ key: String, _ value: [UInt8]) -> [UInt8] {
        let rest = Array(" \(key)=".utf8) + value + [0x0A]
        var length = rest.count
        while String(length).utf8.count + rest.count != length { length = String(length).utf8.count + rest.count }
        return Array(String(length).utf8) + rest
    }

    /// Passes on the bytes of a file, which must be as many as were announced.
    static func copy(_ path: String, size: Int64, to sink: Sink) throws {
        let file = try FileDescriptor.reading(path)
        var rest = size
        try withUnsafeTemporaryAllocation(byteCount: 1 << 18, alignment: 4096) { buffer in
            while true {
                let count = try file.read(into: buffer)
                guard Int64(count) <= rest, count > 0 || rest == 0 else {
                    throw PackageError(.changed, "'\(path.printable)' changed while it was packed")
                }
                if count == 0 { return }
                rest -= Int64(count)
                try sink(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
        }
    }
}
