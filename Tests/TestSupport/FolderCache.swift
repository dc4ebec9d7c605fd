import FileSystem
import Hashing
package import Objects
package import Storage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The least that transfers ask of a cache, in a folder of the test's own.
package struct FolderCache: ObjectDestination {
    package let backend: DirectoryBackend
    private let folder: TemporaryFolder

    package init() {
        folder = TemporaryFolder("cache")
        backend = DirectoryBackend(root: folder.path)
        mkdir(folder.path("tmp"), 0o755)
    }

    package func holds(_ id: ObjectID) -> Bool { access(path(of: id), F_OK) == 0 }
    package func path(of id: ObjectID) -> String { folder.path(id.key.path) }
    package func temporaryPath(for id: ObjectID) throws -> String {
        folder.path("tmp/\(id)-\(UInt64.random(in: 0...UInt64.max))")
    }
    package func partialFolder() -> String? { folder.path("tmp") }
    package func publish(temporary: String, as id: ObjectID) throws {
        let parts = path(of: id).split(separator: "/", omittingEmptySubsequences: false)
        for count in parts.indices.dropFirst(2) { mkdir(parts[..<count].joined(separator: "/"), 0o755) }
        guard rename(temporary, path(of: id)) == 0 else { throw StorageError(errno: errno, "cannot publish") }
    }

    /// The bytes of an object that is here.
    package func bytes(of id: ObjectID) throws -> [UInt8] { try Files.read(path(of: id)) }

    /// Paths of what transfers left that is no object.
    package var leftovers: [String] {
        ((try? Files.names(in: folder.path("tmp"))) ?? []).map { folder.path("tmp/\($0)") }
    }

    /// Puts bytes into the cache under the ID that they have.
    @discardableResult
    package func add(_ bytes: [UInt8], isDirectory: Bool = false) throws -> ObjectID {
        let id = ObjectID(MD5.digest(of: bytes), isDirectory: isDirectory)
        try backend.localWrite(BytesSource(bytes), to: id.key)
        return id
    }

    @discardableResult
    package func add(_ text: String, isDirectory: Bool = false) throws -> ObjectID {
        try add(Array(text.utf8), isDirectory: isDirectory)
    }

    /// What was left in the place for arriving objects.
    package var temporaries: [String] {
        get throws { try backend.localList(under: Key("tmp/")).map(\.key.path) }
    }
}
