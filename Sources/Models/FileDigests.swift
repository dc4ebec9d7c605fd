import Basics
import Documents
import FileSystem
import Hashing

/// Which bytes a file has.
struct FileDigests: Equatable, Sendable {
    let md5: String
    let sha256: String

    init(of path: String) throws(FileError) {
        let file = try FileDescriptor.reading(path)
        var md5 = MD5()
        var sha256 = SHA256()
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        var offset: Int64 = 0
        while true {
            var failure: FileError?
            let count = buffer.withUnsafeMutableBytes { bytes -> Int in
                do throws(FileError) {
                    return try file.read(into: bytes, at: offset)
                } catch {
                    failure = error
                    return 0
                }
            }
            if let failure { throw failure }
            guard count > 0 else { break }
            buffer.withUnsafeBytes { bytes in
                let part = UnsafeRawBufferPointer(rebasing: bytes[..<count])
                md5.update(part)
                sha256.update(part)
            }
            offset += Int64(count)
        }
        self.md5 = md5.finalize().hex
        self.sha256 = SHA256.hex(digest: sha256.finalize())
    }

    init(of bytes: [UInt8]) {
        md5 = MD5.digest(of: bytes).hex
        sha256 = SHA256.hex(of: bytes)
    }
}
