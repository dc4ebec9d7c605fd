import Basics
import Documents
import FileSystem
import Testing

@testable import Tuning

/// Journals that other programs write, or that somebody bends: an error or a passed-over line, never a trap.
@Suite("Hostile journals")
struct HostileJournalTests {
    @Test("values beyond their range, huge steps and wild numbers break nothing")
    func wildTrials() throws {
        let range = Distribution.float(try FloatRange(1e-3, 1, log: true))
        let whole = Distribution.int(try IntRange(1, 8))
        let choices = try Distribution.choices(["a", "b"])
        var record = StudyRecord(id: 0, name: "s", directions: [.minimize])
        let wild: [Double] = [-1, 0, 5, .infinity, -.infinity, .nan, 1e308, -1e308, 0.5]
        for number in 0..<27 {
            var trial = Trial(
                number: number, state: number % 5 == 4 ? .pruned : .complete, values: [wild[(number * 2) % 9]],
                settings: [
                    .init(name: "x", inside: wild[number % 9], distribution: range),
                    .init(name: "n", inside: wild[(number + 3) % 9], distribution: whole),
                    .init(name: "c", inside: wild[(number + 5) % 9], distribution: choices),
                ])
            trial.report(wild[number % 9], at: number % 2 == 0 ? .max : .min)
            trial.systemAttributes["constraints"] = [.float(wild[(number + 1) % 9])]
            record.trials.append(trial)
            record.order.append(number)
        }
        let space = try SearchSpace([
            Parameter("x", range), Parameter("n", whole), Parameter("c", choices),
        ])
        for name in SamplerSettings.names where name != "grid" {
            let sampler = try SamplerSettings(document: name == "gp" ? ["gp": ["candidates": 16]] : .string(name))
                .sampler
            let context = SamplingContext(
                space: space, finished: record.trials, running: record.trials, number: 30, seed: 1)
            let suggestion = try sampler.suggest(context)
            #expect(suggestion.settings.count == 3, "\(name)")
            for setting in suggestion.settings {
                #expect(setting.distribution.contains(setting.inside), "\(name): \(setting)")
            }
        }
        for name in PrunerSettings.names {
            let options: Value = name == "patient" ? ["patient": ["patience": 1]] : .string(name)
            let pruner = try PrunerSettings(document: options).pruner
            for trial in record.trials {
                _ = pruner.verdict(PruningContext(trial: trial, others: record.trials, order: record.order))
            }
        }
        _ = try Importance.ped.shares(record)
        _ = try Importance.forest(seed: 1).shares(record)
        _ = record.best
        _ = record.front
    }

    @Test("lines cut at any byte, or with any byte changed, are read or refused")
    func damagedLines() throws {
        let bytes = try Files.read(References.path("optuna-journal.jsonl"))
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        var random = RandomSource(seed: 1)
        for _ in 0..<3000 {
            var line = Array(lines[random.below(lines.count)])
            switch random.below(3) {
            case 0: line = Array(line.prefix(random.below(line.count)))
            case 1: line[random.below(line.count)] = UInt8(random.below(256))
            default: line.insert(UInt8(ascii: "9"), at: random.below(line.count))
            }
            var replay = JournalReplay()
            replay.apply(.createStudy(name: "s", directions: [.minimize]))
            replay.apply(.createTrial(study: 0, Trial(number: 0, state: .running)))
            if let entry = JournalEntry(line: line[...]) { replay.apply(entry) }
        }
    }
}
