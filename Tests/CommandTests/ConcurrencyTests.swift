import FileSystem
import TestSupport
import Testing

@Suite("Several commands at once")
struct ConcurrencyTests {
    @Test("adding different files at once records them all")
    func parallelAdds() throws {
        let repository = try TemporaryRepository()
        for number in 0..<6 { try repository.write("file\(number)", "content \(number)\n") }
        let processes = try (0..<6).map {
            try repository.start([BuiltProgram.varve, "--wait-for-lock", "add", "file\($0)"])
        }
        for process in processes { process.wait().succeeds() }
        let ignored = try repository.read(".gitignore")
        for number in 0..<6 {
            #expect(repository.exists("file\(number).dvc"))
            #expect(ignored.contains("/file\(number)\n"))
        }
        #expect(try repository.snapshot().misnamedObjects == [])
    }

    @Test("adding and checking out at once leave what is recorded")
    func mixture() throws {
        let repository = try TemporaryRepository()
        for number in 0..<10 { try repository.write("data/\(number)", "content \(number)\n") }
        try repository.varve("add", "data").succeeds()
        let after = try repository.snapshot()
        let commands = [
            ["add", "data"], ["checkout"], ["checkout", "--relink"], ["add", "data"], ["check-ignore", "x"],
        ]
        let processes = try commands.map { try repository.start([BuiltProgram.varve, "--wait-for-lock"] + $0) }
        for process in processes { process.wait().ends() }
        #expect(try repository.snapshot().differences(from: after) == [])
    }

    @Test("a command says whom it waits for, and goes on when the other ends")
    func waiting() throws {
        let repository = try TemporaryRepository()
        try repository.write("a", "a\n")
        try repository.varve("add", "a").succeeds()
        let lock = repository.path(".dvc/tmp/lock")
        let holder = try FileLock.acquire(lock, wait: .seconds(5)) { _ in }
        let waiting = try repository.start([BuiltProgram.varve, "--wait-for-lock", "add", "a"])
        let hasEnded = waiting.hasEnded(within: 2)
        #expect(!hasEnded, "it did not wait")
        holder.release()
        waiting.wait().succeeds()
    }
}
