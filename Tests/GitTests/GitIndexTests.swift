import Git
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("Git's index") struct GitIndexTests {
    @Test("a file is tracked when the index has it, a folder when it has anything below")
    func tracked() throws {
        let fixture = try TemporaryGitRepository()
        try fixture.commit(["a/b/file": "x", "a.b": "y"])
        let repository = try fixture.open()
        let path = fixture.path
        #expect(try repository.isTracked(path + "/a/b/file"))
        #expect(try repository.isTracked(path + "/a"))
        #expect(try repository.isTracked(path))
        #expect(try repository.isTracked(path + "/a/b/fil") == false)
        #expect(try repository.isTracked(path + "/a/b/file/x") == false)
        #expect(try repository.trackedPaths(under: path) == ["a.b", "a/b/file"])
        #expect(try repository.trackedPaths(under: path + "/a") == ["a/b/file"])
        #expect(try repository.trackedPaths(under: path + "/a.b") == ["a.b"])
        #expect(try repository.trackedPaths(under: path + "/c") == [])
    }

    @Test("what another process stages is seen")
    func staleness() throws {
        let fixture = try TemporaryGitRepository()
        let repository = try fixture.open()
        #expect(try repository.isIndexEmpty())
        try fixture.write("file", "x")
        try fixture.git("add", "file")
        #expect(try repository.isTracked(fixture.path + "/file"))
        #expect(try repository.isIndexEmpty() == false)
    }

    @Test("staging adds, updates and removes, and Git sees a clean index")
    func staging() throws {
        let fixture = try TemporaryGitRepository()
        try fixture.commit(["changed": "x", "gone": "y", "folder/gone": "z", "folder/left": "l"])
        let repository = try fixture.open()
        try fixture.write("changed", "xx")
        try fixture.write("new file", "n")
        try fixture.write("folder/new", "n")
        fixture.remove("gone")
        fixture.remove("folder/gone")
        let names = ["changed", "new file", "gone", "folder", "never"]
        try repository.stage(names.map { "\(fixture.path)/\($0)" })
        let status = try fixture.git("status", "--porcelain", "--no-renames")
        #expect(
            Set(status.split(separator: "\n")) == [
                "M  changed", "A  \"new file\"", "D  gone", "D  folder/gone", "A  folder/new",
            ])
    }

    @Test("a removed folder leaves the index with all that was in it")
    func stagingRemovedFolder() throws {
        let fixture = try TemporaryGitRepository()
        try fixture.commit(["folder/a": "x", "folder/b/c": "y", "left": "z"])
        let repository = try fixture.open()
        try fixture.git("mv", "folder", "moved")
        try fixture.git("reset", "--quiet")
        try repository.stage([fixture.path + "/folder"])
        #expect(try repository.trackedPaths(under: fixture.path) == ["left"])
    }

    @Test("ignored files are staged only when they were tracked")
    func stagingIgnored() throws {
        let fixture = try TemporaryGitRepository()
        try fixture.commit([".gitignore": "*.bin\n", "old.bin": "1"])
        let repository = try fixture.open()
        try fixture.write("old.bin", "22")
        try fixture.write("new.bin", "1")
        try repository.stage([fixture.path + "/old.bin", fixture.path + "/new.bin"])
        #expect(try fixture.git("status", "--porcelain") == "M  old.bin")
    }

    @Test("names with glob characters are staged as they are")
    func stagingWeirdNames() throws {
        let fixture = try TemporaryGitRepository()
        let repository = try fixture.open()
        try fixture.write("d[x]*/f?", "1")
        try fixture.write("dx/f", "2")
        try fixture.write("ünï \n", "3")
        try repository.stage(["d[x]*", "ünï \n"].map { "\(fixture.path)/\($0)" })
        #expect(try repository.trackedPaths(under: fixture.path) == ["d[x]*/f?", "ünï \n"])
    }

    @Test("a symbolic link and an executable keep their kind")
    func stagingKinds() throws {
        let fixture = try TemporaryGitRepository()
        let repository = try fixture.open()
        try fixture.write("run", "#!/bin/sh\n")
        chmod(fixture.path + "/run", 0o755)
        symlink("run", fixture.path + "/link")
        try repository.stage([fixture.path + "/run", fixture.path + "/link"])
        let listing = try fixture.git("ls-files", "--stage")
        #expect(listing.split(separator: "\n").map { $0.prefix(6) } == ["120000", "100755"])
    }

    @Test("files of a submodule are not staged in the repository around it")
    func stagingInSubmodule() throws {
        let fixture = try TemporaryGitRepository()
        try fixture.commit(["file": "x"])
        try fixture.git(
            "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", fixture.path + "/.git", "sub")
        try fixture.git("commit", "--quiet", "-m", "submodule")
        let repository = try fixture.open()
        try fixture.write("sub/new", "n")
        try repository.stage([fixture.path + "/sub/new"])
        #expect(try fixture.git("diff", "--cached", "--name-only").isEmpty)
        #expect(try repository.untrackedFiles() == [])
        try fixture.git("submodule", "--quiet", "deinit", "--force", "sub")
        try repository.stage([fixture.path])
        #expect(try fixture.git("diff", "--cached", "--name-only").isEmpty)
    }

    @Test("a file behind a symbolic link is refused")
    func stagingBehindLink() throws {
        let fixture = try TemporaryGitRepository()
        let repository = try fixture.open()
        try fixture.write("real/file", "x")
        symlink("real", fixture.path + "/link")
        try fixture.write("other", "x")
        #expect(throws: GitError.self) {
            try repository.stage([fixture.path + "/other", fixture.path + "/link/file"])
        }
        #expect(try repository.isTracked(fixture.path + "/other") == false)
    }

    @Test("files outside of a sparse checkout stay in the index")
    func stagingSparse() throws {
        let fixture = try TemporaryGitRepository()
        try fixture.commit(["in/file": "x", "out/file": "y"])
        try fixture.git("sparse-checkout", "set", "in")
        let repository = try fixture.open()
        try fixture.write("in/new", "n")
        try repository.stage([fixture.path, fixture.path + "/out/file"])
        #expect(try fixture.git("status", "--porcelain") == "A  in/new")
    }

    @Test("an index that another process is writing is an error that says so")
    func locked() throws {
        let fixture = try TemporaryGitRepository()
        let repository = try fixture.open()
        try fixture.write("file", "x")
        try fixture.write(".git/index.lock", "")
        let error = #expect(throws: GitError.self) { try repository.stage([fixture.path + "/file"]) }
        #expect(error?.reason == .locked)
        #expect(error?.remedy != nil)
        fixture.remove(".git/index.lock")
        try repository.stage([fixture.path + "/file"])
        #expect(try fixture.git("status", "--porcelain") == "A  file")
    }
}

