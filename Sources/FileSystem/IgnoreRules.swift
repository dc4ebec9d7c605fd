package import Basics
import Synchronization

/// Why a path is ignored, or expressly not.
package struct IgnoreMatch: Sendable, Equatable, CustomStringConvertible {
    /// False where a `!pattern` decided.
    package let isIgnored: Bool
    /// The `.dvcignore`, seen from the root; empty for rules that always apply, and DVC's words for a nested repository.
    package let source: String
    /// Counted from 1; 0 where no file has the rule.
    package let line: Int
    package let pattern: String

    /// As `check-ignore --details` shows it.
    package var description: String {
        if source.isEmpty { return ":\(pattern)" }
        return line == 0 ? source : "\(source):\(line):\(pattern)"
    }
}

/// What DVC passes over in a repository: the patterns of each folder's `.dvcignore`, the folders of Git, Mercurial and
/// DVC, and repositories inside the repository.
package final class IgnoreRules: Sendable {
    /// Absolute path of the repository.
    package let root: String
    private let state = Mutex(State())

    private struct State {
        var folders: [RelativePath: FolderIgnore] = [:]
        var problems: [RelativePath: any UserFacingError] = [:]
    }

    package init(root: String) {
        self.root = root
    }

    /// Files that could not be read and patterns that mean nothing, among the folders looked at so far, by path.
    ///
    /// Whoever walks with `folder` and `child`, which do not throw, looks here afterwards: what such a file was to
    /// keep out has been let in.
    package var problems: [any UserFacingError] {
        state.withLock { state in
            state.problems.sorted { $0.key < $1.key }.map(\.value)
        }
    }

    /// Whether a path, or a folder above it, is ignored. The root is not, and neither is what lies outside of it.
    ///
    /// - Parameter skippingNested: Whether repositories inside the repository count as ignored.
    package func isIgnored(_ relpath: String, isDirectory: Bool, skippingNested: Bool = true) throws -> Bool {
        guard let (parent, name) = split(relpath) else { return false }
        let folder = folder(parent)
        if let problem = folder.problem { throw problem }
        if skippingNested { return folder.ignores(name, isDirectory: isDirectory) }
        return folder.ignoresByPattern(name, isDirectory: isDirectory)
    }

    /// The rule that decides about a path; nil where none matches.
    package func match(_ relpath: String, isDirectory: Bool) throws -> IgnoreMatch? {
        guard let (parent, name) = split(relpath) else { return nil }
        let folder = folder(parent)
        if let problem = folder.problem { throw problem }
        return folder.match(name, isDirectory: isDirectory)
    }

    /// The rules for the names in a folder of the repository; `.` or nothing is the root.
    package func folder(_ relpath: String) -> FolderIgnore {
        let path = RelativePath(Paths.normalized(relpath))
        if let known = state.withLock({ $0.folders[path] }) { return known }
        let result: FolderIgnore
        if path == "." {
            result = FolderIgnore(rootOf: self)
        } else {
            result = folder(Paths.parent(path.string)).child(Paths.name(path.string))
        }
        state.withLock { $0.folders[path] = result }
        return result
    }

    func report(_ problem: any UserFacingError, in file: String) {
        state.withLock { $0.problems[RelativePath(file)] = problem }
    }

    private func split(_ relpath: String) -> (parent: String, name: String)? {
        let path = Paths.normalized(relpath)
        let first = Paths.components(path).first ?? ""
        if first.isEmpty || first.hasSameBytes(as: "..") || Paths.isAbsolute(path) { return nil }
        return (Paths.parent(path), Paths.name(path))
    }
}
