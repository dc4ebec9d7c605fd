import Basics
import Documents
import FileSystem
import Testing

@testable import Tuning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("Journals")
struct JournalTests {
    @Test("a journal that Optuna wrote says what Optuna says of it")
    func optunaJournal() throws {
        let journal = try Journal(References.path("optuna-journal.jsonl"), worker: "test", create: false)
        #expect(journal.replay.present.map(\.name) == ["from optuna"])
        let record = try #require(journal.replay.study(named: "from optuna"))
        #expect(record.directions == [.maximize])
        #expect(record.userAttributes["team"] == ["name": "a", "size": 3])
        let expected = try References.document("optuna-journal.json")
        #expect(record.best?.number == expected["best"]?.int)
        let trials = expected["trials"]?.array ?? []
        #expect(record.trials.count == trials.count)
        for (trial, reference) in zip(record.trials, trials) {
            #expect(trial.state.rawValue == reference["state"].int)
            #expect(trial.values ?? [] == reference["values"].numbers)
            let settings = Mapping(trial.settings.map { ($0.name, $0.value) })
            #expect(.mapping(settings) == reference["params"])
            let reports = Mapping(trial.reports.map { (String($0.step), .float($0.value)) })
            #expect(.mapping(reports) == reference["reports"])
            #expect(.mapping(trial.userAttributes) == reference["user"])
        }
        #expect(record.trials.contains { $0.state == .pruned } && record.trials.contains { $0.state == .failed })
    }

    /// Runs only where `VARVE_TEST_OPTUNA` names a Python that has Optuna.
    @Test(
        "Optuna reads a study of varve, goes on with it, and varve reads what it added",
        .enabled(if: getenv("VARVE_TEST_OPTUNA") != nil))
    func optunaReads() throws {
        try withFolder { folder in
            let path = Paths.join(folder, "s.jsonl")
            var settings = StudySettings(
                objectives: [Objective("loss", .maximize)], space: try TestFunction.mixed3().space,
                pruner: try PrunerSettings(document: ["median": ["startup": 3]]), seed: 3, trials: 20)
            settings.constraints = [try Expression("n <= 18")]
            settings.first = [Mapping([("n", 5)])]
            let study = try Study.create(
                "s", settings, in: try Journal(path, worker: "varve"), owner: "one"
            ) { 1_763_900_000.25 }
            try SimulatedRun(slots: 2, failures: [4: 1], reports: 2).run(study) { values in
                (Distribution.number(values["lr"]) ?? 0) - (values["c"] == "a" ? 1 : 0)
            }
            let script = """
                import json, sys, optuna
                from optuna.storages import JournalStorage
                from optuna.storages.journal import JournalFileBackend
                optuna.logging.set_verbosity(optuna.logging.ERROR)
                study = optuna.load_study(study_name="s", storage=JournalStorage(JournalFileBackend(sys.argv[1])))
                importance = optuna.importance.get_param_importances(study)
                out = {"best": study.best_trial.number, "importance": importance, "trials": [
                    {"state": t.state.value, "values": t.values, "params": t.params, "constraints": t.constraints,
                     "reports": {str(k): v for k, v in t.intermediate_values.items()},
                     "start": t.datetime_start.timestamp()} for t in study.trials]}
                def objective(trial):
                    trial.suggest_float("lr", 1e-5, 1, log=True)
                    return trial.suggest_int("n", 1, 20)
                study.optimize(objective, n_trials=3)
                print(json.dumps(out))
                """
            let file = Paths.join(folder, "read.py")
            try Files.write(Array(script.utf8), to: file)
            let python = String(cString: try #require(getenv("VARVE_TEST_OPTUNA")))
            let answer = Paths.join(folder, "answer.json")
            #expect(system("'\(python)' -W ignore '\(file)' '\(path)' > '\(answer)'") == 0)
            let told = try #require(try JSON.parse(try Files.read(answer)).mapping)
            let record = study.record
            let trials = told["trials"]?.array ?? []
            #expect(trials.count == 20)
            for (trial, reference) in zip(record.trials, trials) {
                #expect(trial.state.rawValue == reference["state"].int)
                #expect(trial.values ?? [] == reference["values"].numbers)
                #expect(.mapping(Mapping(trial.settings.map { ($0.name, $0.value) })) == reference["params"])
                #expect(
                    trial.constraints == (reference["constraints"].mapping?.entries ?? []).map { $0.value.number })
                #expect(reference["start"].number == 1_763_900_000.25)
            }
            #expect(told["best"]?.int == record.best?.number)
            let shares = try Importance.ped.shares(record)
            for (name, value) in told["importance"]?.mapping?.entries ?? [] {
                let share = try #require(shares.first { $0.name == name }).share
                #expect((share - value.number).magnitude < 1e-6)
            }
            try study.journal.refresh()
            #expect(study.record.trials.count == 23)
            #expect(study.record.trials.suffix(3).allSatisfy { $0.state == .complete })
        }
    }

    private func journal(_ folder: String) throws -> Journal {
        try Journal(Paths.join(folder, "j.jsonl"), worker: "w")
    }

