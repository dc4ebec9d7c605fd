import Basics
import Documents
import FileSystem
import Testing
import Versioning

@Suite("Git hooks") struct HookTests {
    @Test("a hook runs the varve on the PATH, or else the one that installed it")
    func script() {
        #expect(
            GitHook.prePush.script(program: "/opt/it's/varve") == """
                #!/bin/sh
                # Written by `varve install`; remove the file to uninstall it.
                command -v varve >/dev/null 2>&1 || exec '/opt/it'\\''s/varve' git-hook pre-push "$@"
                exec varve git-hook pre-push "$@"

                """)
        #expect(GitHook.isOurs(Array(GitHook.preCommit.script(program: nil).utf8)))
        #expect(!GitHook.isOurs(Array("#!/usr/bin/sh\nexec dvc git-hook pre-commit $@\n".utf8)))
    }

    @Test("only the checkout of a branch concerns data, and not in the middle of a rebase")
    func postCheckout() throws {
        try SettingsFixture.with { fixture in
            let git = fixture.path(".git")
            func concerns(_ arguments: [String], _ variables: [String: String] = [:]) -> Bool {
                GitHook.concernsData(checkoutArguments: arguments, variables: variables, gitDirectory: git)
            }
            #expect(concerns(["a", "b", "1"]))
            #expect(!concerns(["a", "b", "0"]))
            #expect(!concerns(["a", "b"]))
            #expect(concerns([], ["PRE_COMMIT_CHECKOUT_TYPE": "1"]))
            #expect(!concerns(["a", "b", "1"], ["PRE_COMMIT_CHECKOUT_TYPE": "0"]))
            try Files.makeDirectory(Paths.join(git, "rebase-merge"))
            #expect(!concerns(["a", "b", "1"]))
        }
    }

    @Test(
        "a folder takes what one side changed and what both changed alike",
        arguments: [
            (["a": 1], ["a": 1, "b": 2], ["a": 1, "c": 3], ["a": 1, "b": 2, "c": 3]),
            (["a": 1, "b": 2], ["a": 1], ["a": 5, "b": 2], ["a": 5]),
            (["a": 1], ["a": 2], ["a": 2], ["a": 2]),
            (["a": 1, "b": 2], ["b": 2], ["b": 2], ["b": 2]),
            (["a": 1], [:], ["a": 1, "a/b": 2], ["a/b": 2]),
        ] as [([RelativePath: Int], [RelativePath: Int], [RelativePath: Int], [RelativePath: Int])])
    func merge(
        ancestor: [RelativePath: Int], ours: [RelativePath: Int], theirs: [RelativePath: Int],
        expected: [RelativePath: Int]
    ) {
        let result = DirectoryMerge.merge(ancestor: ancestor, ours: ours, theirs: theirs)
        #expect(result.merged == expected)
        #expect(result.conflicts.isEmpty)
        #expect(DirectoryMerge.merge(ancestor: ancestor, ours: theirs, theirs: ours).merged == expected)
    }

    @Test("what both sides changed differently is a conflict, in the order of the paths")
    func conflicts() {
        let result = DirectoryMerge.merge(
            ancestor: ["changed": 1, "deleted": 2, "gone": 3],
            ours: ["changed": 4, "gone": 5, "new": 6, "x": 7],
            theirs: ["changed": 8, "deleted": 9, "new": 10, "x/y": 11])
        #expect(
            result.conflicts.map { "\($0.path): \($0.kind)" }
                == ["changed: changed", "deleted: deleted", "gone: deleted", "new: added", "x: fileAndFolder"])
        #expect(result.merged["changed"] == 4)
    }

    @Test("only outputs that differ in nothing but their content are merged")
    func driver() throws {
        typealias Driver = MergeDriver<Int>
        func side(_ listing: [RelativePath: Int]?, path: String = "d", isFromAdd: Bool = true) -> Driver.Side {
            Driver.Side(
                isFromAdd: isFromAdd,
                output: Driver.Output(
                    options: Mapping([("path", .string(path))]), algorithm: "md5", listing: listing))
        }
        let driver = Driver()
        let gone = Driver.Side(isFromAdd: true, output: nil)
        guard
            case .merged(let merged) = try driver.merge(
                ancestor: nil, ours: side(["a": 1]), theirs: side(["b": 2]))
        else {
            Issue.record("two additions were not merged")
            return
        }
        #expect(merged == ["a": 1, "b": 2])
        guard case .theirs = try driver.merge(ancestor: side([:]), ours: gone, theirs: side([:])),
            case .ours = try driver.merge(ancestor: side([:]), ours: side([:]), theirs: gone)
        else {
            Issue.record("a file without outputs did not give way")
            return
        }
        for (their, message) in [
            (side(["a": 2]), "unable to auto-merge the following paths:\na (both added)"),
            (side(["a": 1], path: "e"), "unable to auto-merge outputs with different options"),
            (side(nil), "unable to auto-merge outputs that are not directories"),
            (side(["a": 1], isFromAdd: false), "unable to auto-merge DVC files that weren't created by `dvc add`"),
        ] {
            #expect(throws: MergeFailure(message)) {
                try driver.merge(ancestor: nil, ours: side(["a": 1]), theirs: their)
            }
        }
    }

    @Test("hooks are installed once, never over somebody else's, and completed where one is missing")
    func installation() throws {
        try SettingsFixture.with { fixture in
            let installation = HookInstallation(git: try fixture.makeGitRepository(), program: "/opt/varve")
            try fixture.write(".git/hooks/pre-push", "#!/bin/sh\nmake test\n")
            #expect(throws: Failure.self) { try installation.installHooks() }
            #expect(try fixture.read(".git/hooks/pre-commit") == nil)
            try Files.remove(fixture.path(".git/hooks/pre-push"))
            try installation.installHooks()
            #expect(try fixture.read(".git/hooks/pre-push") == GitHook.prePush.script(program: "/opt/varve"))
            #expect(try Files.status(fixture.path(".git/hooks/post-checkout"))?.isExecutable == true)
            #expect(throws: Failure.self) { try installation.installHooks() }
            try Files.remove(fixture.path(".git/hooks/pre-commit"))
            try installation.installHooks()
            #expect(Files.exists(fixture.path(".git/hooks/pre-commit")))
            #expect(try fixture.read(".git/config")?.contains("git-hook merge-driver --ancestor %O") == true)
        }
    }

    @Test("the pre-commit tool's file keeps what is in it and gets the hooks once")
    func preCommitTool() throws {
        try SettingsFixture.with { fixture in
            let installation = HookInstallation(git: try fixture.makeGitRepository(), program: nil)
            let before = "# ours\nrepos:\n- repo: local\n  hooks:\n  - id: lint # fast\n    name: lint\n"
            try fixture.write(".pre-commit-config.yaml", before)
            try installation.installPreCommitConfiguration()
            let after = try #require(try fixture.read(".pre-commit-config.yaml"))
            #expect(after.hasPrefix(before))
            #expect(after.contains("  - id: dvc-post-checkout\n"))
            try installation.installPreCommitConfiguration()
            #expect(try fixture.read(".pre-commit-config.yaml") == after)
            for (text, count) in [("", 0), ("repos: []\n", 0), ("repos: [{repo: a}]\nfail_fast: true\n", 1)] {
                try fixture.write(".pre-commit-config.yaml", text)
                try installation.installPreCommitConfiguration()
                let value = try YAML.parse(try #require(try fixture.read(".pre-commit-config.yaml")))
                #expect(value.mapping?["repos"]?.array?.count == count + 1)
            }
            try fixture.write(".pre-commit-config.yaml", "repos:\n  - repo: a # b\n\n# c\nci:\n  x: 1\n")
            try installation.installPreCommitConfiguration()
            let indented = try #require(try fixture.read(".pre-commit-config.yaml"))
            #expect(
                indented.hasPrefix("repos:\n  - repo: a # b\n  - repo: local\n    hooks:\n    - id: dvc-pre-commit\n"))
            #expect(indented.hasSuffix("      verbose: true\n\n# c\nci:\n  x: 1\n"))
            try fixture.write(".pre-commit-config.yaml", "repos: 3\n")
            #expect(throws: Failure.self) { try installation.installPreCommitConfiguration() }
        }
    }
}
