import Basics
import Documents
import FileSystem
import Hashing
import Objects
import Storage
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What was sent to a remote that keeps versions and is in no project file yet, so that a push that was killed does not
/// send it again: of a large file the store's mark says nothing that could be compared.
///
/// One line for each file, in a file for each remote. It may be lost at any time.
final class CloudJournal: Sendable {
    struct Upload: Sendable, Equatable {
        let object: ObjectID
        let version: CloudVersion
    }

    private let path: String
    /// Open once something was noted.
    private let file = Mutex<Int32?>(nil)

    /// - Parameter folder: need not exist.
    init(of remote: CloudRemote, in folder: String) {
        path = Paths.join(folder, "cloud-" + MD5.digest(of: Array(remote.backend.name.utf8)).hex)
    }

    deinit { file.withLock { if let number = $0 { _ = close(number) } } }

    /// What is noted, by path; lines that are not whole are passed over.
    func uploads() -> [RelativePath: Upload] {
        guard let bytes = try? Files.readIfPresent(path) else { return [:] }
        var uploads: [RelativePath: Upload] = [:]
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            guard let entry = (try? JSON.parse(Array(line)))?.mapping, let path = entry["path"]?.string,
                let text = entry["md5"]?.string, let id = entry["version_id"]?.string,
                let object = ObjectID(text, algorithm: entry["hash"]?.string == "md5" ? .md5 : .md5Dos2Unix)
            else { continue }
            uploads[RelativePath(path)] = Upload(
                object: object, version: CloudVersion(id: id, etag: entry["etag"]?.string))
        }
        return uploads
    }

    func note(_ path: RelativePath, _ upload: Upload) {
        var line = Mapping([
            ("path", .string(path.string)), ("md5", .string(upload.object.text)),
            ("version_id", .string(upload.version.id)),
        ])
        if upload.object.algorithm == .md5 { line["hash"] = "md5" }
        if let etag = upload.version.etag { line["etag"] = .string(etag) }
        let bytes = Array((JSON.emitPython(.mapping(line)) + "\n").utf8)
        file.withLock { file in
            if file == nil {
                try? Files.makeDirectory(Paths.parent(self.path))
                file = open(self.path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
            }
            // Who can't be told will send again; that is all that is lost.
            if let number = file, number >= 0 { _ = bytes.withUnsafeBytes { write(number, $0.baseAddress, $0.count) } }
        }
    }

    /// The project files say it all by now.
    func forget() { try? Files.remove(path) }
}
