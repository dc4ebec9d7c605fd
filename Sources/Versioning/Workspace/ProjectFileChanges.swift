import Basics
package import FileSystem
import Git
import Indexing
package import ProjectFiles
import Synchronization

/// Writes project files and ignore files of one command, and remembers which of them Git should know of.
///
/// Data is in the cache before a project file that names it is written; a project file is written before the data is
/// hidden from Git, so that a crash between the two leaves the data in sight.
package final class ProjectFileChanges: Sendable {
    private let repository: Repository
    private let touched = Mutex<[String]>([])
    private let hidden = Mutex<[RelativePath]>([])

    package init(_ repository: Repository) { self.repository = repository }

    /// Absolute paths of the files written so far, in that order.
    package var files: [String] { touched.withLock { $0 } }

    package func track(_ path: String) {
        touched.withLock { if !$0.contains(path) { $0.append(path) } }
    }

    // MARK: Project files

    /// Writes a pointer file where it says something new.
    package func write(_ pointer: PointerFile) throws {
        let path = Paths.join(repository.root, pointer.path)
        let original = try Files.readIfPresent(path)
        let text = try pointer.text(updating: original)
        track(path)
        if let original, original.elementsEqual(text.utf8) { return }
        try SafeFolder(root: repository.root).write(Array(text.utf8), to: RelativePath(pointer.path))
    }

    /// Replaces a text file of the project.
    package func write(_ text: String, to path: RelativePath) throws {
        try SafeFolder(root: repository.root).write(Array(text.utf8), to: path)
        track(repository.absolute(path))
    }

    /// Removes a project file.
    package func remove(_ path: RelativePath) throws {
        try SafeFolder(root: repository.root).remove(path)
        track(repository.absolute(path))
    }

    // MARK: .gitignore

    /// Refuses data that Git keeps already.
    package func refuseIfTracked(_ path: RelativePath) throws {
        guard let git = try repository.git, try git.isTracked(repository.absolute(path)) else { return }
        let shown = repository.shown(path)
        throw Failure(
            """
             output '\(shown)' is already tracked by SCM (e.g. Git).
                You can remove it from Git, then add to DVC.
                    To stop tracking from Git:
                        git rm -r --cached '\(shown)'
                        git commit -m "stop tracking \(shown)"
            """)
    }

    /// Hides data from Git, unless it is hidden already.
    package func ignore(_ path: RelativePath) throws {
        guard let git = try repository.git, try !git.isIgnored(repository.absolute(path)) else { return }
        try edit(path) { $0.adding(GitIgnoreFile.pattern(forName: path.name)) }
        hidden.withLock { $0.append(path) }
    }

    /// Takes away again what this command has hidden from Git, as DVC does where a command fails as a whole.
    package func withdrawIgnores() {
        for path in hidden.withLock({ $0 }) { try? unignore(path) }
        hidden.withLock { $0 = [] }
    }

    /// Takes the line that hides data from Git away again.
    package func unignore(_ path: RelativePath) throws {
        guard try repository.git != nil else { return }
        try edit(path) { $0.removing(GitIgnoreFile.pattern(forName: path.name)) }
    }

    private func edit(_ path: RelativePath, _ change: (GitIgnoreFile) -> GitIgnoreFile?) throws {
        let file = path.parent.appending(".gitignore")
        let absolute = repository.absolute(file)
        if try Files.status(absolute)?.kind == .symlink {
            throw Failure("'\(repository.shown(file))' is a symbolic link; it is not changed through one")
        }
        let before = GitIgnoreFile(try Files.readIfPresent(absolute) ?? [])
        guard let after = change(before) else { return }
        let folder = try SafeFolder(root: repository.root)
        if after.isEmpty {
            try folder.remove(file)
        } else {
            try folder.write(after.contents, to: file)
        }
        track(absolute)
    }

    // MARK: Git

    /// Stages the files where `core.autostage` wants it.
    ///
    /// - Returns: paths that the user should `git add`, as seen from where the user stands; empty where that is done
    ///   or there is no Git.
    package func finish() throws -> [String] {
        guard let git = try repository.git, !files.isEmpty else { return [] }
        if repository.settings.stagesAutomatically {
            try git.stage(files)
            return []
        }
        return files.map { Paths.relative($0, to: repository.environment.workingDirectory) }
    }
}
