import Hashing
package import Storage
import Synchronization

/// Computes what an object's ID must be from bytes that come in order.
package struct ObjectHasher: Sendable {
    private enum State {
        case md5(MD5)
        case text(LegacyTextMD5)
    }
    private var state: State

    package init(_ algorithm: HashAlgorithm) {
        state =
            switch algorithm {
            case .md5: .md5(MD5())
            case .md5Dos2Unix: .text(LegacyTextMD5())
            }
    }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        switch state {
        case .md5(var hash):
            hash.update(bytes)
            state = .md5(hash)
        case .text(var hash):
            hash.update(bytes)
            state = .text(hash)
        }
    }

    private func finalize() -> MD5Digest {
        switch state {
        case .md5(let hash): hash.finalize()
        case .text(let hash): hash.finalize()
        }
    }

    /// Throws `corrupt` where the bytes are not those of the object.
    package func verify(_ id: ObjectID, place: String?) throws(StorageError) {
        let digest = finalize()
        guard digest == id.digest else { throw .mismatch(id, found: digest.hex, place: place) }
    }
}

extension StorageError {
    /// Bytes that have another digest than the object's name promises.
    static func mismatch(_ id: ObjectID, found: String, place: String?) -> StorageError {
        StorageError(.corrupt, "the bytes have the MD5 \(found), not that of their name", key: id.key, place: place)
    }
}

/// Hashes what goes through to another sink.
final class VerifyingSink<Sink: ByteSink>: ByteSink {
    private let sink: Sink
    private let state: Mutex<(hasher: ObjectHasher, size: Int64)>

    init(_ sink: Sink, algorithm: HashAlgorithm) {
        self.sink = sink
        state = Mutex((ObjectHasher(algorithm), 0))
    }

    var size: Int64 { state.withLock { $0.size } }
    /// What has seen all bytes so far.
    var hasher: ObjectHasher { state.withLock { $0.hasher } }

    func write(_ bytes: UnsafeRawBufferPointer) throws(StorageError) {
        // A sink takes its pieces one after the other, so nobody waits here.
        state.withLock { state in
            state.hasher.update(bytes)
            state.size += Int64(bytes.count)
        }
        try sink.write(bytes)
    }

    func verify(_ id: ObjectID, place: String) throws(StorageError) {
        try state.withLock { (state) throws(StorageError) in try state.hasher.verify(id, place: place) }
    }
}

/// An object's local file that never lets wrong bytes be sent whole: the last piece is withheld when the digest is not
/// the ID's, so that the write fails before the store has an object.
///
/// Hashing goes along with a pass from the start. Who opens it further on makes it read the file once before; a backend
/// that sends parts beside each other takes `unchecked` instead and checks the whole on its own before it publishes.
struct VerifyingSource: ByteSource {
    let id: ObjectID
    let file: LocalFileSource
    private let verdict = Verdict()

    var size: Int64 { file.size }
    /// Withheld: a clone made behind our back would be unchecked.
    var localPath: String? { nil }
    var md5: MD5Digest? { id.algorithm == .md5 ? id.digest : nil }
    var unchecked: (any ByteSource)? { file }

    init(_ id: ObjectID, path: String) throws(StorageError) {
        self.id = id
        file = try LocalFileSource(path)
    }

    func open(at offset: Int64) throws(StorageError) -> any ByteReader {
        if offset == 0 {
            return VerifyingReader(base: try file.open(at: 0), id: id, size: size, place: file.path)
        }
        try verdict.reach { () throws(StorageError) in
            let reader = VerifyingReader(base: try file.open(at: 0), id: id, size: size, place: file.path)
            let buffer = PieceBuffer(size: DirectoryBackend.pieceSize)
            while try reader.read(into: buffer.bytes) > 0 {}
        }
        return try file.open(at: offset)
    }

    /// Whether the whole was read and found right; only the first asker reads.
    private final class Verdict: Sendable {
        private let reached = Mutex<Bool>(false)
        func reach(_ check: () throws(StorageError) -> Void) throws(StorageError) {
            try reached.withLock { (reached) throws(StorageError) in
                if reached { return }
                try check()
                reached = true
            }
        }
    }
}

private final class VerifyingReader: ByteReader {
    private let base: any ByteReader
    private let id: ObjectID
    private let size: Int64
    private let place: String
    private let state: Mutex<(hasher: ObjectHasher, count: Int64)>

    init(base: any ByteReader, id: ObjectID, size: Int64, place: String) {
        self.base = base
        self.id = id
        self.size = size
        self.place = place
        state = Mutex((ObjectHasher(id.algorithm), 0))
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) -> Int {
        let count = try base.read(into: buffer)
        try state.withLock { (state) throws(StorageError) in
            let before = state.count
            state.hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            state.count += Int64(count)
            // At the end, which is where the file says it ends or where it turns out to end.
            if state.count >= size && (before < size || size == 0) || count == 0 && state.count < size {
                try state.hasher.verify(id, place: place)
            }
        }
        return count
    }
}
