package import HTTP
import Synchronization

extension HTTPBody {
    /// The bytes of a source, or a part of them.
    package static func source(_ source: some ByteSource, range: Range<Int64>? = nil) -> HTTPBody {
        let start = range?.lowerBound ?? 0
        let size = range.map { $0.upperBound - $0.lowerBound } ?? source.size
        return .stream(size: size) { SourceBodyReader(try source.open(at: start), size: range == nil ? nil : size) }
    }
}

/// Reads a source, or so many bytes of it.
private final class SourceBodyReader: HTTPBodyReader {
    private let base: any ByteReader
    private let left: Mutex<Int64?>

    init(_ base: any ByteReader, size: Int64?) {
        self.base = base
        left = Mutex(size)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        // Used by one thread at a time, so nobody waits here.
        try left.withLock { left in
            guard let rest = left else { return try base.read(into: buffer) }
            let room = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(Int(clamping: rest)))
            if room.isEmpty { return 0 }
            let count = try base.read(into: room)
            left = rest - Int64(count)
            return count
        }
    }
}

/// Hands the body of an answer to a sink.
///
/// Where a range was asked for and the server sends the whole instead (status 200), what lies outside is left out.
package final class SinkReceiver<Sink: ByteSink>: HTTPReceiver {
    private let sink: Sink
    private let range: Range<Int64>?
    private let check: @Sendable (HTTPResponse) throws -> Void
    /// What of the coming bytes to skip, and how many then to hand on.
    private let window = Mutex<(skip: Int64, take: Int64)>((0, .max))

    /// - Parameters:
    ///   - range: what was asked for.
    ///   - check: throws to refuse an answer whose head is not what it should be.
    package init(
        _ sink: Sink, range: Range<Int64>? = nil,
        check: @escaping @Sendable (HTTPResponse) throws -> Void = { _ in }
    ) {
        self.sink = sink
        self.range = range
        self.check = check
    }

    package func begin(_ response: HTTPResponse) throws {
        try check(response)
        guard let range else { return }
        let isWhole = response.status != 206 && !Self.tellsRange(response, range)
        window.withLock { $0 = isWhole ? (range.lowerBound, range.upperBound - range.lowerBound) : (0, .max) }
    }

    /// Some servers send the right part with status 200 (rclone); `Content-Range` or the length gives them away.
    private static func tellsRange(_ response: HTTPResponse, _ range: Range<Int64>) -> Bool {
        response["content-range"]?.hasPrefix("bytes \(range.lowerBound)-") == true
    }

    package func receive(_ bytes: UnsafeRawBufferPointer) throws {
        let piece = window.withLock { window in
            let skipped = min(Int64(bytes.count), window.skip)
            window.skip -= skipped
            let rest = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(Int(skipped)))
            let taken = UnsafeRawBufferPointer(rebasing: rest.prefix(Int(clamping: window.take)))
            if window.take != .max { window.take -= Int64(taken.count) }
            return Piece(bytes: taken)
        }
        if !piece.bytes.isEmpty { try sink.write(piece.bytes) }
    }

    /// Carries a pointer out of the lock; safe because it is used before `receive` returns.
    private struct Piece: @unchecked Sendable { let bytes: UnsafeRawBufferPointer }
}

extension Range where Bound == Int64 {
    /// As a `Range` header says it.
    package var httpRange: String {
        upperBound == .max ? "bytes=\(lowerBound)-" : "bytes=\(lowerBound)-\(upperBound - 1)"
    }
}
