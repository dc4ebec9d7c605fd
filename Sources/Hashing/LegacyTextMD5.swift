import CHashing

/// The digest that DVC 2 gave files (`md5-dos2unix`): MD5 of the content with CRLF read as LF where it looks like text.
///
/// Each MiB is judged and converted by itself, as DVC did, however the stream is cut into updates.
package struct LegacyTextMD5: Sendable {
    private var context = varve_text_md5()

    package init() {
        varve_text_md5_init(&context)
    }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        varve_text_md5_update(&context, bytes.baseAddress, bytes.count)
    }

    /// The digest of all bytes so far; the stream may go on.
    package func finalize() -> MD5Digest {
        var ended = context
        return MD5Digest { varve_text_md5_final(&ended, $0) }
    }

    package static func digest(of bytes: UnsafeRawBufferPointer) -> MD5Digest {
        var hash = LegacyTextMD5()
        hash.update(bytes)
        return hash.finalize()
    }

    package static func digest(of bytes: [UInt8]) -> MD5Digest {
        bytes.withUnsafeBytes { digest(of: $0) }
    }
}
