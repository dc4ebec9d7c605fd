import Basics
import FileSystem
package import ProjectFiles

/// Lock files as this process last read or wrote them, so that a run of many stages need not read them each time.
///
/// What another process has written since is read anew.
package final class LockLedger {
    private let repository: Repository
    private var known: [RelativePath: Known] = [:]

    struct Known {
        let status: FileStatus
        let bytes: [UInt8]
        let file: LockFile
    }

    package init(_ repository: Repository) { self.repository = repository }

    /// The lock file at a path as it is now; `nil` where there is none.
    func file(at path: RelativePath) throws -> Known? {
        guard let status = try Files.status(repository.absolute(path)) else { return nil }
        if let known = known[path], known.status == status { return known }
        guard let bytes = try Files.readIfPresent(repository.absolute(path)) else { return nil }
        let found = Known(status: status, bytes: bytes, file: try LockFile(parsing: bytes, path: path.string))
        known[path] = found
        return found
    }

    /// Keeps what was just written.
    func note(_ file: LockFile, _ bytes: [UInt8], at path: RelativePath) {
        known[path] = (try? Files.status(repository.absolute(path))).flatMap { $0 }.map {
            Known(status: $0, bytes: bytes, file: file)
        }
    }

    /// What the lock file says of a stage now; another process may have run it since it was read.
    package func entry(of stage: Stage) throws -> LockEntry? {
        guard let name = stage.name else { return nil }
        let path = RelativePath(LockFile.path(besides: stage.definition))
        return try file(at: path)?.file.entry(for: name, workingDirectory: stage.workingDirectory)
    }
}
