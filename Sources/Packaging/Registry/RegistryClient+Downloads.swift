import FileSystem
import HTTP
import Synchronization

extension RegistryClient {
    /// Fetches a blob into a layout. A connection that breaks goes on where it was; what arrives is kept only when all
    /// of it has the right digest.
    func download(_ blob: Descriptor, into layout: ImageLayout) async throws {
        if try layout.holds(blob) {
            do { return try layout.verify(blob) } catch let error as PackageError where error.problem == .digest {}
        }
        let receiver = try BlobReceiver(blob, in: layout)
        // The connection may hold the receiver for a moment longer than this.
        defer { receiver.abandon() }
        var failures = 0
        while true {
            let offset = receiver.received
            var request = HTTPRequest(.get, base + "blobs/" + blob.digest.text, followsRedirects: true)
            if offset > 0 { request.headers.append(HTTPHeader("Range", "bytes=\(offset)-")) }
            do {
                let response = try await send(request, scope: "pull", isRepeatable: false, into: receiver)
                if response.isSuccess {
                    if receiver.received == blob.size { break }
                    throw HTTPError(.broken, "\(reference.host) sent less of a blob than there is")
                }
                if response.status == 416, receiver.received == blob.size { break }
                guard response.status >= 500 || response.status == 429, failures < 5 else {
                    throw refusal(response, "pull")
                }
            } catch let error as HTTPError {
                if let cause = error.cause { throw cause }
                guard error.isRetryable, failures < 5 || receiver.received > offset else { throw error }
            }
            if receiver.received > offset { failures = 0 }
            failures += 1
            try await pause(beforeAttempt: failures)
        }
        try receiver.finish()
    }
}

/// Takes a blob as it arrives, in as many answers as it takes.
private final class BlobReceiver: HTTPReceiver {
    private let blob: Descriptor
    private let layout: ImageLayout
    private let state: Mutex<State>

    private struct State: ~Copyable {
        var writer: BlobWriter
        /// Bytes of the answer at hand to pass over, since they are there.
        var surplus: Int64 = 0
    }

    init(_ blob: Descriptor, in layout: ImageLayout) throws {
        self.blob = blob
        self.layout = layout
        state = Mutex(State(writer: try BlobWriter(in: layout.blobs)))
    }

    var received: Int64 { state.withLock { $0.writer.size } }

    func begin(_ response: HTTPResponse) throws {
        try state.withLock { state in
            switch response.status {
            case 206:
                let start = response["content-range"].flatMap(Self.start)
                guard start == state.writer.size else {
                    throw RegistryError(
                        .malformed, "the registry answers with another part of a blob than was asked for")
                }
                state.surplus = 0
            default: state.surplus = state.writer.size
            }
        }
    }

    /// `bytes 10-19/20`
    private static func start(_ range: String) -> Int64? {
        guard range.hasPrefix("bytes ") else { return nil }
        return Int64(range.dropFirst(6).prefix { $0 != "-" })
    }

    func receive(_ bytes: UnsafeRawBufferPointer) throws {
        try state.withLock { state in
            let passed = Int(min(state.surplus, Int64(bytes.count)))
            state.surplus -= Int64(passed)
            let rest = UnsafeRawBufferPointer(rebasing: bytes[passed...])
            guard state.writer.size + Int64(rest.count) <= blob.size else { throw blob.damage }
            try state.writer.write(rest)
        }
    }

    /// Removes what is not finished.
    func abandon() { state.withLock { $0.writer.abandon() } }

    func finish() throws {
        try state.withLock { _ = try $0.writer.finish(mediaType: blob.mediaType, expecting: blob) }
    }
}
