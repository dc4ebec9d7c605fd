import FileSystem
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("The command line")
struct CommandLineTests {
    @Test("words that no command knows end with status 254, usage on standard output")
    func usageErrors() throws {
        let repository = try TemporaryRepository(.empty)
        for words in [
            ["bogus"], ["add"], ["checkout", "--bogus"], ["add", "--out"], ["init", "too", "many"], ["-x"],
        ] {
            let run = try repository.run([BuiltProgram.varve] + words).fails(status: 254)
            #expect(run.output.lowercased().contains("usage"), "\(run)")
        }
    }

    @Test("the help lists every command there is")
    func commands() {
        #expect(
            BuiltProgram.commands.sorted() == [
                "add", "cache", "check", "check-ignore", "checkout", "commit", "completion", "config", "dag", "data",
                "destroy", "diff", "doctor", "du", "fetch", "freeze", "gc", "get", "get-url", "import", "import-url",
                "init", "install", "list", "list-url", "log", "metrics", "move", "package", "params", "plan", "plots",
                "predict", "pull", "push", "remote", "remove", "report", "repro", "root", "run", "runs", "stage",
                "status",
                "unfreeze", "unprotect", "update", "version", "why",
            ])
    }

    @Test("a command outside a project ends with status 253")
    func outside() throws {
        let repository = try TemporaryRepository(.empty)
        try repository.varve("add", "x").fails(status: 253, saying: "you are not inside of a DVC repository")
    }

    @Test("a broken configuration ends with status 251")
    func configuration() throws {
        let repository = try TemporaryRepository()
        try repository.write(".dvc/config", "[core]\n    autostage = perhaps\n")
        try repository.varve("checkout").fails(status: 251)
    }

    @Test("called as dvc it answers as dvc")
    func standIn() throws {
        let repository = try TemporaryRepository()
        symlink(BuiltProgram.varve, repository.folder + "/dvc")
        try repository.write("a", "a\n")
        let run = try repository.run([repository.folder + "/dvc", "add", "a"]).succeeds()
        #expect(run.output.contains("git add"))
        #expect(try repository.run([repository.folder + "/dvc", "--help"]).output.contains("dvc"))
        #expect(repository.exists("a.dvc"))
    }

    @Test("--cd works from another folder")
    func otherFolder() throws {
        let repository = try TemporaryRepository()
        try repository.write("sub/a", "a\n")
        try repository.run([BuiltProgram.varve, "--cd", repository.path("sub"), "add", "a"], in: "..").succeeds()
        #expect(repository.exists("sub/a.dvc"))
        try repository.varve("--cd", "nowhere", "add", "a").fails(status: 255)
    }

    @Test("a Git worktree is a project of its own")
    func worktree() throws {
        let repository = try TemporaryRepository()
        try repository.write("a", "a\n")
        try repository.varve("add", "a").succeeds()
        try repository.commitAll()
        try repository.git("worktree", "add", "--quiet", "../other")
        try repository.write("../other/b", "b\n")
        try repository.varve("add", "b", in: "../other").succeeds()
        #expect(try repository.git("status", "--porcelain", "--untracked-files=all", in: "../other").contains("b.dvc"))
        #expect(
            !(try repository.git("status", "--porcelain", "--untracked-files=all", in: "../other").contains("?? b\n")))
    }

    @Test("a project works without Git")
    func withoutGit() throws {
        let repository = try TemporaryRepository(.withoutGit)
        try repository.write("data/a", "a\n")
        let run = try repository.varve("add", "data").succeeds()
        #expect(!run.output.contains("git add"))
        #expect(!repository.exists(".gitignore"))
        try repository.remove("data")
        try repository.varve("checkout").succeeds()
        #expect(try repository.read("data/a") == "a\n")
    }

    @Test("a project in a subfolder of a Git repository minds only itself")
    func subfolder() throws {
        let repository = try TemporaryRepository(.git)
        for name in ["one", "two"] {
            mkdir(repository.path(name), 0o755)
            try repository.varve("init", "--quiet", "--subdir", in: name).succeeds()
            try repository.write("\(name)/data", "\(name)\n")
            try repository.varve("add", "data", in: name).succeeds()
        }
        try repository.commitAll()
        try repository.remove("one/data")
        try repository.remove("two/data")
        try repository.varve("checkout", in: "one").succeeds()
        #expect(repository.exists("one/data"))
        #expect(!repository.exists("two/data"))
    }

    @Test("nothing is coloured where the output is no terminal, nor with NO_COLOR")
    func colour() throws {
        let repository = try TemporaryRepository()
        try repository.write("a", "a\n")
        for run in [
            try repository.varve("add", "a", with: ["NO_COLOR": "1", "TERM": "xterm-256color"]),
            try repository.varve("add", "missing", with: ["TERM": "xterm-256color"]),
        ] {
            #expect(!run.output.utf8.contains(0x1b))
            #expect(!run.errors.utf8.contains(0x1b))
        }
    }

    @Test("a closed reader of the output ends the command quietly")
    func brokenPipe() throws {
        let repository = try TemporaryRepository()
        let run = try repository.shell("\"$varve\" help | head -c 1 > ../first; true").succeeds()
        #expect(!run.errors.contains("Fatal"))
    }

    @Test("neither checking out nor adding runs another program", .enabled(if: Tracing.isPossible))
    func runsNothing() throws {
        let repository = try TemporaryRepository()
        for name in ["git", "sh", "ssh", "less"] { try repository.write(name, "#!/bin/sh\ntouch owned\n") }
        try repository.shell("chmod +x git sh ssh less").succeeds()
        try repository.shell(
            "mkdir -p .git/hooks && cp git .git/hooks/post-checkout && git config core.fsmonitor ./git && git config core.sshCommand ./ssh"
        ).succeeds()
        try repository.write("data/a", "a\n")
        try repository.write("dvc.yaml", "stages:\n  s:\n    cmd: touch owned\n    outs:\n    - made\n")
        let commands = [
            ["add", "data"], ["checkout"], ["status"], ["diff"], ["data", "status"], ["pull"], ["list", "."],
            ["check-ignore", "x"],
        ]
        for command in commands {
            let trace = repository.folder + "/tmp/trace"
            try repository.run(
                ["strace", "-f", "-e", "trace=execve,execveat", "-o", trace, BuiltProgram.varve] + command,
                with: ["PATH": ".:" + (BuiltProgram.variable("PATH") ?? "/usr/bin:/bin")])
            let lines = String(decoding: try Files.read(trace), as: UTF8.self).split(separator: "\n")
            #expect(lines.count { $0.contains("execve") } == 1, "\(command): \(lines.joined(separator: "\n"))")
        }
        #expect(!repository.exists("owned"))
    }
}

enum Tracing {
    static let isPossible: Bool = {
        guard let repository = try? TemporaryRepository(.empty) else { return false }
        return (try? repository.run(["strace", "-o", "/dev/null", "true"]))?.status == 0
    }()
}