@Suite("Git status") struct GitStatusTests {
    @Test("a repository has changes when something is staged, changed or new, and else has none")
    func changes() throws {
        let fixture = try TemporaryGitRepository()
        let repository = try fixture.open()
        #expect(try repository.hasChanges() == false)
        try fixture.commit(["file": "x", ".gitignore": "ignored\n"])
        try fixture.write("ignored/deep", "x")
        #expect(try repository.hasChanges() == false)

        try fixture.write("file", "y")
        #expect(try repository.hasChanges())
        #expect(try repository.hasChanges(excluding: ["file"]) == false)
        try fixture.git("add", "file")
        #expect(try repository.hasChanges())
        try fixture.git("commit", "--quiet", "-m", "second")
        #expect(try repository.hasChanges() == false)

        try fixture.write("new/a", "x")
        #expect(try repository.hasChanges())
        #expect(try repository.hasChanges(excluding: ["new"]) == false)
        #expect(try repository.hasChanges(excluding: ["new/a"]) == false)
        #expect(try repository.hasChanges(excluding: ["ne", "new/b"]))
        fixture.remove("new/a")
        #expect(try repository.hasChanges() == false)

        fixture.remove("file")
        #expect(try repository.hasChanges())
    }

    @Test("a staged file counts although HEAD is unborn")
    func unborn() throws {
        let fixture = try TemporaryGitRepository()
        try fixture.write("file", "x")
        try fixture.git("add", "file")
        #expect(try fixture.open().hasChanges())
    }

    @Test("untracked files are listed one by one, ignored ones are not")
    func untracked() throws {
        let fixture = try TemporaryGitRepository()
        try fixture.commit(["tracked": "x", ".gitignore": "/data\n*.tmp\n", "d/.gitignore": "/out\n"])
        try fixture.write("data/1", "x")
        try fixture.write("d/out/1", "x")
        try fixture.write("d/in/deep/2", "x")
        try fixture.write("d/in/3.tmp", "x")
        try fixture.write("ünï \"q\"", "x")
        try fixture.write("tracked", "changed")
        try fixture.git("init", "--quiet", "nested")
        try fixture.write("nested/file", "x")
        let repository = try fixture.open()
        #expect(try repository.untrackedFiles() == ["d/in/deep/2", "nested/", "ünï \"q\""])
        let byGit = try fixture.git("ls-files", "--others", "--exclude-standard", "-z")
        #expect(try repository.untrackedFiles() == byGit.split(separator: "\0").map(String.init))
    }
}
