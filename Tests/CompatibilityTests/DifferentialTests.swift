import FileSystem
import TestSupport
import Testing

@Suite("varve beside DVC", .enabled(if: BuiltProgram.dvc != nil, "VARVE_TEST_DVC names no dvc program"))
struct DifferentialTests {
    /// How many random histories are compared.
    private static let seeds = Array(1...BuiltProgram.number("VARVE_TEST_SEEDS", default: 3))

    @Test("a random history has the same pointer files, cache and remote, and DVC finds it clean", arguments: seeds)
    func history(_ seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let mine = try TemporaryRepository()
        try mine.addRemote()
        try mine.commitAll()
        let theirs = try TemporaryRepository(copyOf: mine)
        let dvc = try #require(BuiltProgram.dvc)
        for step in 0..<5 {
            for _ in 0..<Int.random(in: 1...5, using: &generator) {
                let name = "data/\(["a", "b/c", "b/d", "e f", "ü"].randomElement(using: &generator) ?? "a")"
                let size = [0, 1, 100, 70_000].randomElement(using: &generator) ?? 1
                let bytes = (0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) }
                for repository in [mine, theirs] { try repository.write(name, bytes) }
            }
            let commands = [["add", "data"], ["push"], step % 2 == 0 ? ["checkout"] : ["commit", "--force"]]
            for command in commands {
                let ours = try mine.run([BuiltProgram.varve] + command)
                let other = try theirs.run([dvc] + command)
                #expect(ours.status == other.status, "\(ours)\n\(other)")
            }
            for repository in [mine, theirs] { try repository.commitAll("Step \(step)") }
        }
        for repository in [mine, theirs] {
            try repository.git("checkout", "--quiet", "HEAD~2")
            let program = repository === mine ? BuiltProgram.varve : dvc
            try repository.run([program, "checkout", "--force"]).succeeds()
        }
        #expect(try mine.snapshot().settled.differences(from: theirs.snapshot().settled) == [])
        #expect(try mine.dvc("status").succeeds().output.contains("up to date"))
        try theirs.varve("status").succeeds()
    }
}
