@testable import Git
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("Git repositories") struct GitRepositoryTests {
    @Test("a subfolder belongs to the repository above it")
    func discoversFromSubfolder() throws {
        let fixture = try TemporaryGitRepository()
        try fixture.commit(["a/b/file": "x"])
        let repository = try #require(try GitRepository.discover(from: fixture.path + "/a/b"))
        #expect(repository.workTree == fixture.path)
        #expect(repository.gitDirectory == fixture.path + "/.git")
        #expect(repository.commonDirectory == fixture.path + "/.git")
    }

    @Test("a folder outside of any repository has none")
    func discoversNothing() throws {
        let fixture = try TemporaryGitRepository(made: false)
        #expect(try GitRepository.discover(from: fixture.path) == nil)
        #expect(try GitRepository.discover(from: fixture.path + "/missing") == nil)
    }

    @Test("a folder inside of a work tree does not open as a repository")
    func opensOnlyTheTop() throws {
        let fixture = try TemporaryGitRepository()
        try fixture.commit(["a/file": "x"])
        let error = #expect(throws: GitError.self) { try GitRepository.open(at: fixture.path + "/a") }
        #expect(error?.reason == .notARepository(fixture.path + "/a"))
        #expect(error?.summary == "'\(fixture.path)/a' is not a Git repository")
    }

    @Test("a linked work tree has its own folder, index and HEAD, and shares the rest")
    func linkedWorkTree() throws {
        let fixture = try TemporaryGitRepository()
        try fixture.commit(["file": "x"])
        try fixture.git("worktree", "add", "--quiet", "-b", "side", "../linked")
        let linked = try #require(try GitRepository.discover(from: fixture.folder + "/linked"))
        #expect(linked.workTree == fixture.folder + "/linked")
        #expect(linked.gitDirectory == fixture.path + "/.git/worktrees/linked")
        #expect(linked.commonDirectory == fixture.path + "/.git")
        #expect(try linked.headBranchName() == "side")
        #expect(try linked.hooksDirectory() == fixture.path + "/.git/hooks")
        try linked.setConfigValue("merge.dvc.name", "driver")
        #expect(try fixture.git("config", "--local", "merge.dvc.name") == "driver")
        #expect(try linked.isTracked(fixture.folder + "/linked/file"))
    }

    @Test("a submodule is a repository of its own")
    func submodule() throws {
        let fixture = try TemporaryGitRepository()
        try fixture.commit(["file": "x"])
        try fixture.git(
            "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", fixture.path + "/.git", "sub")
        let repository = try #require(try GitRepository.discover(from: fixture.path + "/sub"))
        #expect(repository.workTree == fixture.path + "/sub")
        #expect(repository.gitDirectory == fixture.path + "/.git/modules/sub")
    }

    @Test("a bare repository has no work tree, but revisions")
    func bare() throws {
        let fixture = try TemporaryGitRepository()
        let commit = try fixture.commit(["file": "x"])
        try fixture.git("clone", "--quiet", "--bare", ".", "../bare.git")
        let repository = try #require(try GitRepository.discover(from: fixture.folder + "/bare.git"))
        #expect(repository.workTree == nil)
        #expect(try repository.head()?.name.hex == commit)
        #expect(try repository.hasChanges() == false)
        let error = #expect(throws: GitError.self) { try repository.isTracked(fixture.folder + "/bare.git/file") }
        #expect(error?.reason == .bareRepository)
    }

    @Test("GIT_DIR and GIT_WORK_TREE say where the repository is")
    func environment() throws {
        let fixture = try TemporaryGitRepository()
        try fixture.commit(["a/file": "x"])
        try fixture.git("init", "--quiet", "../other")
        let other = fixture.folder + "/other"
        let byDirectory = try #require(
            try GitRepository.discover(from: other, variables: ["GIT_DIR": fixture.path + "/.git"]))
        #expect(byDirectory.workTree == other)
        #expect(byDirectory.gitDirectory == fixture.path + "/.git")
        let byBoth = try #require(
            try GitRepository.discover(
                from: other, variables: ["GIT_DIR": "../work/.git", "GIT_WORK_TREE": fixture.path]))
        #expect(byBoth.workTree == fixture.path)
        #expect(try byBoth.hasChanges() == false)
        let error = #expect(throws: GitError.self) {
            try GitRepository.discover(from: other, variables: ["GIT_DIR": "/nonexistent"])
        }
        #expect(error?.reason == .notARepository("/nonexistent"))
    }

    @Test("discovery stops below GIT_CEILING_DIRECTORIES")
    func ceiling() throws {
        let fixture = try TemporaryGitRepository()
        try fixture.commit(["a/b/file": "x"])
        let variables = ["GIT_CEILING_DIRECTORIES": fixture.path + "/a"]
        #expect(try GitRepository.discover(from: fixture.path + "/a/b", variables: variables) == nil)
    }

    @Test("GIT_INDEX_FILE takes the place of the index, as in a hook of `git commit FILE`")
    func otherIndex() throws {
        let fixture = try TemporaryGitRepository()
        try fixture.commit(["file": "x"])
        try fixture.git("read-tree", "--index-output=.git/other", "HEAD")
        try fixture.git("rm", "--quiet", "--cached", "file")
        let plain = try #require(try GitRepository.discover(from: fixture.path))
        let other = try #require(
            try GitRepository.discover(from: fixture.path, variables: ["GIT_INDEX_FILE": ".git/other"]))
        #expect(try plain.isTracked(fixture.path + "/file") == false)
        #expect(try other.isTracked(fixture.path + "/file"))
    }

    @Test("a repository with a sparse checkout or of a partial clone opens")
    func extensions() throws {
        let fixture = try TemporaryGitRepository()
        try fixture.commit(["a/file": "x", "b/file": "y"])
        try fixture.git("sparse-checkout", "set", "a")
        try fixture.git("config", "core.repositoryformatversion", "1")
        try fixture.git("config", "extensions.partialClone", "origin")
        #expect(try fixture.open().hasChanges() == false)
    }

    @Test("a repository in a format that libgit2 cannot read is refused with its reason")
    func unknownFormat() throws {
        let fixture = try TemporaryGitRepository()
        try fixture.git("config", "core.repositoryformatversion", "1")
        try fixture.git("config", "extensions.objectFormat", "sha256")
        let error = #expect(throws: GitError.self) { try fixture.open() }
        #expect(error?.summary.contains("objectformat") == true)
    }

    @Test("a path through a symbolic link is a path of the work tree")
    func symbolicLinkToWorkTree() throws {
        let fixture = try TemporaryGitRepository()
        try fixture.commit(["a/file": "x"])
        let link = fixture.folder + "/link"
        #expect(symlink(fixture.path, link) == 0)
        let repository = try GitRepository.open(at: link)
        #expect(repository.workTree == fixture.path)
        #expect(try repository.isTracked(link + "/a/file"))
        #expect(try repository.isTracked(link + "/b/../a/./file"))
        let error = #expect(throws: GitError.self) { try repository.isTracked(fixture.path + "/../else") }
        #expect(error?.reason == .outsideWorkTree(fixture.path + "/../else"))
    }

    @Test("settings are seen as they are now and written to the repository's own file")
    func settings() throws {
        let fixture = try TemporaryGitRepository()
        let repository = try fixture.open()
        #expect(try repository.userName() != "Ada")
        try fixture.git("config", "user.name", "Ada")
        #expect(try repository.userName() == "Ada")
        try repository.setConfigValue("merge.dvc.driver", "run --ancestor %O \"it\" ")
        #expect(try fixture.git("config", "--local", "merge.dvc.driver") == "run --ancestor %O \"it\" ")
        try repository.setConfigValue("merge.dvc.driver", nil)
        #expect(try repository.configValue("merge.dvc.driver") == nil)
        #expect(throws: GitError.self) { try repository.configValue("nonsense") }
    }

    @Test("hooks are where core.hooksPath says")
    func hooks() throws {
        let fixture = try TemporaryGitRepository()
        let repository = try fixture.open()
        #expect(try repository.hooksDirectory() == fixture.path + "/.git/hooks")
        try fixture.git("config", "core.hooksPath", "tools/hooks")
        #expect(try repository.hooksDirectory() == fixture.path + "/tools/hooks")
        try fixture.git("config", "core.hooksPath", "/opt/hooks/")
        #expect(try repository.hooksDirectory() == "/opt/hooks")
    }

    @Test("a repository of another user is refused, with the way to trust it", .enabled(if: geteuid() == 0))
    func foreignOwner() throws {
        let fixture = try TemporaryGitRepository()
        try fixture.write("a/file", "x")
        try fixture.giveAway()
        let opening = #expect(throws: GitError.self) { try fixture.open() }
        let discovery = #expect(throws: GitError.self) { try GitRepository.discover(from: fixture.path + "/a") }
        for error in [opening, discovery] {
            #expect(error?.reason == .foreignOwner(fixture.path))
            #expect(error?.remedy?.contains("safe.directory '\(fixture.path)'") == true)
        }
    }

    @Test("a repository of another user opens where safe.directory has its folder", .enabled(if: geteuid() == 0))
    func trustedOwner() async {
        // In a process of its own: libgit2 looks for the user's settings once, and another suite may have been first.
        await #expect(processExitsWith: .success) {
            let fixture = try TemporaryGitRepository(in: TemporaryGitRepository.trustedFolder)
            try fixture.giveAway()
            #expect(try fixture.open().workTree == fixture.path)
        }
    }

    @Test("safe.directory takes exact paths, a star, and folders with a star behind them")
    func safeDirectories() {
        #expect(SafeDirectories(patterns: ["/a/b"]).contain("/a/b"))
        #expect(SafeDirectories(patterns: ["/a/b/"]).contain("/a/b"))
        #expect(SafeDirectories(patterns: ["*"]).contain("/a/b"))
        #expect(SafeDirectories(patterns: ["/x", "/a/*"]).contain("/a/b/c"))
        #expect(SafeDirectories(patterns: ["/a/*"]).contain("/ab") == false)
        #expect(SafeDirectories(patterns: ["/a"]).contain("/a/b") == false)
        #expect(SafeDirectories(patterns: []).contain("/a") == false)
    }
}
