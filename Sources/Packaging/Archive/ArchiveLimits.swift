/// How much an archive from outside may ask of its reader.
package struct ArchiveLimits: Sendable {
    /// Files and folders.
    package var entries: Int
    /// Bytes of all files together, unpacked.
    package var bytes: Int64
    /// How many times as large as it arrived an archive may become by decompression, beyond the first 256 MiB.
    package var ratio: Int64

    package init(entries: Int = 1_000_000, bytes: Int64 = 1 << 43, ratio: Int64 = 200) {
        self.entries = entries
        self.bytes = bytes
        self.ratio = ratio
    }

    package static let standard = ArchiveLimits()

    /// What an archive of that many bytes may be when it is unpacked.
    func expansion(of compressed: Int64) -> Int64 {
        let (product, overflow) = compressed.multipliedReportingOverflow(by: ratio)
        return min(bytes, max(256 << 20, overflow ? .max : product))
    }
}
