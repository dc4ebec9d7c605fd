import Documents
import Hashing
import Synchronization

/// A part as the store lists it.
struct ListedPart: Sendable {
    let number: Int
    let size: Int64
    let tag: String

    init?(_ element: XMLElement) {
        guard let number = element.text(of: "PartNumber").flatMap({ Int($0) }),
            let size = element.text(of: "Size").flatMap({ Int64($0) }), let tag = element.text(of: "ETag")
        else { return nil }
        self.number = number
        self.size = size
        self.tag = S3Backend.unquoted(tag)
    }
}

/// Which parts of an upload the store has, and what went wrong first.
final class PartArrivals: Sendable {
    private struct State {
        var tags: [Int: String] = [:]
        var digests: [Int: MD5Digest] = [:]
        var failure: StorageError?
    }

    private let known: [Int: ListedPart]
    private let noted: [Int: PendingUpload.Part]
    private let state = Mutex(State())

    /// - Parameters:
    ///   - known: what the store says that it has from an earlier try.
    ///   - noted: what the journal says of the same.
    init(known: [Int: ListedPart], noted: [PendingUpload.Part]) {
        self.known = known
        self.noted = Dictionary(noted.map { ($0.number, $0) }, uniquingKeysWith: { _, last in last })
    }

    var failure: StorageError? { state.withLock { $0.failure } }

    /// All parts in their order.
    var all: [(number: Int, tag: String)] {
        state.withLock { state in state.tags.sorted { $0.key < $1.key }.map { (number: $0.key, tag: $0.value) } }
    }

    /// The ETag that S3 gives an object of these parts: the MD5 of their MD5s, and how many there are.
    var multipartTag: String {
        let digests = state.withLock { $0.digests.sorted { $0.key < $1.key }.map(\.value) }
        return MD5.digest(of: digests.flatMap(\.bytes)).hex + "-\(digests.count)"
    }

    func add(_ part: HashedPart, _ tag: String) {
        state.withLock { state in
            state.tags[part.number] = tag
            state.digests[part.number] = part.md5
        }
    }

    /// Whether the store has this part already, with these bytes: its ETag is their MD5, or the one that the store gave
    /// when they were sent.
    func accept(_ part: HashedPart) -> Bool {
        guard let listed = known[part.number], listed.size == part.range.upperBound - part.range.lowerBound else {
            return false
        }
        let note = noted[part.number]
        guard listed.tag == part.md5.hex || note?.tag == listed.tag && note?.md5 == part.md5 else { return false }
        add(part, listed.tag)
        return true
    }

    /// Does work and keeps its failure, if it is the first; a cancellation that another failure brought about is none.
    func noting(_ work: () async throws(StorageError) -> Void) async {
        do throws(StorageError) {
            try await work()
        } catch {
            state.withLock { state in
                if state.failure == nil || state.failure?.kind == .cancelled { state.failure = error }
            }
        }
    }
}
