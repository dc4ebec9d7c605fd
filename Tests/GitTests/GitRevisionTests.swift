import Git
import Testing

@Suite("Git revisions") struct GitRevisionTests {
    @Test("any expression that names a commit resolves to it")
    func expressions() throws {
        let fixture = try TemporaryGitRepository()
        let first = try fixture.commit(["file": "1"], "first", date: 1000)
        let second = try fixture.commit(["file": "2"], "second", date: 2000)
        try fixture.git("tag", "light", first)
        try fixture.git("tag", "-a", "annotated", "-m", "release", first)
        try fixture.git("branch", "topic/one", first)
        let repository = try fixture.open()
        let expected = [
            "HEAD": second, "main": second, "HEAD~1": first, "main^": first, "light": first, "annotated": first,
            "annotated^{}": first, "refs/tags/annotated": first, "topic/one": first, "heads/topic/one": first,
            first: first, String(first.prefix(7)): first, "main@{1}": first, ":/first": first, "@": second,
            "HEAD^{/first}": first,
        ]
        for (expression, commit) in expected {
            #expect(try repository.resolve(expression).name.hex == commit, "\(expression)")
        }
    }

    @Test("what names no commit is an unknown revision")
    func unknown() throws {
        let fixture = try TemporaryGitRepository()
        try fixture.commit(["file": "1"])
        let repository = try fixture.open()
        let expressions = [
            "nope", "", "HEAD~7", "HEAD:file", "HEAD^{tree}", "main@{", "a b", "..", "refs/heads", "~", "HEAD\0x",
            "0123456789012345678901234567890123456789", "deadbeef", "-n", "HEAD^{/nothing}", ":/nothing", "a..b",
        ]
        for expression in expressions {
            let error = #expect(throws: GitError.self, "\(expression)") { try repository.resolve(expression) }
            #expect(error?.summary == "unknown Git revision '\(expression)'")
        }
    }

    @Test("a branch of exactly one remote resolves by its short name")
    func remoteBranch() throws {
        let fixture = try TemporaryGitRepository()
        let first = try fixture.commit(["file": "1"], date: 1000)
        let second = try fixture.commit(["file": "2"], date: 2000)
        for name in ["origin", "fork"] { try fixture.git("remote", "add", name, "https://example.org/\(name)") }
        try fixture.git("update-ref", "refs/remotes/origin/topic", first)
        try fixture.git("update-ref", "refs/remotes/origin/both", first)
        try fixture.git("update-ref", "refs/remotes/fork/both", second)
        let repository = try fixture.open()
        #expect(try repository.resolve("topic").name.hex == first)
        let error = #expect(throws: GitError.self) { try repository.resolve("both") }
        #expect(error?.summary == "ambiguous Git revision 'both'")
    }

    @Test("an abbreviated name that a commit shares with a file means the commit")
    func sharedPrefix() throws {
        let fixture = try TemporaryGitRepository()
        let commit = try fixture.commit(["file": "1"])
        let prefix = String(commit.prefix(4))
        // This text was searched for: a blob of it has the first four digits of the commit, which is always the same.
        try fixture.write("same", "32713")
        let blob = try fixture.git("hash-object", "-w", "same")
        try #require(blob.hasPrefix(prefix))
        let repository = try fixture.open()
        #expect(try repository.resolve(prefix).name.hex == commit)
        #expect(try repository.resolve(prefix + "^{commit}").name.hex == commit)
        #expect(throws: GitError.self) { try repository.resolve(prefix + "~1") }
    }

    @Test("an abbreviated name that two commits share is ambiguous")
    func ambiguousCommits() throws {
        let fixture = try TemporaryGitRepository()
        let tree = try fixture.git("write-tree")
        // These dates were searched for: the names of the two commits begin alike.
        let names = try [1_000_082, 1_000_216].map { try fixture.git("commit-tree", tree, "-m", "x", date: $0) }
        let prefix = String(names[0].prefix(4))
        try #require(names[1].hasPrefix(prefix) && names[0] != names[1])
        let error = #expect(throws: GitError.self) { try fixture.open().resolve(prefix) }
        #expect(error?.reason == .ambiguousRevision(prefix))
    }

    @Test("a commit is read whole")
    func commit() throws {
        let fixture = try TemporaryGitRepository()
        let first = try fixture.commit(["file": "1"], "first\n\nwith a body", date: 1_700_000_000)
        try fixture.git("checkout", "--quiet", "-b", "side")
        let side = try fixture.commit(["side": "2"])
        try fixture.git("checkout", "--quiet", "main")
        try fixture.git("merge", "--quiet", "--no-ff", "-m", "merge", "side")
        let repository = try fixture.open()
        let commit = try repository.resolve(first)
        #expect(commit.name.hex == first)
        #expect(commit.name.short == String(first.prefix(7)))
        #expect(commit.subject == "first")
        #expect(commit.message == "first\n\nwith a body\n")
        #expect(commit.time == 1_700_000_000)
        #expect(commit.author.name == "Ada")
        #expect(commit.author.email == "ada@example.org")
        #expect(commit.author.offset == 60)
        #expect(commit.committer.name == "Cyd")
        #expect(commit.parents.isEmpty)
        #expect(try repository.resolve("main").parents.map(\.hex) == [first, side])
        #expect(GitObjectName(hex: first) == commit.name)
        #expect(GitObjectName(hex: "nonsense") == nil)
    }

