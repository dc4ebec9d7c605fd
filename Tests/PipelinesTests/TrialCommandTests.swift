import Documents
import FileSystem
import TestSupport
import Testing
import Tuning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@testable import Pipelines

@Suite("The program of a trial") struct TrialCommandTests {
    private static func space() throws -> SearchSpace {
        try SearchSpace([
            Parameter("train.lr", .float(try FloatRange(0, 1))), Parameter("opt", try .choices(["adam", "sgd"])),
            Parameter("mom", .float(try FloatRange(0, 1)), when: try Expression("opt == 'sgd'")),
        ])
    }

    private static func trial(_ names: [String]) throws -> Trial {
        let settings = try space().parameters.filter { names.contains($0.name) }.map {
            Trial.Setting(name: $0.name, inside: $0.distribution.isCategorical ? 1 : 0.5, distribution: $0.distribution)
        }
        return Trial(number: 3, state: .running, settings: settings)
    }

    @Test("places in its words are filled, and what plays no part is left out with its option")
    func words() throws {
        let command = try TrialCommand(
            ["p", "--lr={train.lr}", "--opt", "{opt}", "--mom", "{mom}", "-o", "{dir}/x{trial}", "{{a}}"],
            space: Self.space())
        let places = ["dir": "/d", "trial": "3"]
        #expect(
            command.words(for: try Self.trial(["train.lr", "opt", "mom"]), places: places)
                == ["p", "--lr=0.5", "--opt", "sgd", "--mom", "0.5", "-o", "/d/x3", "{a}"])
        #expect(
            command.words(for: try Self.trial(["train.lr", "opt"]), places: places)
                == ["p", "--lr=0.5", "--opt", "sgd", "-o", "/d/x3", "{a}"])
        #expect(throws: (any Error).self) { try TrialCommand(["{what}"], space: Self.space()) }
    }

    @Test("metrics are found in files of the trial, in DVCLive's, and in what was printed")
    func metrics() throws {
        let folder = try TemporaryFolder()
        func metrics(_ output: [String] = []) -> TrialMetrics {
            TrialMetrics(
                folder: folder.path, workingDirectory: folder.path, places: ["dir": folder.path], output: output)
        }
        #expect(metrics(["auc=0.1", "val auc=0.5, epoch=3"]).value("auc") == 0.5)
        #expect(metrics(["{\"val\": {\"auc\": 0.75}}", "done"]).value("val.auc") == 0.75)
        #expect(metrics(["auc: 1e-3 x"]).value("auc") == 1e-3)
        #expect(metrics(["auc=np.float64(0.5)"]).value("auc") == 0.5)
        #expect(metrics(["mauc=0.1"]).value("auc") == nil)
        try Files.makeDirectory(Paths.join(folder.path, "dvclive"))
        try Files.write(
            Array("{\"val/auc\": 0.6, \"val\": {\"f1\": 2}}".utf8), to: Paths.join(folder.path, "dvclive/metrics.json"))
        #expect(metrics(["auc=0.1"]).value("val.f1") == 2)
        #expect(metrics().value("{dir}/dvclive/metrics.json:val.f1") == 2)
        #expect(metrics().value("other.json:val.f1") == nil)
    }

    @Test("a table is read as it grows, whole lines only")
    func history() throws {
        let folder = try TemporaryFolder()
        let path = Paths.join(folder.path, "loss.tsv")
        var reader = HistoryReader([Paths.join(folder.path, "none.tsv"), path])
        #expect(reader.new().isEmpty)
        try Files.write(Array("timestamp\tstep\tloss\n1\t0\t0.5\n2\t1\t0.".utf8), to: path)
        #expect(reader.new() == [.init(step: 0, value: 0.5)])
        #expect(reader.new().isEmpty)
        try Files.write(Array("timestamp\tstep\tloss\n1\t0\t0.5\n2\t1\t0.25\n3\t2\tnan\n".utf8), to: path)
        let more = reader.new()
        #expect(more.map(\.step) == [1, 2])
        #expect(more[0].value == 0.25 && more[1].value.isNaN)
        // In place, as most programs write, without a column of steps, and begun anew.
        let file = Paths.join(folder.path, "none.tsv")
        try Files.write(Array("loss\n1\n2\n".utf8), to: file)
        var other = HistoryReader([file])
        #expect(other.new() == [.init(step: 0, value: 1), .init(step: 1, value: 2)])
        let handle = try #require(fopen(file, "a"))
        fputs("3\r\n4", handle)
        fclose(handle)
        #expect(other.new() == [.init(step: 2, value: 3)])
        try Files.write(Array("loss\n1\n2\n3\n5\n".utf8), to: file)
        #expect(other.new() == [.init(step: 3, value: 5)])
    }
}
