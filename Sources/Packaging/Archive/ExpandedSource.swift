import CZlib
import CZstd
import FileSystem

/// How an archive is compressed.
package enum Compression: Sendable, Equatable, CaseIterable {
    case gzip
    case zstd

    /// What the first bytes of a file tell; `nil` where it is not compressed in a way that is known.
    init?(beginning bytes: [UInt8]) {
        if bytes.starts(with: [0x1F, 0x8B]) {
            self = .gzip
        } else if bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) || Self.isSkippable(bytes) {
            self = .zstd
        } else {
            return nil
        }
    }

    /// A frame of zstd that holds something else, as some tools put before the first.
    private static func isSkippable(_ bytes: [UInt8]) -> Bool {
        bytes.count >= 4 && bytes[0] & 0xF0 == 0x50 && bytes[1...3].elementsEqual([0x2A, 0x4D, 0x18])
    }

    fileprivate func expander() throws -> any Expander {
        switch self {
        case .gzip: try GzipExpander()
        case .zstd: try ZstdExpander()
        }
    }
}

/// The bytes that are in a compressed stream.
package final class ExpandedSource: ByteSource {
    private let source: any ByteSource
    private let expander: any Expander
    private var input = [UInt8](repeating: 0, count: 1 << 16)
    private var pending: Range<Int> = 0..<0
    private var isAtEnd = false
    /// How much may still come out of it.
    private var allowance: Int64

    /// - Parameter limit: how many bytes it may unpack to.
    package init(_ source: any ByteSource, _ compression: Compression, limit: Int64) throws {
        self.source = source
        expander = try compression.expander()
        allowance = limit
    }

    /// The content of an archive, whether it is compressed or not.
    package static func archive(_ path: String, limits: ArchiveLimits) throws -> any ByteSource {
        let file = try FileDescriptor.reading(path)
        guard let compression = Compression(beginning: try Files.beginning(of: path, count: 4)) else { return file }
        return try ExpandedSource(file, compression, limit: limits.expansion(of: file.status().size))
    }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard !buffer.isEmpty else { return 0 }
        while true {
            if pending.isEmpty, !isAtEnd { try fill() }
            let (count, isComplete) = try step(into: buffer)
            if count > 0 {
                allowance -= Int64(count)
                guard allowance >= 0 else {
                    throw PackageError(.limit, "the archive unpacks to far more than its size: it may be a bomb")
                }
                return count
            }
            if isAtEnd, pending.isEmpty {
                guard isComplete else { throw PackageError(.malformed, "the compressed archive ends too early") }
                return 0
            }
        }
    }

    /// Reads what is left and throws unless it is proper to its end.
    func finish() throws {
        try withUnsafeTemporaryAllocation(byteCount: 1 << 17, alignment: 16) { buffer in
            while try read(into: buffer) > 0 {}
        }
    }

    private func fill() throws {
        let count = try input.withUnsafeMutableBytes { try source.read(into: $0) }
        pending = 0..<count
        isAtEnd = count == 0
    }

    private func step(into buffer: UnsafeMutableRawBufferPointer) throws -> (count: Int, isComplete: Bool) {
        try input.withUnsafeBufferPointer { bytes in
            var next = bytes.baseAddress.map { $0 + pending.lowerBound }
            var left = pending.count
            var out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
            var room = buffer.count
            let isComplete = try expander.step(&next, &left, &out, &room)
            pending = (pending.upperBound - left)..<pending.upperBound
            return (buffer.count - room, isComplete)
        }
    }
}

/// Takes bytes and gives those that were compressed to them.
private protocol Expander: AnyObject {
    /// Both sides move on.
    ///
    /// - Returns: whether what was taken so far is complete.
    func step(
        _ next: inout UnsafePointer<UInt8>?, _ left: inout Int, _ out: inout UnsafeMutablePointer<UInt8>?,
        _ room: inout Int
    ) throws -> Bool
}

/// The library that reads a kind of compression is not there.
private func unreadable(_ library: String, _ package: String, _ message: UnsafePointer<CChar>?) -> PackageError {
    PackageError(
        .unsupported,
        "the package is compressed, and \(library) is not to be had: \(message.map { String(cString: $0) } ?? "")",
        remedy: "install \(library) (Debian: \(package))")
}

private final class GzipExpander: Expander {
    private let stream: OpaquePointer

    init() throws {
        var message: UnsafePointer<CChar>?
        guard let stream = varve_inflate_open(&message) else { throw unreadable("zlib", "zlib1g", message) }
        self.stream = stream
    }

    deinit { varve_inflate_close(stream) }

    func step(
        _ next: inout UnsafePointer<UInt8>?, _ left: inout Int, _ out: inout UnsafeMutablePointer<UInt8>?,
        _ room: inout Int
    ) throws -> Bool {
        let status = varve_inflate_step(stream, &next, &left, &out, &room)
        guard status >= 0 else { throw PackageError(.malformed, "the archive is not proper gzip") }
        return status == 1
    }
}

private final class ZstdExpander: Expander {
    private let stream: OpaquePointer
    /// Of the window, as a power of two: what zstd itself takes unless it is told to take more.
    private static let largestWindow: Int32 = 27

    init() throws {
        var message: UnsafePointer<CChar>?
        guard let stream = varve_unzstd_open(Self.largestWindow, &message) else {
            throw unreadable("libzstd", "libzstd1", message)
        }
        self.stream = stream
    }

    deinit { varve_unzstd_close(stream) }

    func step(
        _ next: inout UnsafePointer<UInt8>?, _ left: inout Int, _ out: inout UnsafeMutablePointer<UInt8>?,
        _ room: inout Int
    ) throws -> Bool {
        let status = varve_unzstd_step(stream, &next, &left, &out, &room)
        if status == -2 {
            throw PackageError(
                .limit, "the archive was compressed with a window of more than 128 MiB",
                remedy: "ask its maker to compress it without --long, or with --long=27 at most")
        }
        guard status >= 0 else { throw PackageError(.malformed, "the archive is not proper zstd") }
        return status == 1
    }
}
