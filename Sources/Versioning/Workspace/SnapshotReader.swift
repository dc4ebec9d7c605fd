import Basics
package import FileSystem
package import Git
import Indexing
import ProjectFiles

/// Files of the workspace, for the readers of project files.
package struct WorkspaceFiles: FileReader {
    package let root: String

    package init(root: String) { self.root = root }

    package func read(_ relpath: String) throws -> [UInt8]? {
        try Files.readIfPresent(Paths.join(root, relpath), limit: 1 << 28)
    }

    package func isFile(_ relpath: String) -> Bool {
        (try? Files.status(Paths.join(root, relpath), followingLinks: true))?.kind == .file
    }
}

/// Files of a Git commit, seen from a repository that may lie in a subfolder of the Git repository.
package struct RevisionFiles: FileReader {
    package let tree: GitTree
    /// The repository's root relative to the Git repository's; empty where they are the same.
    package let prefix: RelativePath

    package init(tree: GitTree, prefix: RelativePath) {
        self.tree = tree
        self.prefix = prefix
    }

    package func read(_ relpath: String) throws -> [UInt8]? { try tree.read(prefix.appending(relpath).string) }

    package func isFile(_ relpath: String) -> Bool {
        guard let entry = try? tree.entry(prefix.appending(relpath).string) else { return false }
        return entry.kind == .file || entry.kind == .executable
    }
}

extension Repository {
    /// Reads all project files of the workspace.
    ///
    /// Folders that are outputs are not searched, nor are ignored ones and nested repositories.
    ///
    /// - Parameter skipping: is told of a file that can't be used, which is left out then; `nil` to fail.
    package func workspace(
        skipping: ((RelativePath, any Error) -> Void)? = nil
    ) throws -> ProjectSnapshot {
        var loader = StageLoading(files: WorkspaceFiles(root: root), options: templateOptions)
        var pending: [(RelativePath, FolderIgnore)] = [(RelativePath(""), ignore.folder(""))]
        var outputs: Set<RelativePath> = []
        while let (folder, rules) = pending.popLast() {
            var subfolders: [String] = []
            var found: [String] = []
            for entry in try Files.textEntries(in: absolute(folder)) {
                var kind = entry.kind
                if kind == nil { kind = try Files.status(absolute(folder.appending(entry.name)))?.kind }
                if kind == .directory {
                    subfolders.append(entry.name)
                } else if StageLoading.isProjectFile(entry.name), !rules.ignores(entry.name, isDirectory: false) {
                    found.append(entry.name)
                }
            }
            for name in found.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
                let stages: [Stage]
                do {
                    stages = try loader.load(folder.appending(name))
                } catch {
                    guard let skipping else { throw error }
                    skipping(folder.appending(name), error)
                    continue
                }
                for stage in stages {
                    for output in stage.outputs {
                        if let path = stage.location(of: output).workspacePath { outputs.insert(RelativePath(path)) }
                    }
                }
            }
            for name in subfolders.sorted(by: { $1.utf8.lexicographicallyPrecedes($0.utf8) }) {
                let path = folder.appending(name)
                if outputs.contains(path) || rules.ignores(name, isDirectory: true) { continue }
                if Files.isDirectory(Paths.join(absolute(path), ".dvc")) { continue }
                pending.append((path, rules.child(name)))
            }
        }
        return ProjectSnapshot(revision: nil, stages: loader.stages, pipelines: loader.pipelines)
    }

    /// Reads all project files of a Git commit.
    package func snapshot(of commit: GitCommit, named name: String? = nil) throws -> ProjectSnapshot {
        let git = try requireGit()
        let tree = git.tree(of: commit)
        let files = RevisionFiles(tree: tree, prefix: prefixInGit(git))
        var loader = StageLoading(files: files, options: templateOptions)
        var paths: [RelativePath] = []
        let prefix = files.prefix
        try tree.walk(under: prefix.string) { path, entry in
            guard let path = RelativePath(path).relative(to: prefix) else { return .skip }
            if entry.kind == .directory {
                let name = path.name
                if name == ".dvc" || name == ".git" { return .skip }
                // A nested repository minds its own files.
                if !path.isRoot, (try? tree.entry(prefix.appending(path.string).appending(".dvc").string)) != nil,
                    try tree.entry(prefix.appending(path.string).appending(".dvc").string) != nil
                {
                    return .skip
                }
                return .enter
            }
            if entry.kind == .file || entry.kind == .executable, StageLoading.isProjectFile(path.name) {
                paths.append(path)
            }
            return .enter
        }
        for path in paths {
            do {
                _ = try loader.load(path)
            } catch var error as ProjectFileError {
                error.revision = name ?? commit.name.short
                throw error
            }
        }
        return ProjectSnapshot(
            revision: name ?? commit.name.hex, stages: loader.stages, pipelines: loader.pipelines)
    }

    /// This repository's root relative to the Git repository's.
    package func prefixInGit(_ git: GitRepository) -> RelativePath {
        guard let workTree = git.workTree, workTree != root else { return RelativePath("") }
        return RelativePath(Paths.relative(root, to: Paths.resolvingLinks(workTree)))
    }

    var templateOptions: TemplateOptions {
        TemplateOptions(
            writesNegatedFlags: settings.string("parsing", "bool") == "boolean_optional",
            repeatsListOptions: settings.string("parsing", "list") == "append")
    }
}
