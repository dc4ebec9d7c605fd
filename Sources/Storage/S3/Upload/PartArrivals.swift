import Hashing
import Synchronization

/// A part as the store lists it.
struct ListedPart: Sendable {
    private(set) var number = 0
    private(set) var size: Int64 = -1
    private(set) var tag = ""

    static func page(_ body: [UInt8]) throws(XMLReader.Malformed) -> (parts: [ListedPart], next: String?) {
        var reader = XMLReader(body)
        guard try reader.root() == "ListPartsResult" else {
            throw XMLReader.Malformed(detail: "it is no list of parts")
        }
        var parts: [ListedPart] = []
        var isTruncated = false
        var next: String?
        while let name = try reader.child() {
            switch name {
            case "Part":
                var part = ListedPart()
                while let field = try reader.child() {
                    switch field {
                    case "PartNumber": part.number = Int(try reader.text()) ?? 0
                    case "Size": part.size = Int64(try reader.text()) ?? -1
                    case "ETag": part.tag = S3Backend.unquoted(try reader.text())
                    default: try reader.skip()
                    }
                }
                parts.append(part)
            case "IsTruncated": isTruncated = try reader.text() == "true"
            case "NextPartNumberMarker": next = try reader.text()
            default: try reader.skip()
            }
        }
        return (parts, isTruncated ? next : nil)
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
