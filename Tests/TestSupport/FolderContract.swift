import FileSystem
package import Storage

/// What a backend that lists single folders promises, as checks on an empty one.
package struct FolderContract: Sendable {
    private let hasUnfinished: Bool

    /// - Parameter hasUnfinished: whether objects that are being written have names in the store.
    package init(hasUnfinished: Bool = true) { self.hasUnfinished = hasUnfinished }

    package func check(_ backend: some FolderBackend) async throws {
        func require(_ condition: Bool, _ promise: String) throws {
            if !condition { throw BackendContract.Violation(description: promise) }
        }
        for name in ["top", "d/b", "d/a b", "d/sub/x", "d/sub/deep/y", "d/é/z"] {
            try await backend.write(BytesSource(name), to: Key(name))
        }
        func names(_ folder: String) async throws -> [String]? {
            try await backend.members(of: folder)?.map { $0.isFolder ? $0.name + "/" : $0.name }.sorted()
        }
        try require(try await names("") == ["d/", "top"], "the root shows its file and its folder")
        try require(try await names("d") == ["a b", "b", "sub/", "é/"].sorted(), "a folder shows what is right in it")
        try require(try await names("nowhere") == nil, "a folder that is not there is nil")
        let sizes = try await backend.members(of: "d")?.filter { !$0.isFolder }.map(\.metadata.size).sorted()
        try require(sizes == [3, 5], "files have their sizes")
        guard hasUnfinished else { return }
        let left = Key("d/" + TemporaryName.make())
        try await backend.write(BytesSource("half"), to: left)
        try require(try await names("d")?.count == 4, "what is being written is no member")
        let found = try await backend.unfinished(in: "d")
        try require(found.map(\.key) == [left], "what is being written is found")
        try require(found.first?.metadata.modified ?? 0 > 1_600_000_000, "the store says when that was")
        try require(try await backend.unfinished(in: "nowhere").isEmpty, "in a folder that is not there is nothing")
    }
}
