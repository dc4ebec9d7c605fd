import Documents
import TestSupport
import Testing

@Suite("metrics and params beside DVC", .enabled(if: BuiltProgram.dvc != nil, "VARVE_TEST_DVC names no dvc program"))
struct CompareWithDVCTests {
    @Test("varve prints what DVC prints, of every case of a history, in every form")
    func sameAnswers() throws {
        let repository = try CompareHistory.make()
        let dvc = try #require(BuiltProgram.dvc)
        for (folder, lines) in [(".", Self.commands), ("sub", Self.commandsBelow)] {
            for line in lines {
                let words = line.split(separator: " ").map(String.init)
                let ours = try repository.run([BuiltProgram.varve] + words, in: folder)
                let theirs = try repository.run([dvc] + words, in: folder)
                #expect(ours.status == theirs.status, "\(ours)\n\(theirs)")
                if words.contains("--json"), theirs.status == 0 {
                    #expect(try read(ours.output) == read(theirs.output), "\(line) in \(folder)")
                } else {
                    // DVC's order of files changes from run to run.
                    #expect(sorted(ours.output) == sorted(theirs.output), "\(line) in \(folder)")
                }
            }
        }
    }

    private static let commandsBelow = [
        "metrics show --json", "metrics diff one side --targets t.json u.json --json", "params diff one side",
    ]

    private static let commands = [
        "metrics show --json", "metrics show", "metrics show --md --precision 2", "metrics show -A --json",
        "metrics show -T", "metrics show -a --json", "metrics show -R sub/nested/s.json nothere sub --json",
        "metrics show --json params.yaml never.json",
        "metrics diff --json", "metrics diff", "metrics diff one side --json",
        "metrics diff one side --md --no-path --precision 3",
        "metrics diff one side --targets folder plain.json --json",
        "metrics diff HEAD HEAD --all --json", "metrics diff workspace HEAD~2 --json", "metrics diff nope",
        "params diff --json", "params diff", "params diff one side --json", "params diff one side --all --json",
        "params diff one side --md --no-path", "params diff one side --deps --json",
        "params diff one side --targets params.yaml p.py --json", "params diff side broken --json",
        "params diff broken six", "params diff badpipe six --json", "params diff HEAD HEAD --all --json",
    ]

    private func sorted(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init).sorted()
    }

    /// As text, since no NaN equals another.
    private func read(_ text: String) throws -> String {
        JSON.emitPython(try JSON.parse(text), sortKeys: true)
    }
}
