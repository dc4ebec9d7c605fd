import FileSystem

/// Making a project an ordinary folder again: what `destroy` does.
///
/// Data in the workspace stays; links into the cache become files of their own before the cache goes. `.gitignore`
/// files keep their lines, as in DVC.
package struct ProjectRemoval: Sendable {
    /// Absolute path of the project.
    private let root: String
    /// The cache folder in force, which may lie elsewhere; only the one in `.dvc` is deleted.
    private let cache: String

    package init(root: String, settings: Settings) {
        self.root = root
        cache = settings.cacheFolder ?? Paths.join(root, ".dvc/cache")
    }

    /// - Parameter projectFiles: Absolute paths of the `.dvc` files, `dvc.yaml` and `dvc.lock` to delete.
    package func run(projectFiles: [String]) throws {
        try WorkspaceLinks(root: root).detach(from: cache)
        for file in projectFiles + [Paths.join(root, ".dvcignore")] where Files.exists(file) { try Files.remove(file) }
        try Files.removeTree(Paths.join(root, ".dvc"))
    }

    /// The files that describe the project's data and stages, found by their names outside of what is ignored.
    package func projectFiles() throws -> [String] {
        let rules = IgnoreRules(root: root)
        var found: [String] = []
        var folders = ["."]
        while let folder = folders.popLast() {
            let ignore = rules.folder(folder)
            if let problem = ignore.problem { throw problem }
            for entry in try Files.textEntries(in: Paths.join(root, folder)) {
                let relative = Paths.normalized(Paths.join(folder, entry.name))
                let path = Paths.join(root, relative)
                guard let status = try Files.status(path) else { continue }
                if status.kind == .directory {
                    if !ignore.ignores(entry.name, isDirectory: true) { folders.append(relative) }
                } else if ["dvc.yaml", "dvc.lock"].contains(entry.name) || entry.name.hasSuffix(".dvc"),
                    !ignore.ignores(entry.name, isDirectory: false)
                {
                    found.append(path)
                }
            }
        }
        return found
    }
}
