import Basics
import Documents
import FileSystem
import Testing
import Tracking

@Suite("A live log")
struct LiveLogTests {
    // MARK: DVCLive's own answers; Fixtures/make.py asks it

    struct GoldenCase: Sendable, CustomTestStringConvertible {
        let name: String
        let operations: [Value]
        let files: Mapping
        var testDescription: String { name }
    }

    static let golden: [GoldenCase] = {
        let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")
        let bytes = (try? Files.read("/\(folder)/Fixtures/live.json")) ?? []
        let cases = (try? JSON.parse(bytes))?.array ?? []
        return cases.compactMap(\.mapping).map { one in
            GoldenCase(
                name: one["name"]?.string ?? "", operations: one["operations"]?.array ?? [],
                files: one["files"]?.mapping ?? Mapping())
        }
    }()

    @Test("there are cases to compare with")
    func hasCases() { #expect(Self.golden.count > 12) }

    @Test("leaves behind, byte for byte, what DVCLive leaves", arguments: golden)
    func isAsDVCLives(_ golden: GoldenCase) throws {
        let folder = TemporaryFolder()
        var log = try LiveLog(folder: folder.path, resume: false)
        for operation in golden.operations {
            let words = try #require(operation.array)
            let name = words.count > 1 ? words[1].string ?? "" : ""
            switch words[0].string {
            case "log": try log.log(name, value: metric(words[2]))
            case "plain": try log.log(name, value: metric(words[2]), hasHistory: false)
            case "stamped": try log.log(name, value: metric(words[2]), timestamp: true)
            case "next": try log.nextStep()
            case "finish": try log.finish()
            case "move": log.move(to: try #require(words[1].int))
            case "parameters": try log.log(parameters: try #require(words[1].mapping))
            case "resume": log = try LiveLog(folder: folder.path, resume: true)
            case "anew": log = try LiveLog(folder: folder.path, resume: false)
            default: Issue.record("unknown operation \(operation)")
            }
        }
        var files = try folder.files()
        for (path, text) in files where text.hasPrefix("timestamp\t") {
            files[path] = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
                let isStamped = line.prefix { $0.isNumber }.count == 13
                return isStamped ? "T" + line.dropFirst(13) : String(line)
            }.joined(separator: "\n")
        }
        #expect(files.keys.sorted() == golden.files.keys.sorted())
        for (path, text) in golden.files.entries { #expect(files[path] == text.string, "\(path)") }
    }

    private func metric(_ value: Value) throws -> MetricValue {
        switch value {
        case .int(let integer): return .integer(integer)
        case .float(let number): return .number(number)
        default: return .word(try #require(value.string))
        }
    }

    // MARK: Going on

    @Test("goes on behind the only complete step, where DVCLive would count it twice")
    func resumesAfterStepZero() throws {
        let folder = TemporaryFolder()
        var log = try LiveLog(folder: folder.path, resume: false)
        try log.log("loss", 0.5)
        try log.nextStep()
        log = try LiveLog(folder: folder.path, resume: true)
        #expect(log.step == 1)
    }

    @Test("cuts off the part of a line that a killed program left")
    func cutsTornLines() throws {
        let folder = TemporaryFolder()
        try folder.write("metrics.json", "{\"step\": 1}\n")
        try folder.write("plots/metrics/loss.tsv", "step\tloss\n0\t0.5\n1\t0.25\n2\t0.1")
        try folder.write("plots/metrics/torn.tsv", "step\tto")
        var log = try LiveLog(folder: folder.path, resume: true)
        try log.log("loss", 0.125)
        try log.log("torn", 0.125)
        #expect(try folder.text("plots/metrics/loss.tsv") == "step\tloss\n0\t0.5\n1\t0.25\n2\t0.125\n")
        #expect(try folder.text("plots/metrics/torn.tsv") == "step\ttorn\n2\t0.125\n")
    }

    @Test("keeps to the columns that a table began with")
    func keepsColumns() throws {
        let folder = TemporaryFolder()
        var log = try LiveLog(folder: folder.path, resume: false)
        try log.log("loss", 0.5)
        try log.log("loss", 0.25, timestamp: true)
        #expect(try folder.text("plots/metrics/loss.tsv") == "step\tloss\n0\t0.5\n0\t0.25\n")
    }

    @Test("is, rewound and logged anew, what it would have been without the interruption")
    func rewinds() throws {
        func train(_ log: inout LiveLog, _ steps: Range<Int>) throws {
            for step in steps {
                try log.log("train/loss", 1 / Double(step + 1))
                if step % 5 == 4 { try log.log("valid/auc", Double(step)) }
                try log.nextStep()
            }
        }
        let whole = TemporaryFolder()
        var log = try LiveLog(folder: whole.path, resume: false)
        try train(&log, 0..<12)
        let broken = TemporaryFolder()
        log = try LiveLog(folder: broken.path, resume: false)
        try train(&log, 0..<9)
        try log.log("train/loss", 0.125)
        try log.log("early", 1)
        log = try LiveLog(folder: broken.path, resume: true)
        try log.rewind(to: 4)
        #expect(try !broken.files().keys.contains("plots/metrics/valid/auc.tsv"))
        #expect(log.step == 4)
        try train(&log, 4..<12)
        #expect(try broken.files() == whole.files())
    }

    @Test("removes only what an earlier run has logged")
    func removesLogsOnly() throws {
        let folder = TemporaryFolder()
        for name in ["metrics.json", "params.yaml", "report.md", "plots/metrics/a.tsv", "plots/sklearn/roc.json"] {
            try folder.write(name, "x")
        }
        for name in ["notes.txt", "plots/mine/a.tsv", "artifacts/model.pt"] { try folder.write(name, "x") }
        _ = try LiveLog(folder: folder.path, resume: false)
        #expect(try folder.files().keys.sorted() == ["artifacts/model.pt", "notes.txt", "plots/mine/a.tsv"])
    }

    // MARK: Refusals

    @Test(
        "refuses names that lead out of its folder or nowhere",
        arguments: ["", "/", "/etc/x", "../x", "a/../../b", "."])
    func refusesNames(_ name: String) throws {
        let folder = TemporaryFolder()
        var log = try LiveLog(folder: folder("live"), resume: false)
        #expect(throws: Failure.self) { try log.log(name, 1) }
        #expect(try folder.files().isEmpty)
    }

    @Test("refuses a value below one that has a value, and logs nothing of it")
    func refusesValuesBelowValues() throws {
        let folder = TemporaryFolder()
        var log = try LiveLog(folder: folder.path, resume: false)
        try log.log("loss", 1)
        let error = #expect(throws: Failure.self) { try log.log("loss/train", 1) }
        #expect(error?.summary == "cannot log 'loss/train': 'loss' is a metric with a value of its own")
        #expect(try folder.files().keys.sorted() == ["plots/metrics/loss.tsv"])
    }

    @Test("says what is wrong with a metrics.json that it cannot go on from")
    func refusesDamagedMetrics() throws {
        let folder = TemporaryFolder()
        try folder.write("metrics.json", "{\n  \"loss\": 0.")
        let error = #expect(throws: Failure.self) { _ = try LiveLog(folder: folder.path, resume: true) }
        #expect(error?.summary.contains("metrics.json:2") == true, "\(String(describing: error))")
    }

    @Test(
        "reads numbers as programs print them",
        arguments: [
            ("3", MetricValue.integer(3)), ("-2", .integer(-2)), ("0.25", .number(0.25)), ("1e-3", .number(0.001)),
            ("inf", .number(.infinity)), ("0x10", .word("0x10")), ("warm", .word("warm")), ("", .word("")),
        ])
    func readsNumbers(_ text: String, _ value: MetricValue) { #expect(MetricValue(parsing: text) == value) }
}