    @Test("HEAD is unborn, on a branch, or detached")
    func head() throws {
        let fixture = try TemporaryGitRepository()
        let repository = try fixture.open()
        #expect(try repository.head() == nil)
        #expect(try repository.headBranchName() == "main")
        #expect(try repository.allCommits().isEmpty)
        let error = #expect(throws: GitError.self) { try repository.resolve("HEAD") }
        #expect(error?.reason == .unknownRevision("HEAD"))
        let commit = try fixture.commit(["file": "1"])
        #expect(try repository.head()?.name.hex == commit)
        try fixture.git("checkout", "--quiet", "--detach")
        #expect(try repository.head()?.name.hex == commit)
        #expect(try repository.headBranchName() == nil)
    }

    @Test("references are found packed and loose, sorted by the bytes of their names")
    func packedReferences() throws {
        let fixture = try TemporaryGitRepository()
        let first = try fixture.commit(["file": "1"], date: 1000)
        try fixture.git("branch", "b/deep")
        try fixture.git("branch", "Z")
        try fixture.git("tag", "-a", "v2", "-m", "annotated")
        try fixture.git("tag", "v1")
        try fixture.git("tag", "of-a-tree", "HEAD^{tree}")
        try fixture.git("update-ref", "refs/exps/ab/cdef/name", first)
        try fixture.git("pack-refs", "--all")
        let second = try fixture.commit(["file": "2"], date: 2000)
        try fixture.git("branch", "a")
        try fixture.git("update-ref", "refs/exps/exec/EXEC_HEAD", second)
        let repository = try fixture.open()
        #expect(try repository.branches().map(\.name) == ["Z", "a", "b/deep", "main"])
        #expect(try repository.branches().map(\.commit.name.hex) == [first, second, first, second])
        #expect(try repository.tags().map(\.name) == ["v1", "v2"])
        #expect(try repository.tags().map(\.commit.name.hex) == [first, first])
        let experiments = try repository.experimentReferences()
        #expect(experiments.map(\.name) == ["refs/exps/ab/cdef/name", "refs/exps/exec/EXEC_HEAD"])
        #expect(experiments.map(\.target.hex) == [first, second])
    }

    @Test("all commits are those of HEAD, branches, tags and remotes, newest first, without experiments")
    func allCommits() throws {
        let fixture = try TemporaryGitRepository()
        let base = try fixture.commit(["file": "1"], date: 1000)
        try fixture.git("checkout", "--quiet", "-b", "side")
        let side = try fixture.commit(["file": "side"], date: 3000)
        try fixture.git("checkout", "--quiet", "main")
        let main = try fixture.commit(["file": "main"], date: 2000)
        try fixture.git("merge", "--quiet", "-s", "ours", "-m", "merge", "side", date: 4000)
        let merge = try fixture.git("rev-parse", "HEAD")
        try fixture.git("checkout", "--quiet", "--detach")
        let tagged = try fixture.commit(["file": "tagged"], date: 5000)
        try fixture.git("tag", "-a", "t", "-m", "t")
        try fixture.git("checkout", "--quiet", "--detach", "main")
        let remote = try fixture.commit(["file": "remote"], date: 6000)
        try fixture.git("update-ref", "refs/remotes/origin/main", remote)
        try fixture.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/gone")
        let experiment = try fixture.commit(["file": "experiment"], date: 7000)
        try fixture.git("update-ref", "refs/exps/ab/cd/name", experiment)
        try fixture.git("checkout", "--quiet", "main")
        let repository = try fixture.open()
        #expect(try repository.allCommits().map(\.name.hex) == [remote, tagged, merge, side, main, base])
        #expect(try repository.commits(since: 4000).map(\.name.hex) == [remote, tagged, merge])
        let head = try #require(try repository.head())
        #expect(try repository.ancestors(of: head).map(\.name.hex) == [merge, main, base])
        #expect(try repository.ancestors(of: head, limit: 2).map(\.name.hex) == [merge, main])
        #expect(try repository.ancestors(of: head, limit: 0).isEmpty)
    }

    @Test("history ends where a shallow clone does")
    func shallow() throws {
        let fixture = try TemporaryGitRepository()
        try fixture.commit(["file": "1"], date: 1000)
        let second = try fixture.commit(["file": "2"], date: 2000)
        let third = try fixture.commit(["file": "3"], date: 3000)
        try fixture.git("clone", "--quiet", "--depth=2", "file://\(fixture.path)", "../shallow")
        let repository = try GitRepository.open(at: fixture.folder + "/shallow")
        #expect(try repository.allCommits().map(\.name.hex) == [third, second])
        let head = try #require(try repository.head())
        #expect(try repository.ancestors(of: head).map(\.name.hex) == [third, second])
    }

    @Test("a missing commit is an error where the clone is whole")
    func missingParent() throws {
        let fixture = try TemporaryGitRepository()
        let first = try fixture.commit(["file": "1"], date: 1000)
        try fixture.commit(["file": "2"], date: 2000)
        fixture.remove(".git/objects/\(first.prefix(2))/\(first.dropFirst(2))")
        let error = #expect(throws: GitError.self) { try fixture.open().allCommits() }
        #expect(error?.reason == .missingObject)
    }
}
