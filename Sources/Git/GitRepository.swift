import Basics
import CGit2
import Synchronization

/// A Git repository as varve uses it: in process, through libgit2, which is opened when the first repository is.
///
/// Git is read here (revisions, trees, the index, ignore rules, settings) and written in two places only: the index,
/// when recorded files are staged, and the repository's own settings, when hooks are installed. Paths that come in are
/// absolute, paths that go out are relative to the work tree and have `/` between their parts. Every method blocks and
/// may be called from any thread; one repository does one thing at a time.
package final class GitRepository: Sendable {
    /// `@unchecked Sendable` because the pointer is reached through the mutex below only.
    private struct Handle: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    let git: Library
    private let handle: Mutex<Handle>
    /// Made when something first asks.
    let ignoreRules = Mutex<SharedIgnoreRules?>(nil)

    /// The folder with the files, symbolic links resolved, without a slash at its end; nil in a bare repository.
    package let workTree: String?
    /// The folder with `HEAD` and the index: `.git`, or the part of it that belongs to this work tree.
    package let gitDirectory: String
    /// The folder with objects, references and settings, which all work trees share.
    package let commonDirectory: String

    private init(owning pointer: OpaquePointer, _ git: Library) {
        func path(_ raw: UnsafePointer<CChar>?) -> String? {
            raw.map { RepositoryPath.trimmed(String(cString: $0)) }
        }
        self.git = git
        workTree = path(git.call.git_repository_workdir(pointer))
        gitDirectory = path(git.call.git_repository_path(pointer)) ?? ""
        commonDirectory = path(git.call.git_repository_commondir(pointer)) ?? gitDirectory
        handle = Mutex(Handle(pointer: pointer))
    }

    deinit {
        handle.withLock { git.call.git_repository_free($0.pointer) }
    }

    /// Runs a body with the repository's handle, alone; what the body looks up it also frees.
    func withHandle<Result: Sendable>(
        _ body: (OpaquePointer) throws(GitError) -> Result
    ) throws(GitError) -> Result {
        try handle.withLock { (handle) throws(GitError) -> Result in try body(handle.pointer) }
    }
}

extension GitRepository {
    /// Opens the repository whose work tree, or bare folder, this is.
    package static func open(at workTree: String) throws(GitError) -> GitRepository {
        let git = try Library.load()
        guard let pointer = try openHandle(workTree, GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue, git) else {
            throw GitError(.notARepository(workTree))
        }
        return GitRepository(owning: pointer, git)
    }

    /// Finds the repository that a folder belongs to, as the `git` program started there would; nil where there is none.
    ///
    /// - Parameter variables: the environment, of which `GIT_DIR`, `GIT_WORK_TREE`, `GIT_INDEX_FILE`,
    ///   `GIT_CEILING_DIRECTORIES` and `GIT_DISCOVERY_ACROSS_FILESYSTEM` count. Git sets some of them for its hooks.
    package static func discover(
        from folder: String, variables: [String: String] = [:]
    ) throws(GitError) -> GitRepository? {
        let git = try Library.load()
        let environment = DiscoveryEnvironment(variables, folder: folder)
        let found =
            if let gitDirectory = environment.gitDirectory {
                try openHandle(
                    gitDirectory, GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue | GIT_REPOSITORY_OPEN_NO_DOTGIT.rawValue, git)
            } else {
                try openHandle(
                    folder, environment.crossesFileSystems ? GIT_REPOSITORY_OPEN_CROSS_FS.rawValue : 0, git,
                    ceilings: environment.ceilings)
            }
        guard let pointer = found else {
            if let gitDirectory = environment.gitDirectory { throw GitError(.notARepository(gitDirectory)) }
            return nil
        }
        do throws(GitError) {
            try environment.apply(to: pointer, git)
        } catch {
            git.call.git_repository_free(pointer)
            throw error
        }
        return GitRepository(owning: pointer, git)
    }

    private static func openHandle(
        _ path: String, _ flags: UInt32, _ git: Library, ceilings: String? = nil
    ) throws(GitError) -> OpaquePointer? {
        guard RepositoryPath.isPlain(path) else { throw GitError(.invalidName(path)) }
        return try opening.withLock { _ throws(GitError) -> Handle? in
            var pointer: OpaquePointer?
            var status = git.call.git_repository_open_ext(&pointer, path, flags, ceilings)
            if status < 0, SafeDirectories.isRefusal(git.lastError(status, "")) {
                let top = SafeDirectories.top(of: path)
                guard try SafeDirectories(git).contain(top) else { throw GitError(.foreignOwner(top)) }
                git.validatesOwner(false)
                status = git.call.git_repository_open_ext(&pointer, path, flags, ceilings)
                git.validatesOwner(true)
            }
            let found = try git.checkFound(status, "open the Git repository of '\(path)'")
            return found ? pointer.map { Handle(pointer: $0) } : nil
        }?.pointer
    }

    /// Held while a repository is opened, since the check of its owner is a setting of the whole process.
    private static let opening = Mutex(())
}
