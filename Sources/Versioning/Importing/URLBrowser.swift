package import Basics
package import Documents
import FileSystem
import Git
import Storage

/// Shows what lies at a path or URL.
package struct URLBrowser: Sendable {
    private let source: URLSource
    private let workingDirectory: String

    package init(_ url: String, fsConfig: Mapping, _ environment: HostEnvironment) throws {
        source = try URLOpener(environment).source(url, fsConfig: fsConfig)
        workingDirectory = environment.workingDirectory
    }

    /// What lies in a folder: its files, its folders, then with `isRecursive` what is in each of these; or the one file.
    ///
    /// - Parameter depth: how many levels of a recursive listing; folders of the last one are shown themselves.
    package func list(isRecursive: Bool, depth: Int?) async throws -> [BrowsedItem] {
        guard let root = try await SourceTree(source, isWhole: isRecursive && depth == nil) else { throw absent }
        if let depth, depth < 0 { throw Failure("maxdepth must be at least 1", category: .unexpected) }
        guard root.item.isDirectory, depth != 0 else {
            var path = shownPath
            if source.localPath == nil, path.hasSuffix("/") { path.removeLast() }
            var item = BrowsedItem(path: path)
            item.isExecutable = false
            return [item]
        }
        var found: [BrowsedItem] = []
        var pending: [(path: String, level: Int)] = [("", 1)]
        while let (folder, level) = pending.popLast() {
            let children = try await root.children(of: folder)
            let showsFolders = !isRecursive || depth.map { level >= $0 } ?? false
            found += children.filter { !$0.isDirectory }
            if showsFolders { found += children.filter(\.isDirectory) }
            guard isRecursive, !showsFolders else { continue }
            pending += children.reversed().filter(\.isDirectory).map { ($0.path, level + 1) }
        }
        return found
    }

    /// The same as a tree, whose root bears the URL as it was written.
    package func listTree(depth: Int?) async throws -> RepositoryBrowser.Branch {
        guard let root = try await SourceTree(source, isWhole: depth == nil) else {
            throw Failure(absent.summary, remedy: absent.remedy, category: .unexpected)
        }
        var item = root.item
        item.path = source.localPath == nil ? shownPath : source.url
        return RepositoryBrowser.Branch(
            item: item, children: item.isDirectory ? try await branches(of: "", root, depth: depth, level: 0) : [])
    }

    private func branches(
        of folder: String, _ root: SourceTree, depth: Int?, level: Int
    ) async throws -> [RepositoryBrowser.Branch] {
        if let depth, level >= depth { return [] }
        guard level < PathGate.deepest else { return [] }
        var branches: [RepositoryBrowser.Branch] = []
        for child in try await root.children(of: folder).sorted(by: { $0.path.precedesInBytes($1.path) }) {
            var item = child
            item.path = Paths.name(child.path)
            let children =
                child.isDirectory ? try await self.branches(of: child.path, root, depth: depth, level: level + 1) : []
            branches.append(RepositoryBrowser.Branch(item: item, children: children))
        }
        return branches
    }

    private var absent: MissingSource { MissingSource(url: source.url) }

    /// How a single file is called: as typed, from the root of its store.
    private var shownPath: String {
        guard source.localPath != nil else { return RemoteURL.withoutScheme(source.place) }
        return source.url.hasPrefix("file://")
            ? String(source.url.dropFirst("file://".count)) : Paths.join(workingDirectory, source.url)
    }
}

/// What lies at a place: looked up folder by folder on this machine, and in a store that can tell one folder by itself
/// unless everything is wanted; else all at once.
private struct SourceTree: Sendable {
    let item: BrowsedItem
    private let root: String?
    /// Where folders are asked for when they are wanted, and what the keys of the place begin with.
    private var store: (backend: any FolderBackend, prefix: Key)?
    private var folders: [String: [BrowsedItem]] = [:]

    /// `nil` where nothing is there.
    ///
    /// - Parameter isWhole: whether all folders will be asked for.
    init?(_ source: URLSource, isWhole: Bool) async throws {
        if let path = source.localPath {
            guard let item = try Self.item(path, name: "") else { return nil }
            self.item = item
            root = path
            return
        }
        root = nil
        if !isWhole, !source.isVersionAware, let backend = source.backend as? any FolderBackend {
            let prefix = source.folderPrefix
            let store = (backend, prefix)
            var item = BrowsedItem(path: "")
            if let metadata = try await source.fileMetadata() {
                item.size = metadata.size
            } else {
                guard let members = try await Self.members(of: "", store) else { return nil }
                item.isDirectory = true
                folders[""] = members
            }
            self.item = item
            self.store = store
            return
        }
        guard let contents = try await source.contents() else { return nil }
        var item = BrowsedItem(path: "")
        item.isDirectory = contents.isDirectory
        item.size = contents.isDirectory ? nil : contents.size
        self.item = item
        var known: Set<String> = [""]
        for file in contents.files where contents.isDirectory {
            var leaf = BrowsedItem(path: file.path.string)
            leaf.size = file.size
            add(leaf)
            var folder = Self.parent(file.path.string)
            while known.insert(folder).inserted {
                var item = BrowsedItem(path: folder)
                item.isDirectory = true
                add(item)
                folder = Self.parent(folder)
            }
        }
        for folder in folders.keys { folders[folder]?.sort { $0.path.precedesInBytes($1.path) } }
    }

    private static func members(
        of folder: String, _ store: (backend: any FolderBackend, prefix: Key)
    ) async throws -> [BrowsedItem]? {
        var path = store.prefix.path + folder
        while path.utf8.last == UInt8(ascii: "/") { path.removeLast() }
        let members = try await store.backend.members(of: path)
        return try members?.map { member in
            let name = folder.isEmpty ? member.name : folder + "/" + member.name
            try PathGate.check(name)
            var item = BrowsedItem(path: name)
            item.isDirectory = member.isFolder
            item.size = member.isFolder ? nil : member.metadata.size
            return item
        }.sorted { $0.path.precedesInBytes($1.path) }
    }

    private mutating func add(_ item: BrowsedItem) { folders[Self.parent(item.path), default: []].append(item) }

    private static func parent(_ path: String) -> String {
        path.utf8.contains(UInt8(ascii: "/")) ? Paths.parent(path) : ""
    }

    /// Sorted by name; their paths begin at the root of the tree.
    func children(of folder: String) async throws -> [BrowsedItem] {
        if let known = folders[folder] { return known }
        if let store { return try await Self.members(of: folder, store) ?? [] }
        guard let root else { return [] }
        return try Files.textEntries(in: Paths.join(root, folder)).compactMap { entry in
            try Self.item(
                Paths.join(Paths.join(root, folder), entry.name), name: Paths.join(folder, entry.name))
        }
    }

    private static func item(_ path: String, name: String) throws -> BrowsedItem? {
        guard let own = try Files.status(path) else { return nil }
        let target = own.kind == .symlink ? try Files.status(path, followingLinks: true) : own
        var item = BrowsedItem(path: name)
        item.isLink = own.kind == .symlink
        // As DVC: a link below the top is shown, but is no folder.
        item.isDirectory = target?.kind == .directory && (!item.isLink || name.isEmpty)
        item.isExecutable = target?.kind == .file && target?.isExecutable == true
        item.size = target?.size
        return item
    }
}
