import FileSystem
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("A run of stages that is killed") struct ReproKillTests {
    @Test("ends with the lock file of a run in peace, however often and whenever varve is killed", arguments: 1...4)
    func killed(_ seed: UInt64) throws {
        let pipeline = RandomPipeline(seed: seed)
        // Long enough that a kill meets a command at work, and half-written outputs.
        let text = pipeline.text.replacing("; echo", with: "; sleep 0.05; echo")
        func project() throws -> TemporaryRepository {
            let repository = try TemporaryRepository()
            try repository.write("in", "in\n")
            try repository.write("dvc.yaml", text)
            return repository
        }
        let (calm, disturbed) = (try project(), try project())
        try calm.varve("repro").succeeds()
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<5 {
            let running = try disturbed.start([BuiltProgram.varve, "repro", "--jobs", "3"])
            usleep(UInt32.random(in: 10_000...400_000, using: &generator))
            kill(running.id, SIGKILL)
            _ = running.wait()
        }
        try disturbed.varve("repro", "--jobs", "3").succeeds()
        #expect(try disturbed.read("dvc.lock") == calm.read("dvc.lock"))
        for number in 0..<pipeline.count {
            #expect(try disturbed.read("o\(number)") == calm.read("o\(number)"))
        }
        #expect(try disturbed.snapshot().misnamedObjects == [])
        try disturbed.varve("status").prints("Data and pipelines are up to date.\n")
    }

    @Test("runs the stage anew whose own command was killed")
    func killedCommand() throws {
        let repository = try TemporaryRepository()
        try repository.write(
            "dvc.yaml",
            "stages:\n  a:\n    cmd: echo half > out; test -e go || kill -9 $$; echo whole > out\n    outs: [out]\n")
        try repository.varve("repro").fails(status: 255)
        #expect(!repository.exists("dvc.lock"))
        try repository.write("go", "")
        try repository.varve("repro").succeeds()
        #expect(try repository.read("out") == "whole\n")
    }
}
