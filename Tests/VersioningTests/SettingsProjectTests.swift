import Basics
import FileSystem
import Git
import Testing
import Versioning

@Suite("init, destroy and doctor") struct SettingsProjectTests {
    @Test("a project without Git has its settings, an empty btime and .dvcignore, and nothing else")
    func withoutGit() throws {
        try SettingsFixture.with(inRepository: false) { fixture in
            var options = ProjectCreation.Options()
            options.isWithoutGit = true
            try fixture.creation("p", options).run()
            #expect(try fixture.read("p/.dvc/config") == "[core]\n    no_scm = True\n")
            #expect(try fixture.read("p/.dvc/tmp/btime") == "")
            #expect(try fixture.read("p/.dvc/.gitignore") == nil)
            #expect(try fixture.read("p/.dvcignore")?.hasPrefix("# Add patterns of files dvc should ignore") == true)
            #expect(try ProjectFolder.find(from: fixture.path("p/.dvc/tmp")) == fixture.path("p"))
            #expect(throws: Failure("failed to initiate DVC - 'p/.dvc' exists. Use `-f` to force.")) {
                try fixture.creation("p", options).run()
            }
            options.isInSubfolder = true
            #expect(throws: Failure.self) { try fixture.creation("q", options).run() }
        }
    }

    @Test("a project with Git hides its inner files from Git and stages the others")
    func withGit() throws {
        try SettingsFixture.with(inRepository: false) { fixture in
            let git = try fixture.makeGitRepository()
            try fixture.creation(".", ProjectCreation.Options()).run()
            #expect(try fixture.read(".dvc/.gitignore") == "/config.local\n/tmp\n/cache\n")
            #expect(try fixture.read(".dvc/config") == "")
            #expect(
                try git.trackedPaths(under: fixture.root) == [".dvc/.gitignore", ".dvc/config", ".dvcignore"])
        }
    }

    @Test("a subfolder of a Git repository needs to be asked for, and an ignored .dvc is refused")
    func subfolder() throws {
        try SettingsFixture.with(inRepository: false) { fixture in
            _ = try fixture.makeGitRepository()
            try Files.makeDirectory(fixture.path("sub"))
            var options = ProjectCreation.Options()
            #expect(throws: Failure.self) { try fixture.creation("sub", options).run() }
            #expect(!Files.exists(fixture.path("sub/.dvc")))
            options.isInSubfolder = true
            try fixture.creation("sub", options).run()
            #expect(Files.exists(fixture.path("sub/.dvc/config")))
            try fixture.write(".gitignore", ".dvc\n")
            #expect(throws: Failure.self) { try fixture.creation(".", ProjectCreation.Options()).run() }
        }
    }

    @Test("replacing a project removes its cache but no data that the workspace links to")
    func replacing() throws {
        try SettingsFixture.with(inRepository: false) { fixture in
            try fixture.write("p/.dvc/config.local", "[core]\n")
            try fixture.write("p/.dvc/cache/files/md5/aa/bb", "linked\n")
            try fixture.write("p/.dvc/cache/files/md5/cc/dd", "hard\n")
            let object = fixture.path("p/.dvc/cache/files/md5/aa/bb")
            try Files.setMode(object, 0o444)
            try Linker.make(.symlink, from: object, to: fixture.path("p/data"), mode: 0o644)
            try Linker.make(
                .hardlink, from: fixture.path("p/.dvc/cache/files/md5/cc/dd"), to: fixture.path("p/hard"), mode: 0o644)
            var options = ProjectCreation.Options()
            options.isWithoutGit = true
            options.replacesExisting = true
            try fixture.creation("p", options).run()
            #expect(!Files.exists(fixture.path("p/.dvc/cache")))
            #expect(!Files.exists(fixture.path("p/.dvc/config.local")))
            #expect(try fixture.read("p/data") == "linked\n")
            #expect(try Files.status(fixture.path("p/data"))?.kind == .file)
            #expect(try fixture.read("p/hard") == "hard\n")
        }
    }

    @Test("destroying deletes what describes the data, not the data")
    func destroying() throws {
        try SettingsFixture.with { fixture in
            for name in [
                "a", "a.dvc", "dvc.yaml", "dvc.lock", "s/b.dvc", ".dvcignore", ".gitignore", "nested/.dvc/config",
            ] {
                try fixture.write(name, "x")
            }
            try fixture.write("nested/c.dvc", "x")
            let removal = ProjectRemoval(root: fixture.root, settings: try fixture.store.load())
            try removal.run(projectFiles: removal.projectFiles())
            #expect(try Files.names(in: fixture.root) == [".gitignore", "a", "nested", "s"])
            #expect(try Files.names(in: fixture.path("s")) == [])
            #expect(Files.exists(fixture.path("nested/c.dvc")))
        }
    }

    @Test("outside of a project the search names the mount point")
    func outside() throws {
        let error = #expect(throws: NotAProject.self) { try ProjectFolder.find(from: "/") }
        #expect(error?.summary == "you are not inside of a DVC repository (checked up to mount point '/')")
        #expect(error?.category == .notARepository)
        #expect(throws: NotAProject(reason: .missing("/nosuch-folder"))) {
            try ProjectFolder.find(from: "/nosuch-folder")
        }
    }

    @Test("a checkup finds secrets and leftovers, and shows no secret")
    func checkup() throws {
        try SettingsFixture.with { fixture in
            try fixture.write(
                ".dvc/config",
                "[remote \"s\"]\nurl = https://me:CANARY@h/x\npassword = CANARY\n[remote \"w\"]\nurl = webdav://h/x\n"
                    + "bearer_token_command = echo CANARY\n[cache]\ndir = /elsewhere\n")
            try fixture.write(".dvc/tmp/\(TemporaryName.make())", "12345")
            let checkup = ProjectCheckup(root: fixture.root, environment: fixture.environment)
            let findings = checkup.findings()
            let text = findings.map { "\($0.verdict) \($0.subject): \($0.detail) \($0.remedy ?? "")" }
            #expect(!text.joined().contains("CANARY"))
            #expect(
                text.contains(
                    "problem secrets: '.dvc/config' goes into Git and holds remote.s.url, remote.s.password "
                        + "unset them there and set them again with `--local`"))
            #expect(text.contains("note settings: '.dvc/config' keeps the cache outside of the project: '/elsewhere' "))
            #expect(text.contains("note settings: '.dvc/config' runs a command for the token of remote 'w' "))
            #expect(findings.contains { $0.subject == "temporary files" && $0.detail.hasPrefix("1 of 5 bytes") })
            try fixture.write(".dvc/config", "[core]\nnosuch = 1\n")
            #expect(checkup.findings().first?.verdict == .problem)
        }
    }

    @Test("the volume of a path is the one mounted nearest, and the last of two at one place")
    func volume() {
        let mounts = Array(
            "/dev/vda / ext4 rw 0 0\ntmpfs /tmp tmpfs rw 0 0\n/dev/b /mnt/a\\040b xfs rw 0 0\nx /tmp btrfs rw 0 0\n"
                .utf8)
        #expect(Volume.of("/tmp/x", inMounts: mounts)?.description == "btrfs on x")
        #expect(Volume.of("/tmpx", inMounts: mounts)?.description == "ext4 on /dev/vda")
        #expect(Volume.of("/mnt/a b/c", inMounts: mounts)?.description == "xfs on /dev/b")
        #expect(Volume.of("/", inMounts: []) == nil)
    }
}

extension SettingsFixture {
    /// The least that is a Git repository, made without the program.
    func makeGitRepository() throws -> GitRepository {
        try write(".git/HEAD", "ref: refs/heads/main\n")
        try write(".git/config", "[core]\n\trepositoryformatversion = 0\n\tbare = false\n")
        try Files.makeDirectory(path(".git/objects"))
        try Files.makeDirectory(path(".git/refs"))
        return try GitRepository.open(at: root)
    }

    func creation(_ folder: String, _ options: ProjectCreation.Options) -> ProjectCreation {
        ProjectCreation(folder: folder, options: options, environment: environment)
    }
}
