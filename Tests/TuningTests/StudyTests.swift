import Basics
import Documents
import FileSystem
import Testing

@testable import Tuning

@Suite("A study")
struct StudyTests {
    private static func settings(_ order: Order = .free, trials: Int = 24) throws -> StudySettings {
        var settings = StudySettings(
            objectives: [Objective("loss")], space: try TestFunction.mixed3().space,
            pruner: try PrunerSettings(document: ["median": ["startup": 4]]), seed: 7, trials: trials)
        settings.order = order
        settings.retries = 1
        settings.first = [Mapping([("lr", 0.5), ("c", "d")])]
        return settings
    }

    private static func study(_ folder: String, _ settings: StudySettings, _ name: String = "s") throws -> Study {
        let journal = try Journal(Paths.join(folder, "\(name).jsonl"), worker: "test")
        return try Study.create(name, settings, in: journal, owner: "one") { 1_700_000_000 }
    }

    /// What a study comes to, without when and by whom.
    private static func results(_ study: Study) -> [Trial] {
        study.record.trials.map { trial in
            var copy = Trial(
                number: trial.number, state: trial.state, values: trial.values, settings: trial.settings)
            for report in trial.reports { copy.report(report.value, at: report.step) }
            copy.systemAttributes[TrialMark.seen] = trial.systemAttributes[TrialMark.seen]
            return copy
        }
    }

    @Test("a study is the same from the same seed, and another from another")
    func seeds() throws {
        let function = try TestFunction.mixed3()
        try withFolder { folder in
            let studies = try ["a", "b", "c"].map { name in
                var settings = try Self.settings()
                if name == "c" { settings.seed = 8 }
                let study = try Self.study(folder, settings, name)
                #expect(try SimulatedRun().run(study, function.value))
                return study
            }
            #expect(Self.results(studies[0]) == Self.results(studies[1]))
            #expect(Self.results(studies[0]) != Self.results(studies[2]))
            #expect(studies[0].record.trials.count == 24)
        }
    }

    @Test("killed after any step and resumed, one slot gives the study of an undisturbed run")
    func resumeWithOneSlot() throws {
        try judgeResume(.free, slots: 1)
    }

    @Test("killed after any step and resumed, three slots in strict order give the study of an undisturbed run")
    func resumeWithThreeSlots() throws {
        try judgeResume(.strict(window: 4), slots: 3)
    }

    private func judgeResume(_ order: Order, slots: Int) throws {
        let function = try TestFunction.mixed3()
        let failures = [3: 1, 5: 2]
        try withFolder { folder in
            let undisturbed = try Self.study(folder, try Self.settings(order), "s")
            var run = SimulatedRun(slots: slots, timing: 1, failures: failures, reports: 3)
            #expect(try run.run(undisturbed, function.value))
            let expected = Self.results(undisturbed)
            #expect(expected.contains { $0.state == .pruned })
            #expect(expected[5].state == .failed)
            for steps in stride(from: 1, to: 90, by: 9) {
                let inner = Paths.join(folder, "\(steps)")
                try Files.makeDirectory(inner)
                let study = try Self.study(inner, try Self.settings(order), "s")
                run.timing = UInt64(steps)
                run.steps = steps
                run.owner = "one"
                _ = try run.run(study, function.value)
                // Twice, and each time a part of the last line is what a dying writer left.
                for owner in ["two", "three"] {
                    let path = study.journal.path
                    try Files.write(try Files.read(path) + Array("{\"op_code\": 6, \"tri".utf8), to: path)
                    let journal = try Journal(path, worker: owner)
                    let resumed = try Study.open("s", in: journal, owner: owner) { 1_700_000_001 }
                    run.steps = owner == "two" ? 11 : .max
                    let isDone = try run.run(resumed, function.value)
                    if owner == "three" {
                        #expect(isDone)
                        #expect(Self.results(resumed) == expected, "killed after \(steps) steps")
                    }
                }
            }
        }
    }

    @Test("in strict order the times that trials take change nothing")
    func strictOrderIgnoresTime() throws {
        let function = try TestFunction.mixed3()
        try withFolder { folder in
            let results = try (0..<4).map { timing in
                let study = try Self.study(folder, try Self.settings(.strict(window: 6)), "s\(timing)")
                #expect(try SimulatedRun(slots: 3, timing: UInt64(timing), reports: 3).run(study, function.value))
                return Self.results(study)
            }
            #expect(results.allSatisfy { $0 == results[0] })
        }
    }

    @Test("in free order a parallel study is drawn again from what its journal says was seen")
    func replay() throws {
        let function = try TestFunction.mixed3()
        try withFolder { folder in
            for sampler in ["tpe", "random", "sobol", "halton", "cmaes", "nsga2", "gp"] {
                var settings = try Self.settings()
                settings.sampler = try SamplerSettings(document: .string(sampler))
                let study = try Self.study(folder, settings, sampler)
                #expect(try SimulatedRun(slots: 4, timing: 9, failures: [6: 2], reports: 2).run(study, function.value))
                let journal = try Journal(study.journal.path, worker: "other", create: false)
                let again = try Study.open(sampler, in: journal, owner: nil) { 0 }
                #expect(try again.replay() == [], "\(sampler)")
            }
        }
    }

    @Test("a replay finds the trial that was tampered with")
    func replayFindsChanges() throws {
        let function = try TestFunction.mixed3()
        try withFolder { folder in
            let study = try Self.study(folder, try Self.settings())
            try SimulatedRun().run(study, function.value)
            let victim = try #require(study.record.trials.last { $0.state == .complete })
            let text = String(decoding: try Files.read(study.journal.path), as: UTF8.self)
            let old = "\"lr\": \(PythonFloat.repr(try #require(victim["lr"]).inside))"
            let parts = text.split(separator: "\n").map { line in
                String(line).replacing(old, with: "\"lr\": 0.123")
            }
            try Files.write(Array((parts.joined(separator: "\n") + "\n").utf8), to: study.journal.path)
            let journal = try Journal(study.journal.path, worker: "other")
            let again = try Study.open("s", in: journal, owner: nil) { 0 }
            #expect(try again.replay().contains(victim.number))
        }
    }

