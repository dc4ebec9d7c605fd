import Storage

/// Hashes a partial object from its start while its pieces arrive, so that little is left to do when the last is there.
actor DigestFollower {
    private let object: PartialObject
    private var hasher: ObjectHasher
    private var position: Int64
    private var isHashing = false

    init(_ object: PartialObject) {
        self.init(object, ObjectHasher(object.id.algorithm), at: 0)
    }

    /// - Parameter hasher: has seen the bytes before the position.
    init(_ object: PartialObject, _ hasher: ObjectHasher, at position: Int64) {
        self.object = object
        self.hasher = hasher
        self.position = position
    }

    /// Something arrived: hashes as far as there are bytes. Whoever comes while that is under way need not wait.
    func advance() async throws(StorageError) {
        if isHashing { return }
        isHashing = true
        defer { isHashing = false }
        while object.frontier > position {
            let (hasher, start, end, object) = (hasher, position, object.frontier, object)
            self.hasher = try await onOwnThread { cancelled throws(StorageError) in
                var hasher = hasher
                let buffer = PieceBuffer(size: 256 << 10)
                var offset = start
                while offset < end {
                    if cancelled.isSet { throw .cancelled }
                    let room = Int(min(Int64(buffer.bytes.count), end - offset))
                    let piece = UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[..<room])
                    let count = try object.read(into: piece, at: offset)
                    guard count > 0 else { throw StorageError(.corrupt, "the file became shorter", place: object.path) }
                    hasher.update(UnsafeRawBufferPointer(rebasing: piece[..<count]))
                    offset += Int64(count)
                }
                return hasher
            }
            position = end
        }
    }

    /// Hashes the rest, once nobody else is at it; throws `corrupt` where the whole is not the object.
    func verify(place: String) async throws(StorageError) {
        try await advance()
        guard position == object.size else {
            throw StorageError(
                .corrupt, "\(object.size - position) bytes are missing", key: object.id.key, place: place)
        }
        try hasher.verify(object.id, place: place)
    }
}
