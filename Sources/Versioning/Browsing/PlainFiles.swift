import FileSystem
import Git
import Indexing

/// The files of a workspace or of a Git commit, without a thought for what is tracked.
enum PlainFiles {
    struct Item {
        let isDirectory: Bool
        let isExecutable: Bool
        let size: Int64
        /// Whether walks stay out of it: a link to a folder may lead in a circle.
        var isLink = false
    }

    case workspace(root: String, IgnoreRules)
    case commit(GitTree, prefix: RelativePath)

    func item(at path: RelativePath) throws -> Item? {
        switch self {
        case .workspace(let root, let rules):
            let absolute = Paths.join(root, path.string)
            guard let item = try PlainFiles.item(absolute) else { return nil }
            if !path.isRoot, try rules.isIgnored(path.string, isDirectory: item.isDirectory) { return nil }
            return item
        case .commit(let tree, let prefix):
            let path = prefix.appending(path.string).string
            return try tree.entry(path).map { try PlainFiles.item($0, at: path, in: tree) }
        }
    }

    /// What lies in a folder, by name; nothing where there is no such folder.
    func items(in folder: RelativePath) throws -> [String: Item] {
        var found: [String: Item] = [:]
        switch self {
        case .workspace(let root, let rules):
            let absolute = Paths.join(root, folder.string)
            guard Files.isDirectory(absolute) else { return [:] }
            let rules = rules.folder(folder.string)
            for name in try Files.textEntries(in: absolute).map(\.name) {
                guard let item = try PlainFiles.item(Paths.join(absolute, name)),
                    !rules.ignores(name, isDirectory: item.isDirectory)
                else { continue }
                let isNested = item.isDirectory && Files.isDirectory(Paths.join(absolute, name + "/.dvc"))
                if !isNested { found[name] = item }
            }
        case .commit(let tree, let prefix):
            let folder = prefix.appending(folder.string)
            try tree.walk(under: folder.string) { path, entry in
                let name = RelativePath(path).name
                if name == ".dvc" || name == ".git" { return .skip }
                let isNested = try entry.kind == .directory && tree.entry(path + "/.dvc")?.kind == .directory
                if !isNested { found[name] = try PlainFiles.item(entry, at: path, in: tree) }
                return .skip
            }
        }
        return found
    }

    /// Whether a repository of its own begins at a folder.
    func isRepository(_ folder: RelativePath) throws -> Bool {
        switch self {
        case .workspace(let root, _): Files.isDirectory(Paths.join(root, folder.appending(".dvc").string))
        case .commit(let tree, let prefix):
            try tree.entry(prefix.appending(folder.string).appending(".dvc").string)?.kind == .directory
        }
    }

    private static func item(_ path: String) throws -> Item? {
        guard let own = try Files.status(path) else { return nil }
        guard own.kind == .symlink else {
            return Item(
                isDirectory: own.kind == .directory, isExecutable: own.kind == .file && own.isExecutable, size: own.size
            )
        }
        guard let target = try Files.status(path, followingLinks: true) else {
            return Item(isDirectory: false, isExecutable: false, size: 0, isLink: true)
        }
        return Item(
            isDirectory: target.kind == .directory, isExecutable: target.kind == .file && target.isExecutable,
            size: target.size, isLink: true)
    }

    private static func item(_ entry: GitTree.Entry, at path: String, in tree: GitTree) throws -> Item {
        switch entry.kind {
        case .directory:
            return Item(isDirectory: true, isExecutable: false, size: try treeSize(path, tree))
        case .submodule:
            return Item(isDirectory: true, isExecutable: false, size: 0)
        case .file, .executable, .symlink:
            return Item(
                isDirectory: false, isExecutable: entry.kind == .executable,
                size: Int64(try tree.blob(entry.object).count))
        }
    }

    /// Bytes of the tree object: mode, name and digest of each entry.
    private static func treeSize(_ path: String, _ tree: GitTree) throws -> Int64 {
        var size = 0
        try tree.walk(under: path) { path, entry in
            size += (entry.kind == .directory ? 5 : 6) + 1 + RelativePath(path).name.utf8.count + 1 + 20
            return .skip
        }
        return Int64(size)
    }
}