    @Test("trials of a coordinator that lives are left alone, and those of programs that ask")
    func livingOwners() throws {
        try withFolder { folder in
            let study = try Self.study(folder, try Self.settings())
            guard case .trial = try study.ask() else { throw Failure("no trial") }
            let path = study.journal.path
            let asking = try Study.open("s", in: try Journal(path, worker: "p"), owner: nil) { 0 }
            guard case .trial = try asking.ask() else { throw Failure("no trial") }
            let other = try Study.open("s", in: try Journal(path, worker: "o"), owner: "two") { 0 }
            #expect(try other.takeOver { $0 == "one" }.isEmpty)
            #expect(try other.takeOver { _ in false }.map(\.number) == [0])
        }
    }

    @Test("a study stops at its target, when patience is over, and when everything fails")
    func stopRules() throws {
        try withFolder { folder in
            var settings = try Self.settings(trials: 1000)
            settings.stop.patience = 5
            let patient = try Self.study(folder, settings, "patience")
            try SimulatedRun().run(patient) { _ in 1 }
            #expect(patient.record.trials.count == 6)
            settings.stop.patience = nil
            settings.stop.target = 0.5
            let aiming = try Self.study(folder, settings, "target")
            var value = 3.0
            try SimulatedRun().run(aiming) { _ in
                value -= 0.25
                return value
            }
            #expect(aiming.record.trials.last?.values == [0.5])
            #expect(try aiming.ask() == .done(.target))
            settings.retries = 0
            let failing = try Self.study(folder, settings, "failures")
            try SimulatedRun().run(failing) { _ in .nan }
            #expect(failing.record.trials.count == 10)
            #expect(try failing.ask() == .done(.failures(10)))
            #expect(try failing.retryFailed() == 10)
            #expect(try failing.retryFailed() == 0)
        }
    }

    @Test("points that are added are tried next, with their own values")
    func enqueued() throws {
        try withFolder { folder in
            let study = try Self.study(folder, try Self.settings())
            try study.enqueue([Mapping([("n", 3)])])
            guard case .trial(let first) = try study.ask(), case .trial(let second) = try study.ask() else {
                throw Failure("no trial")
            }
            #expect(first["lr"]?.value == 0.5)
            #expect(first["c"]?.value == "d")
            #expect(second["n"]?.value == 3)
            #expect(second["lr"] != nil)
            #expect(throws: Failure.self) { try study.enqueue([Mapping([("depth", 3)])]) }
        }
    }

    @Test("a result that breaks a constraint is never the best")
    func constraints() throws {
        try withFolder { folder in
            var settings = try Self.settings(trials: 3)
            settings.first = []
            settings.constraints = [try Expression("size <= 50")]
            let study = try Self.study(folder, settings)
            for (loss, size) in [(0.1, 80.0), (0.5, 50), (0.7, 10)] {
                guard case .trial(let trial) = try study.ask() else { throw Failure("no trial") }
                _ = try study.tell(trial.number, .complete([loss])) { $0 == "size" ? .float(size) : nil }
            }
            #expect(study.record.best?.number == 1)
            #expect(study.record.trials.map(\.violation) == [30, 0, 0])
        }
    }

    @Test("settings come back from the journal as they were given")
    func settingsRoundTrip() throws {
        let text = """
            objective: [{metric: m.json:auc, direction: maximize}]
            space:
              lr: {float: [1e-5, 1e-1], log: true}
              layers: {int: [1, 8], step: 2}
              opt: [adam, sgd]
              mom: {float: [0.5, 0.99], when: "opt == 'sgd'"}
              drop: interval(0, 0.5)
            limits: lr * layers <= 0.5
            sampler: {tpe: {startup: 5}}
            pruner: {asha: {min: 1, eta: 3}}
            trials: 30
            order: strict
            window: 8
            retries: 2
            seed: 7
            constraints: ["model.size_mb <= 50"]
            first: [{lr: 0.01, opt: sgd}]
            stop: {patience: 30, target: 0.95, wall: 12h}
            """
        let document = try #require(try YAML.parse(Array(text.utf8)).mapping)
        let settings = try StudySettings(document: document)
        #expect(settings.stop.wall == 43200)
        #expect(settings.space["layers"]?.distribution == .int(try IntRange(1, 7, step: 2)))
        let again = try StudySettings(document: settings.document)
        #expect(again.document == settings.document)
        #expect(again.space == settings.space)
    }

    @Test(
        "settings that do not go together are refused",
        arguments: [
            "objective: a\nspace: {}", "objective: a\nspace: {x: 1}\nsampler: magic",
            "objective: [a, b]\nspace: {x: [1, 2]}\npruner: median", "space: {x: [1, 2]}",
            "objective: a\nspace: {x: {float: [0, 1]}}\nsampler: grid",
            "objective: a\nspace: {x: {float: [0, 1], log: true}}",
            "objective: a\nspace: {y: {int: [0, 1], when: x > 0}}",
            "objective: a\nspace: {x: [1, 2]}\nfirst: [{x: 3}]", "objective: a\nspace: {x: [1, 2]}\ntrials: -1",
        ])
    func badSettings(_ text: String) throws {
        let document = try #require(try YAML.parse(Array(text.utf8)).mapping)
        #expect(throws: Failure.self) { try StudySettings(document: document) }
    }
}