    @Test("every entry comes back from its line")
    func lines() throws {
        let setting = Trial.Setting(name: "é\"x", inside: 0.1, distribution: .float(try FloatRange(0, 1)))
        var trial = Trial(
            number: 0, state: .pruned, values: [0.5, 2], settings: [setting], systemAttributes: Mapping([("a", 1)]),
            startedAt: Timestamp.text(0), finishedAt: Timestamp.text(1))
        trial.report(.infinity, at: 3)
        let entries: [JournalEntry] = [
            .createStudy(name: "s", directions: [.minimize, .maximize]), .deleteStudy(study: 0),
            .studyUserAttribute(study: 0, key: "k", value: [1, "a"]), .createTrial(study: 0, trial),
            .studySystemAttribute(study: 0, key: "k", value: .null), .parameter(trial: 0, setting),
            .state(trial: 0, .failed, values: nil, at: Timestamp.text(5)), .report(trial: 0, step: 2, value: -0.5),
            .trialUserAttribute(trial: 0, key: "k", value: true), .trialSystemAttribute(trial: 0, key: "k", value: 1),
        ]
        for entry in entries { #expect(JournalEntry(line: Array(entry.line(worker: "w").utf8)[...]) == entry) }
        #expect(JournalEntry(line: Array("{\"op_code\": 6, \"tri".utf8)[...]) == nil)
        #expect(JournalEntry(line: Array("[]".utf8)[...]) == nil)
    }

    @Test("what is said of a finished trial, or of one that is not there, changes nothing")
    func finishedTrials() throws {
        var replay = JournalReplay()
        replay.apply(.createStudy(name: "s", directions: [.minimize]))
        replay.apply(.createTrial(study: 0, Trial(number: 0, state: .running)))
        replay.apply(.createTrial(study: 7, Trial(number: 0, state: .running)))
        replay.apply(.state(trial: 0, .complete, values: [1], at: nil))
        let before = replay.studies
        replay.apply(.report(trial: 0, step: 0, value: 1))
        replay.apply(.state(trial: 0, .failed, values: nil, at: nil))
        replay.apply(.report(trial: 5, step: 0, value: 1))
        replay.apply(.state(trial: -1, .failed, values: nil, at: nil))
        #expect(replay.studies == before)
        #expect(replay.studies[0].order == [0])
    }

    @Test("a damaged line is an error that names it, a line in part is cut off by the next writer")
    func damage() throws {
        try withFolder { folder in
            let journal = try journal(folder)
            try journal.append { _ in [.createStudy(name: "s", directions: [.minimize])] }
            let whole = try Files.read(journal.path)
            try Files.write(whole + Array("{\"op".utf8), to: journal.path)
            let next = try self.journal(folder)
            #expect(next.replay.present.count == 1)
            try next.append { _ in [.createTrial(study: 0, Trial(number: 0, state: .running))] }
            #expect(try self.journal(folder).replay.present[0].trials.count == 1)
            try Files.write(whole + Array("nonsense\n".utf8) + whole, to: journal.path)
            #expect(throws: Failure.self) { try self.journal(folder) }
        }
    }

    @Test("the lock that a killed writer of varve left behind holds nobody up")
    func staleLock() throws {
        try withFolder { folder in
            let journal = try journal(folder)
            #expect(symlink(".//j.jsonl", journal.path + ".lock") == 0)
            try journal.append { _ in [.createStudy(name: "s", directions: [.minimize])] }
            #expect(journal.replay.present.count == 1)
            #expect(!Files.exists(journal.path + ".lock"))
        }
    }

    @Test("several writers at once lose nothing and mix nothing")
    func writers() async throws {
        let folder = try withFolder { $0 }
        try Files.makeDirectory(folder)
        defer { try? Files.removeTree(folder) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    let journal = try Journal(Paths.join(folder, "j.jsonl"), worker: "w\(writer)")
                    for number in 0..<10 {
                        try journal.append { _ in
                            [
                                .createStudy(name: "\(writer).\(number)", directions: [.minimize]),
                                .studyUserAttribute(study: 0, key: "\(writer).\(number)", value: 1),
                            ]
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let journal = try journal(folder)
        #expect(journal.replay.present.count == 40)
        #expect(journal.replay.lines == 80)
    }

    @Test("moments are written as Python reads them")
    func timestamps() {
        #expect(Timestamp.text(0) == "1970-01-01T00:00:00.000000+00:00")
        #expect(Timestamp.text(1_763_911_998.5) == "2025-11-23T15:33:18.500000+00:00")
        #expect(Timestamp.seconds("2025-11-23T15:33:18.500000+00:00") == 1_763_911_998.5)
        #expect(Timestamp.seconds("2025-11-23T17:03:18+01:30") == 1_763_911_998)
        for moment in [-62_135_596_800.0, -1, 0, 951_782_400, 951_868_800, 253_402_300_799] {
            #expect(Timestamp.seconds(Timestamp.text(moment)) == moment)
        }
        for text in ["", "yesterday", "2025-13-01T00:00:00", "2025-11-23T15:33", "2025-11-23T15:33:18.5+1"] {
            #expect(Timestamp.seconds(text) == nil)
        }
        #expect(Timestamp.text(951_782_400) == "2000-02-29T00:00:00.000000+00:00")
        #expect(Timestamp.text(-1) == "1969-12-31T23:59:59.000000+00:00")
        #expect(Timestamp.text(.infinity) == "1970-01-01T00:00:00.000000+00:00")
    }
}
