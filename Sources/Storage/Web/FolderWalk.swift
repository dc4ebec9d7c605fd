import FileSystem

/// A pass over what lies below a prefix, for servers that list one folder at a time: in ascending order of the keys'
/// bytes, with the next folders fetched ahead.
actor FolderWalk {
    /// What a folder holds.
    struct Item: Sendable {
        let entry: FolderEntry
        let metadata: Metadata

        init(_ name: String, _ kind: FolderEntry.Kind, _ metadata: Metadata = Metadata(size: 0)) {
            entry = FolderEntry(name: name, kind: kind)
            self.metadata = metadata
        }
    }

    /// Returns the content of a folder, "" for the root, or `nil` where there is none.
    typealias Load = @Sendable (_ folder: String) async throws(StorageError) -> [Item]?

    private struct Folder {
        let path: String
        var items: ArraySlice<Item>
    }

    private static let pageSize = 1000
    /// Deeper than any store; a loop of links ends here.
    private static let depthLimit = 64

    private let prefix: Key
    private let place: String
    private let lookahead: Int
    private let load: Load
    private var stack: [Folder] = []
    private var isStarted = false
    private var pending: [String: Task<Result<[Item]?, StorageError>, Never>] = [:]

    /// - Parameter lookahead: how many folders to ask for at once.
    init(prefix: Key, place: String, lookahead: Int, load: @escaping Load) {
        self.prefix = prefix
        self.place = place
        self.lookahead = max(1, lookahead)
        self.load = load
    }

    deinit {
        for task in pending.values { task.cancel() }
    }

    /// Items as members of their folder, without those that are neither file nor folder. Their names come from a server
    /// that may lie.
    static func members(_ items: [Item]) -> [FolderMember] {
        items.compactMap { item in
            let name = item.entry.name
            guard Key(name).isSafe, !name.utf8.contains(UInt8(ascii: "/")) else { return nil }
            switch item.entry.kind {
            case .folder: return FolderMember(name: name, isFolder: true)
            case .file where TemporaryName.matches(name): return nil
            case .file: return FolderMember(name: name, isFolder: false, metadata: item.metadata)
            case .other: return nil
            }
        }
    }

    /// The files among the items that are being written.
    static func unfinished(_ items: [Item], in folder: String) -> [Listing] {
        items.compactMap { item in
            guard item.entry.kind == .file, TemporaryName.matches(item.entry.name) else { return nil }
            let key = folder.isEmpty ? item.entry.name : folder + "/" + item.entry.name
            return Listing(key: Key(key), metadata: item.metadata)
        }
    }

    /// The pages of a walk that begins when it is first asked.
    static func listing(under prefix: Key, place: String, lookahead: Int, load: @escaping Load) -> PagedListing {
        PagedListing {
            let walk = FolderWalk(prefix: prefix, place: place, lookahead: lookahead, load: load)
            return { () async throws(StorageError) -> [Listing]? in try await walk.nextPage() }
        }
    }

    func nextPage() async throws(StorageError) -> [Listing]? {
        if !isStarted {
            isStarted = true
            guard let first = try await firstFolder() else { return nil }
            stack.append(first)
        }
        var page: [Listing] = []
        while var folder = stack.popLast() {
            guard let item = folder.items.popFirst() else { continue }
            stack.append(folder)
            let key = Self.key(item, in: folder)
            switch item.entry.kind {
            case .folder:
                guard stack.count < Self.depthLimit else {
                    throw StorageError(.other, "folders are nested too deeply", key: Key(key), place: place)
                }
                fetchAhead(folder)
                if let items = try await items(of: key) { stack.append(Folder(path: key, items: items)) }
            case .file:
                if TemporaryName.matches(item.entry.name) { continue }
                page.append(Listing(key: Key(key), metadata: item.metadata))
                if page.count == Self.pageSize { return page }
            case .other: continue
            }
        }
        return page.isEmpty ? nil : page
    }

    private static func key(_ item: Item, in folder: Folder) -> String {
        folder.path.isEmpty ? item.entry.name : folder.path + "/" + item.entry.name
    }

    /// The folder that the prefix lies in, with the entries that begin as the prefix ends.
    private func firstFolder() async throws(StorageError) -> Folder? {
        let text = prefix.path
        let slash = text.utf8.lastIndex(of: UInt8(ascii: "/"))
        let path = slash.map { String(text[..<$0]) } ?? ""
        let start = slash.map { text[text.utf8.index(after: $0)...] } ?? text[...]
        guard path.isEmpty || Key(path).isSafe else {
            throw StorageError(.unsupported, "not a name inside a store", key: prefix, place: place)
        }
        guard let items = try await items(of: path) else { return nil }
        return Folder(path: path, items: items.filter { $0.entry.name.utf8.starts(with: start.utf8) }[...])
    }

    private func fetchAhead(_ folder: Folder) {
        for item in folder.items where item.entry.kind == .folder {
            guard pending.count + 1 < lookahead else { return }
            _ = task(for: Self.key(item, in: folder))
        }
    }

    private func task(for folder: String) -> Task<Result<[Item]?, StorageError>, Never> {
        if let task = pending[folder] { return task }
        let task = Task { [load] in
            do throws(StorageError) {
                // Names come from a server that may lie.
                let items = try await load(folder)?.filter { Key($0.entry.name).isSafe && !$0.entry.name.contains("/") }
                return Result<[Item]?, StorageError>.success(items?.sorted { $0.entry.precedes($1.entry) })
            } catch {
                return .failure(error)
            }
        }
        pending[folder] = task
        return task
    }

    private func items(of folder: String) async throws(StorageError) -> ArraySlice<Item>? {
        let task = task(for: folder)
        let result = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        pending[folder] = nil
        return try result.get().map { $0[...] }
    }
}
