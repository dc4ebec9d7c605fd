import Hashing

/// A part of an object, as the one pass that hashes it found it.
struct HashedPart: Sendable {
    /// From 1.
    let number: Int
    let range: Range<Int64>
    let md5: MD5Digest
    /// Empty where the connection is encrypted and nobody needs it.
    let sha256: String
}

/// Reads an object once, in order, and hands out the hashes of its parts as it goes; tells in the end whether the whole
/// is what it should be.
struct PartHashing: Sendable {
    let source: any ByteSource
    let partSize: Int64
    let needsSHA256: Bool

    /// - Parameter found: called with each part, in order, on the calling thread.
    func run(
        until flag: CancellationFlag, found: (HashedPart) -> Void
    ) throws(StorageError) {
        // Where the digest is known it is checked here, else by the source itself, if it can.
        let expected = source.md5
        let reader = try (expected == nil ? source : source.unchecked ?? source).open(at: 0)
        var whole = MD5()
        let buffer = PieceBuffer(size: DirectoryBackend.pieceSize)
        var offset: Int64 = 0
        var number = 0
        while offset < source.size {
            number += 1
            let range = offset..<min(offset + partSize, source.size)
            var sha256 = SHA256()
            var part = MD5()
            while offset < range.upperBound {
                if flag.isSet { throw .cancelled }
                let room = UnsafeMutableRawBufferPointer(
                    rebasing: buffer.bytes.prefix(Int(clamping: range.upperBound - offset)))
                let count = try reader.read(into: room)
                guard count > 0 else { throw .changed }
                let bytes = UnsafeRawBufferPointer(rebasing: room[..<count])
                MD5.update(&whole, &part, with: bytes)
                if needsSHA256 { sha256.update(bytes) }
                offset += Int64(count)
            }
            found(
                HashedPart(
                    number: number, range: range, md5: part.finalize(),
                    sha256: needsSHA256 ? SHA256.hex(digest: sha256.finalize()) : ""))
        }
        guard try reader.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer.bytes.prefix(1))) == 0 else {
            throw .changed
        }
        let digest = whole.finalize()
        if let expected, digest != expected {
            throw StorageError(
                .corrupt, "the local bytes have the MD5 \(digest.hex), not \(expected.hex) as their name promises",
                remedy: "the local copy is damaged; fetch or add it again")
        }
    }
}
