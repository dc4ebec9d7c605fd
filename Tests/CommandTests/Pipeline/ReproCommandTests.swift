import FileSystem
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("varve repro") struct ReproCommandTests {
    private func waits(for condition: () -> Bool) -> Bool {
        for _ in 0..<2000 {
            if condition() { return true }
            usleep(10_000)
        }
        return false
    }

    @Test("a pipeline that was added by commands runs, and a second time nothing does")
    func first() throws {
        let repository = try TemporaryRepository()
        try repository.write("in", "1\n")
        try repository.varve("stage", "add", "-q", "-n", "copy", "-d", "in", "-o", "out", "cp in out").succeeds()
        try repository.varve("repro").prints(
            """
            Running stage 'copy':
            > cp in out
            Generating lock file 'dvc.lock'
            Updating lock file 'dvc.lock'

            To track the changes with git, run:

            \tgit add dvc.lock

            To enable auto staging, run:

            \tdvc config core.autostage true
            Use `dvc push` to send your updates to remote storage.

            """)
        try repository.varve("repro").prints(
            "Stage 'copy' didn't change, skipping\nData and pipelines are up to date.\n")
        try repository.varve("stage", "list").prints("copy  Outputs out\n")
    }

    @Test("Ctrl-C ends the command and all it started, and the stage runs anew")
    func interruption() throws {
        let repository = try TemporaryRepository()
        try repository.write(
            "dvc.yaml",
            "stages:\n  a:\n    cmd: echo part > out; test -e go || { sleep 600 & echo $! > child; wait; }; echo all > out\n"
                + "    outs: [out]\n")
        let running = try repository.start([BuiltProgram.varve, "repro"])
        #expect(waits { (try? repository.read("child").hasSuffix("\n")) == true })
        kill(running.id, SIGINT)
        running.wait().fails(status: 252)
        let child = try #require(Int32(repository.read("child").split(separator: "\n")[0]))
        #expect(waits { kill(child, 0) != 0 })
        #expect(!repository.exists("dvc.lock") && !repository.exists(".dvc/cache/files/md5"))
        try repository.write("go", "")
        let again = try repository.varve("repro").succeeds()
        #expect(again.errors.contains("stage 'a' was interrupted in its last run; it runs anew"))
        #expect(try repository.read("out") == "all\n")
    }

    @Test("killed at any moment, the next run ends with the lock file of an undisturbed one", arguments: 0..<6)
    func killed(_ moment: UInt32) throws {
        let pipeline = """
            stages:
              a:
                cmd: echo 1 > a; sleep 0.1; echo 2 >> a
                outs: [a]
              b:
                cmd: mkdir b; cp a b/1; sleep 0.1; cp a b/2
                deps: [a]
                outs: [b]
              c:
                cmd: cat b/1 b/2 > c
                deps: [b]
                outs: [c]
            """
        let calm = try TemporaryRepository(.withoutGit)
        try calm.write("dvc.yaml", pipeline)
        try calm.varve("repro").succeeds()
        let disturbed = try TemporaryRepository(.withoutGit)
        try disturbed.write("dvc.yaml", pipeline)
        let running = try disturbed.start([BuiltProgram.varve, "repro"])
        usleep(20_000 + moment * 55_000)
        running.stop()
        running.wait()
        try disturbed.varve("repro").succeeds()
        #expect(try disturbed.read("dvc.lock") == calm.read("dvc.lock"))
        #expect(try disturbed.snapshot().misnamedObjects == [])
        try disturbed.varve("repro").prints(
            "Stage 'a' didn't change, skipping\nStage 'b' didn't change, skipping\n"
                + "Stage 'c' didn't change, skipping\nData and pipelines are up to date.\n")
    }

    @Test("two runs wait for each other where they touch the same stage, and it runs once")
    func together() throws {
        let repository = try TemporaryRepository(.withoutGit)
        try repository.write(
            "dvc.yaml", "stages:\n  a:\n    cmd: echo x >> ran; sleep 0.5; echo 1 > a\n    outs: [a]\n")
        let processes = try (0..<3).map { _ in try repository.start([BuiltProgram.varve, "repro"]) }
        for process in processes { process.wait().succeeds() }
        #expect(try repository.read("ran") == "x\n")
    }

    @Test("why names what changed, with old and new value")
    func why() throws {
        let repository = try TemporaryRepository(.withoutGit)
        try repository.write("params.yaml", "lr: 1\n")
        try repository.varve("stage", "add", "-q", "-n", "s", "-p", "lr", "-o", "o", "echo > o").succeeds()
        try repository.varve("repro", "-q").succeeds()
        try repository.varve("why").prints("s: up to date\n")
        try repository.write("params.yaml", "lr: 2\n")
        let told = try repository.varve("why").succeeds()
        #expect(told.output.hasPrefix("s: must run\n  parameter  modified  params.yaml:lr  1 -> 2\n"))
        try repository.varve("repro", "-q").succeeds()
        try repository.write("params.yaml", "lr: 1\n")
        #expect(try repository.varve("why").output.contains("in the run cache and would be restored"))
        let plan = try repository.varve("plan", "--json").succeeds()
        #expect(plan.output.contains(#""action": "restore""#))
    }

    @Test("an unreadable stage file is told with line, column and the line itself")
    func schema() throws {
        let repository = try TemporaryRepository()
        try repository.write("dvc.yaml", "stages:\n  a:\n    cmd: echo\n    outz: [x]\n")
        try repository.varve("repro").fails(status: 255, saying: "line 4, column 11")
    }
}
