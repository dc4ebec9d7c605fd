import Basics
import Documents
import Testing

@testable import ProjectFiles

@Suite("The section of a runner") struct RunnerSectionTests {
    private let section = RunnerSection(
        file: "params.yaml", name: "train",
        values: Mapping([("rounds", "many"), ("early-stopping", "x"), ("target", "y"), ("seed", 3)]))

    private func summary(_ read: () throws -> Void) -> String? {
        do {
            try read()
            return nil
        } catch {
            return (error as? Failure)?.summary
        }
    }

    @Test("what the file says wrong is named by file and key, what the line says wrong by its flag")
    func places() {
        var section = section.withUnderscores
        let file = summary { _ = try section.number("rounds") }
        #expect(file == "'params.yaml': 'train.rounds' must be a number, not 'many'")
        let dashes = summary { _ = try section.integer("early_stopping") }
        #expect(dashes == "'params.yaml': 'train.early_stopping' must be a number, not 'x'")
        section.set("rounds", "few")
        section.set("early_stopping", 2.5)
        section.set("target", [["y"]])
        section.set("params", "eta", flag: "-p/--param")
        #expect(summary { _ = try section.number("rounds") } == "'--rounds' must be a number, not 'few'")
        #expect(summary { _ = try section.integer("early_stopping") } == "'--early-stopping' must be a whole number")
        #expect(summary { _ = try section.strings("target") } == "'--target' must be a list of words")
        #expect(summary { _ = try section.mapping("params") } == "'-p/--param' must be a mapping")
        #expect(summary { _ = try section.bool("seed") } == "'params.yaml': 'train.seed' must be true or false")
    }

    @Test("the flag is still known when the keys have lost their dashes, and forgotten with its value")
    func spelling() {
        var section = section
        section.set("min-delta", "x")
        section.set("rounds", nil)
        section.set("seed", "x")
        section.set("seed", .null)
        section = section.withUnderscores
        #expect(summary { _ = try section.number("min_delta") } == "'--min-delta' must be a number, not 'x'")
        #expect(summary { _ = try section.number("rounds") }?.hasPrefix("'params.yaml': 'train.rounds'") == true)
        #expect(section.value("seed") == nil)
        #expect(section.wrong("seed", "is missing").summary == "'params.yaml': 'train.seed' is missing")
    }
}
