import Documents
import FileSystem
import TestSupport
import Testing

@Suite("varve beside DVC", .enabled(if: BuiltProgram.dvc != nil, "VARVE_TEST_DVC names no dvc program"))
struct DifferentialTests {
    /// How many random histories are compared.
    private static let seeds = Array(1...BuiltProgram.number("VARVE_TEST_SEEDS", default: 2))

    @Test("a random history has the same pointer files, cache and remote, and DVC finds it clean", arguments: seeds)
    func history(_ seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let mine = try TemporaryRepository()
        try mine.addRemote()
        try mine.commitAll()
        let theirs = try TemporaryRepository(copyOf: mine)
        let dvc = try #require(BuiltProgram.dvc)
        for step in 0..<4 {
            try change([mine, theirs], with: &generator)
            for command in [["add", "data"], ["push"], step % 2 == 0 ? ["checkout"] : ["commit", "--force"]] {
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
        #expect(try theirs.varve("status").succeeds().output.contains("up to date"))
    }

    @Test("DVC and varve tell the same of the same changes, and pull the same from the same remote")
    func reports() throws {
        var generator = SeededGenerator(seed: 7)
        let dvc = try #require(BuiltProgram.dvc)
        let repository = try TemporaryRepository()
        try repository.addRemote()
        try change([repository], with: &generator)
        try repository.varve("add", "data").succeeds()
        try repository.commitAll("One")
        try repository.varve("push").succeeds()

        try repository.git("clone", "--quiet", ".", "../mine")
        try repository.git("clone", "--quiet", ".", "../theirs")
        try repository.varve("pull", in: "../mine").succeeds()
        try repository.dvc("pull", in: "../theirs").succeeds()
        let pulled = try TreeSnapshot(of: repository.path("../mine"), skipping: [".git", ".dvc/tmp"])
        let theirs = try TreeSnapshot(of: repository.path("../theirs"), skipping: [".git", ".dvc/tmp"])
        #expect(pulled.differences(from: theirs) == [])

        try change([repository], with: &generator)
        try repository.write("data/new", "new\n")
        for command in [["data", "status", "--granular", "--json"], ["diff", "--json"], ["status", "--json"]] {
            let ours = try repository.run([BuiltProgram.varve] + command)
            let other = try repository.run([dvc] + command)
            #expect(ours.status == other.status, "\(ours)\n\(other)")
            #expect(try sorted(ours.output) == sorted(other.output), "\(command)")
        }
    }

    @Test("after varve collected garbage, DVC has all that it needs and finds all clean")
    func garbage() throws {
        var generator = SeededGenerator(seed: 11)
        let repository = try TemporaryRepository()
        try repository.addRemote()
        for step in 0..<2 {
            try change([repository], with: &generator)
            try repository.varve("add", "data").succeeds()
            try repository.varve("push").succeeds()
            try repository.commitAll("Step \(step)")
        }
        try repository.varve("gc", "--workspace", "--cloud", "--force").succeeds()
        #expect(try repository.dvc("status").succeeds().output.contains("up to date"))
        #expect(try repository.dvc("status", "--cloud").succeeds().output.contains("in sync"))
        try repository.remove("data")
        try repository.dvc("checkout").succeeds()
    }

    /// Writes the same random files into the same places of all repositories.
    private func change(_ repositories: [TemporaryRepository], with generator: inout SeededGenerator) throws {
        for _ in 0..<Int.random(in: 1...5, using: &generator) {
            let name = "data/\(["a", "b/c", "b/d", "e f", "ü"].randomElement(using: &generator) ?? "a")"
            let size = [0, 1, 100, 70_000].randomElement(using: &generator) ?? 1
            let bytes = (0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) }
            for repository in repositories { try repository.write(name, bytes) }
        }
    }

    /// JSON with all lists in one order, since DVC's order changes from run to run.
    private func sorted(_ text: String) throws -> Value { Self.sorted(try JSON.parse(text)) }

    private static func sorted(_ value: Value) -> Value {
        switch value {
        case .array(let items):
            .array(items.map(sorted).sorted { JSON.emitPython($0) < JSON.emitPython($1) })
        case .mapping(let mapping):
            .mapping(
                Mapping(
                    mapping.entries.map { ($0.key, sorted($0.value)) }
                        .sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }))
        default: value
        }
    }
}
