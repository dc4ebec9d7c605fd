import CZlib

/// The bytes that are in a gzip stream.
final class GzipSource: ByteSource {
    private let source: any ByteSource
    private let stream: OpaquePointer
    private var input = [UInt8](repeating: 0, count: 1 << 16)
    private var pending: Range<Int> = 0..<0
    private var isAtEnd = false
    /// How much may still come out of it.
    private var allowance: Int64

    /// - Parameter limit: how many bytes it may unpack to.
    init(_ source: any ByteSource, limit: Int64) throws {
        self.source = source
        allowance = limit
        var message: UnsafePointer<CChar>?
        guard let stream = varve_inflate_open(&message) else {
            throw PackageError(
                .unsupported,
                "the package is compressed, and zlib is not to be had: \(message.map { String(cString: $0) } ?? "")",
                remedy: "install zlib (Debian: zlib1g)")
        }
        self.stream = stream
    }

    deinit { varve_inflate_close(stream) }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard !buffer.isEmpty else { return 0 }
        while true {
            if pending.isEmpty, !isAtEnd { try fill() }
            let (count, status) = step(into: buffer)
            guard status >= 0 else { throw PackageError(.malformed, "the archive is not proper gzip") }
            if count > 0 {
                allowance -= Int64(count)
                guard allowance >= 0 else {
                    throw PackageError(.limit, "the archive unpacks to far more than its size: it may be a bomb")
                }
                return count
            }
            if isAtEnd, pending.isEmpty {
                guard status == 1 else { throw PackageError(.malformed, "the compressed archive ends too early") }
                return 0
            }
        }
    }

    private func fill() throws {
        let count = try input.withUnsafeMutableBytes { try source.read(into: $0) }
        pending = 0..<count
        isAtEnd = count == 0
    }

    private func step(into buffer: UnsafeMutableRawBufferPointer) -> (count: Int, status: Int32) {
        input.withUnsafeBufferPointer { bytes in
            var next = bytes.baseAddress.map { $0 + pending.lowerBound }
            var left = pending.count
            var out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
            var room = buffer.count
            let status = varve_inflate_step(stream, &next, &left, &out, &room)
            pending = (pending.upperBound - left)..<pending.upperBound
            return (buffer.count - room, status)
        }
    }
}
