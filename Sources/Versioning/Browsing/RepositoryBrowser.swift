import Basics
import FileSystem
import Git
import Indexing
import Objects
import ProjectFiles
import Storage

/// A file or folder of a repository, whether Git or varve keeps it.
package struct BrowsedItem: Sendable {
    /// Relative to what was listed.
    package var path: String
    package var isOutput = false
    package var isDirectory = false
    package var isExecutable = false
    /// Bytes; `nil` where it is not known without the data.
    package var size: Int64?
    package var digest: String?
    /// Whether there is a file in the workspace or the commit, not only a record of data.
    var isPlain = false
    var isLink = false
}

/// A path that a repository does not have.
package struct MissingPath: UserFacingError {
    let path: String

    package var summary: String { "[Errno 2] No such file or directory: '\(path)'" }
}

/// Looks at the files and tracked data of a repository, in the workspace or at a commit, without changing anything.
///
/// A repository inside the repository shows up only where a path leads into it.
package final class RepositoryBrowser {
    let repository: Repository
    let commit: GitCommit?
    let files: PlainFiles
    let snapshot: ProjectSnapshot
    private let tracked: TrackedTree
    /// What must live as long as the repository is looked at, such as a clone.
    let clone: TemporaryClone?
    /// The repositories that imports of this one come from, by pointer file.
    var sources: [String: RepositoryBrowser] = [:]
    /// The remote that the command names in place of the repository's default.
    var overriddenRemote: String?
    /// How many imports of imports lead here.
    var depth = 0
    static let deepestChain = 8

    /// - Parameter commit: `nil` for the workspace.
    init(repository: Repository, commit: GitCommit?, clone: TemporaryClone? = nil) throws {
        self.repository = repository
        self.commit = commit
        self.clone = clone
        if let commit {
            let git = try repository.requireGit()
            files = .commit(git.tree(of: commit), prefix: repository.prefixInGit(git))
            snapshot = try repository.snapshot(of: commit)
        } else {
            files = .workspace(root: repository.root, repository.ignore)
            snapshot = try repository.workspace()
        }
        tracked = TrackedTree(snapshot)
    }

    /// Where a path as the user wrote it leads: relative to the user's folder in their own workspace, else to the root.
    ///
    /// - Returns: the browser of the innermost repository on the way, and the path in it.
    func locate(_ path: String) throws -> (RepositoryBrowser, RelativePath) {
        let base = commit == nil ? repository.workingDirectory.string : ""
        let absolute = Paths.absolute(path, from: "/" + base)
        let parts = absolute.split(separator: "/").map(String.init)
        var folder = RelativePath("")
        var innermost: RelativePath?
        for part in parts {
            folder = folder.appending(part)
            if try files.isRepository(folder) { innermost = folder }
        }
        guard let innermost, let rest = folder.relative(to: innermost) else { return (self, folder) }
        let nested = try Repository(
            root: repository.absolute(innermost), environment: repository.environment, progress: repository.progress)
        return (try RepositoryBrowser(repository: nested, commit: commit, clone: clone), rest)
    }

    // MARK: Listing

    package struct ListOptions: Sendable {
        package var isRecursive = false
        package var onlyTracked = false
        /// How many levels down; `nil` for all.
        package var depth: Int?

        package init() {}
    }

    /// What lies at a path, sorted: the content of a folder, or the file itself.
    package func list(_ path: String, _ options: ListOptions) async throws -> [BrowsedItem] {
        let (browser, folder) = try locate(path)
        guard var item = try await browser.item(at: folder) else {
            throw MissingPath(path: browser.repository.absolute(folder))
        }
        let depth = options.isRecursive ? options.depth : 1
        if let depth, depth < 0 { throw Failure("maxdepth must be at least 1", category: .unexpected) }
        if depth == 0 || !item.isDirectory {
            let name = Paths.name(path)
            item.path = name.isEmpty ? "." : name
            return [item]
        }
        var found: [BrowsedItem] = []
        var pending: [(RelativePath, level: Int)] = [(folder, 1)]
        while let (current, level) = pending.popLast() {
            for var child in try await browser.items(in: current, onlyTracked: options.onlyTracked) {
                let path = current.appending(child.path)
                child.path = path.relative(to: folder)?.string ?? child.path
                let isLast = depth.map { level >= $0 } ?? false
                if !child.isDirectory || isLast { found.append(child) }
                if child.isDirectory, !isLast, !child.isLink { pending.append((path, level + 1)) }
            }
        }
        return found.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    /// An item and what is in it.
    package struct Branch: Sendable {
        package let item: BrowsedItem
        package let children: [Branch]
    }

    /// The same as a tree, whose root bears the path as it was written.
    package func listTree(_ path: String, onlyTracked: Bool, depth: Int?) async throws -> Branch {
        let (browser, folder) = try locate(path)
        guard var item = try await browser.item(at: folder) else {
            throw MissingPath(path: browser.repository.absolute(folder))
        }
        item.path = path.isEmpty ? "." : path
        return try await browser.branch(item, at: folder, onlyTracked: onlyTracked, depth: depth, level: 0)
    }

    private func branch(
        _ item: BrowsedItem, at path: RelativePath, onlyTracked: Bool, depth: Int?, level: Int
    ) async throws -> Branch {
        var children: [Branch] = []
        // File systems and listings end long before this; a Git tree made to hurt might not.
        let goesOn = item.isDirectory && !item.isLink && level < 1000 && depth.map { level < $0 } ?? true
        if goesOn {
            for child in try await items(in: path, onlyTracked: onlyTracked) {
                let childPath = path.appending(child.path)
                children.append(
                    try await branch(child, at: childPath, onlyTracked: onlyTracked, depth: depth, level: level + 1))
            }
        }
        return Branch(item: item, children: children)
    }

    // MARK: Sizes

    /// What a path takes: a line for each thing in a folder, and the whole at the end. Project files do not count.
    package func diskUsage(_ path: String, summarize: Bool) async throws -> [(path: String, size: Int64)] {
        let (browser, folder) = try locate(path)
        guard let item = try await browser.item(at: folder) else {
            throw MissingPath(path: browser.repository.absolute(folder))
        }
        guard item.isDirectory, !summarize else { return [(path, try await browser.size(item, at: folder))] }
        var rows: [(path: String, size: Int64)] = []
        var total: Int64 = 0
        for child in try await browser.items(in: folder, onlyTracked: false)
        where !RepositoryBrowser.isBookkeeping(child.path) {
            let size = try await browser.size(child, at: folder.appending(child.path))
            rows.append((path.isEmpty ? child.path : Paths.join(path, child.path), size))
            total &+= size
        }
        return rows + [(path, total)]
    }

    private func size(_ item: BrowsedItem, at path: RelativePath) async throws -> Int64 {
        var total: Int64 = 0
        var pending = [(item, path)]
        while let (item, path) = pending.popLast() {
            if !item.isDirectory || (!item.isPlain && item.isOutput && item.size != nil) {
                total &+= item.size ?? 0
            } else if !item.isLink {
                for child in try await items(in: path, onlyTracked: false)
                where !RepositoryBrowser.isBookkeeping(child.path) {
                    pending.append((child, path.appending(child.path)))
                }
            }
        }
        return total
    }

    static func isBookkeeping(_ name: String) -> Bool {
        StageLoading.isProjectFile(name) || name.hasSameBytes(as: ".dvcignore")
    }

    // MARK: Items

    func item(at path: RelativePath) async throws -> BrowsedItem? {
        let node = try await node(at: path)
        let plain = try files.item(at: path)
        guard node != nil || plain != nil else { return nil }
        return merge(path.name, plain, node?.item)
    }

    /// Sorted by name; the items' paths are names.
    func items(in folder: RelativePath, onlyTracked: Bool) async throws -> [BrowsedItem] {
        let node = try await node(at: folder)
        if let node { try await read(node, at: folder) }
        let plain = onlyTracked ? [:] : try files.items(in: folder)
        var names = Set(plain.keys.map { RelativePath($0) })
        if let node { names.formUnion(node.children.keys.map { RelativePath($0) }) }
        return names.sorted().map { name in
            merge(name.string, plain[name.string], node?.children[name.string]?.item)
        }
    }

    private func merge(_ name: String, _ plain: PlainFiles.Item?, _ tracked: TrackedTree.Item?) -> BrowsedItem {
        var item = BrowsedItem(path: name)
        if let tracked {
            item.isOutput = tracked.isOutput
            item.isDirectory = tracked.isDirectory
            item.size = tracked.size
            item.digest = tracked.digest
        }
        if let plain {
            item.isPlain = true
            item.isDirectory = plain.isDirectory
            item.isExecutable = plain.isExecutable
            item.size = plain.size
            item.isLink = plain.isLink
        }
        return item
    }

    private func node(at path: RelativePath) async throws -> TrackedTree? {
        var node = tracked
        var folder = RelativePath("")
        for part in path.string.split(separator: "/").map(String.init) {
            try await read(node, at: folder)
            guard let next = node.children[part] else { return nil }
            node = next
            folder = folder.appending(part)
        }
        return node
    }

    /// Looks a directory's listing up: in the cache, then in its remote. One that is nowhere is an error only where the
    /// files themselves are not there either.
    private func read(_ node: TrackedTree, at path: RelativePath) async throws {
        guard let output = node.unread, let id = output.object else { return }
        if let listing = try repository.listing(of: output) {
            node.fill(listing)
            return
        }
        do {
            if let data = try await dataOfImport(output) {
                node.fill(unlisted: data.files.map(\.path))
                return
            }
            let store = ObjectStore(backend: try repository.backend(of: output.output.remote))
            node.fill(try DirectoryObject(parsing: try await store.read(id)))
        } catch {
            guard try files.item(at: path) != nil else {
                throw Failure(
                    "failed to load directory '\(path.string)': its listing \(id.text) is neither in the cache nor in a "
                        + "remote",
                    remedy: "give the remote that has it with --remote", category: .unexpected)
            }
            node.fill(unlisted: try plainFiles(under: path))
        }
    }

    /// The files of a folder as they are, relative to it.
    private func plainFiles(under folder: RelativePath) throws -> [RelativePath] {
        var found: [RelativePath] = []
        var pending = [RelativePath("")]
        while let current = pending.popLast() {
            for (name, item) in try files.items(in: folder.appending(current.string)) where !item.isLink {
                if item.isDirectory {
                    pending.append(current.appending(name))
                } else {
                    found.append(current.appending(name))
                }
            }
        }
        return found
    }
}
