import CHashing

/// The MD5 of one stream of bytes. A copy goes on by itself from where the original stood.
///
/// All loops are in C, optimised in every configuration: a debug build hashes as fast as a release one.
package struct MD5: Sendable {
    private var context = varve_md5()

    package init() {
        varve_md5_init(&context)
    }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        varve_md5_update(&context, bytes.baseAddress, bytes.count)
    }

    /// Appends the same bytes to two streams, for little more than the price of one: to that of a file and that of the
    /// part of it that is being read, say.
    package static func update(_ first: inout MD5, _ second: inout MD5, with bytes: UnsafeRawBufferPointer) {
        varve_md5_update_twins(&first.context, &second.context, bytes.baseAddress, bytes.count)
    }

    /// The digest of all bytes so far; the stream may go on.
    package func finalize() -> MD5Digest {
        var ended = context
        return MD5Digest { varve_md5_final(&ended, $0) }
    }

    package static func digest(of bytes: UnsafeRawBufferPointer) -> MD5Digest {
        var hash = MD5()
        hash.update(bytes)
        return hash.finalize()
    }

    package static func digest(of bytes: [UInt8]) -> MD5Digest {
        bytes.withUnsafeBytes { digest(of: $0) }
    }

    /// Digests of whole buffers, in their order. Many advance together in the lanes of a vector, so this is several times
    /// as fast as one by one, and the faster the more buffers there are. Their lengths may differ.
    package static func digests(of buffers: [UnsafeRawBufferPointer]) -> [MD5Digest] {
        let addresses = buffers.map(\.baseAddress)
        let lengths = buffers.map(\.count)
        let size = MD5Digest.byteCount
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: size * buffers.count) { out in
            varve_md5_many(addresses, lengths, out.baseAddress, buffers.count)
            let bytes = UnsafeRawBufferPointer(out)
            return buffers.indices.map { index in
                MD5Digest(bytes: UnsafeRawBufferPointer(rebasing: bytes[size * index..<size * (index + 1)]))
            }
        }
    }

    /// The kernel that `digests(of:)` and `MD5Lanes` run on: `avx512`, `avx2`, `sse2`, `neon`, `scalar` or `portable`.
    ///
    /// It is the fastest that the processor has, or the one that the environment variable `VARVE_MD5_KERNEL` names.
    package static var kernelName: String { String(cString: varve_md5_kernel()) }

    /// How many streams the kernel advances together. A batch should hold several times as many buffers.
    package static var laneCount: Int { varve_md5_kernel_lanes() }
}

extension MD5Digest {
    static let byteCount = 16

    /// The digest that `write` puts into the 16 bytes it is given.
    init(_ write: (UnsafeMutablePointer<UInt8>?) -> Void) {
        self = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.byteCount) { out in
            write(out.baseAddress)
            return MD5Digest(bytes: UnsafeRawBufferPointer(out))
        }
    }
}
