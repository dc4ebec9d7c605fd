import FileSystem
import Hashing

extension EvaluationResult.InputFile {
    /// Tells a file's digest and size.
    ///
    /// - Parameters:
    ///   - place: where the bytes are.
    ///   - path: how a person calls the file.
    package static func reading(
        _ place: String, role: String, path: String, revision: String? = nil
    ) throws -> EvaluationResult.InputFile {
        let file = try FileDescriptor.reading(place)
        var digest = MD5()
        var size = 0
        try withUnsafeTemporaryAllocation(byteCount: 1 << 20, alignment: 16) { buffer in
            while true {
                let count = try file.read(into: buffer)
                if count == 0 { break }
                digest.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                size += count
            }
        }
        return EvaluationResult.InputFile(
            role: role, path: path, revision: revision, md5: digest.finalize().hex, size: size)
    }
}
