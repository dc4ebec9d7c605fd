import ArgumentParser
import Basics
import Charts
import Documents
import FileSystem
import Pipelines
import Processes
import ProjectFiles
import Tuning

/// `varve run tune -- …`: begin a study and run it.
struct TuneStartCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Begin a study and run its trials",
        discussion: examples(
            (
                "varve run tune -s 'lr=tag(log,interval(1e-5,1e-1))' --minimize loss -n 50 -j 4 -- "
                    + "python train.py --lr {lr} --out {dir}", "Fifty trials, four at a time"
            ),
            (
                "varve run tune --stage evaluate -s 'train.lr=tag(log,interval(1e-5,1e-1))' --maximize "
                    + "metrics.json:auc -j 4", "A pipeline, each trial in a copy of the workspace"
            ),
            (
                "varve run tune --train -s 'eta=tag(log,interval(0.01,0.5))' -s 'max_depth=range(2,8)' --maximize "
                    + "valid.auc -- --data train.csv --target sold --valid-fraction 0.2",
                "Trainings of a table, without a program"
            ),
            ("varve run tune --study bert", "The study of that name in varve.yaml")))
    static let failureStatus: Int32 = 1

    @OptionGroup var place: StudyOptions
    @OptionGroup var search: SearchOptions
    @OptionGroup var trial: TrialOptions
    @OptionGroup var files: StudyFileOptions
    @OptionGroup var section: RunnerSectionOptions
    @OptionGroup var kind: TrialKindOptions
    @Option(
        help: ArgumentHelp(
            "What to do where the study is already there: 'refuse' (default), 'resume' it if it was begun in the same "
                + "way, or 'restart' it", valueName: "way"))
    var existing = "refuse"
    @Argument(
        parsing: .postTerminator,
        help: "The program and its words, behind --; {name} stands for a parameter, {dir} for the trial's folder")
    var words: [String] = []
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let (study, trials) = try await StudyBeginning(
            place, search, section, runs: (trial, kind, words)
        ).begin(console, existing)
        try await files.run(study, trials, console)
    }
}

/// `varve run tune create`: a study for programs that ask for its trials themselves.
struct TuneCreateCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Begin a study without running it, for `ask` and `tell`",
        discussion: examples(
            ("varve run tune create --study s -s 'x=interval(0,1)' --minimize loss", "A study for other programs")))
    static let failureStatus: Int32 = 1

    @OptionGroup var place: StudyOptions
    @OptionGroup var search: SearchOptions
    @OptionGroup var section: RunnerSectionOptions
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let (study, _) = try await StudyBeginning(place, search, section, runs: nil).begin(console)
        console.print("Created the study '\(study.name)' in \(study.journal.path)")
    }
}

/// `varve run tune resume`: go on with a study that was interrupted, or that shall have more trials.
struct TuneResumeCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Go on with a study: lost trials first, then the rest",
        discussion: examples(
            ("varve run tune resume", "After a crash"),
            ("varve run tune resume -n 200", "With more trials than planned")))
    static let failureStatus: Int32 = 1

    @OptionGroup var place: StudyOptions
    @Option(name: [.customShort("n"), .long], help: ArgumentHelp("Trials in all", valueName: "number"))
    var trials: Int?
    @OptionGroup var trial: TrialOptions
    @OptionGroup var files: StudyFileOptions
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let study = try place.open(console, owner: StudyOptions.owner, trials: trials)
        guard var settings = TrialSettings(study.record.userAttributes[TrialSettings.key]) else {
            throw Failure(
                "the study '\(study.name)' was begun without a program to run",
                remedy: "its trials are for `varve run tune ask`")
        }
        let given = try trial.settings(above: Mapping(), console.invocation.environment)
        if trial.jobs != nil || trial.gpus != nil {
            settings.slots = given.slots
            settings.slotsAreDevices = given.slotsAreDevices
        }
        settings.timeout = trial.timeout ?? settings.timeout
        try trial.keep(&settings.kind)
        var environment = console.invocation.environment
        environment.workingDirectory = settings.workingDirectory
        try settings.training?.checkFiles(environment)
        try settings.check(study.settings)
        try study.stop(false)
        try await files.run(study, settings, console)
    }
}

/// What a study leaves behind for people and later stages.
struct StudyFileOptions: ParsableArguments {
    @Option(
        name: .customLong("best-file"),
        help: ArgumentHelp("Write the best parameters there, as YAML or JSON", valueName: "file"), completion: .file())
    var best: String?
    @Option(
        name: .customLong("trials-file"),
        help: ArgumentHelp("Write a table of all trials there, as CSV or JSON", valueName: "file"), completion: .file())
    var table: String?
    @Option(help: ArgumentHelp("Write a page with charts there", valueName: "file"), completion: .file())
    var report: String?
    @Flag(help: "Print the best trial as JSON") var json = false

    func run(_ study: sending Study, _ trials: TrialSettings, _ console: Console) async throws {
        let settings = study.settings
        let name = study.name
        let (reason, record) = try await TuningSession(trials: trials, console: console).run(study)
        let summary = StudySummary(record: record, settings: settings)
        let folder = console.invocation.environment.workingDirectory
        if let table {
            let text = table.hasSuffix(".json") ? TrialTable(record, settings).json : TrialTable(record, settings).csv
            try Files.write(Array(text.utf8), to: Paths.absolute(table, from: folder))
        }
        if let report {
            let page = StudyPage(try ChartedStudy(record, settings))
            try Files.write(Array(page.page.html.utf8), to: Paths.absolute(report, from: folder))
        }
        if let best, let trial = record.best {
            let values = try trials.training?.applied(trial, to: .null) ?? trial.nested
            let text =
                best.hasSuffix(".json") ? JSON.emitPython(.mapping(values)) + "\n" : YAML.emit(.mapping(values))
            try Files.write(Array(text.utf8), to: Paths.absolute(best, from: folder))
        }
        if json {
            console.showJSON(JSON.emitPython(.array(summary.best.map(StudySummary.json))))
        } else {
            console.note("The study '\(name)' has ended: \(StudySummary.text(reason)). \(summary.counts)")
            for trial in summary.best {
                let values = (trial.values ?? []).map(PythonFloat.repr).joined(separator: ", ")
                console.print("trial \(trial.number): \(values)  \(TuningView.parameters(trial))")
            }
        }
        if case .failures = reason {
            throw Failure(
                "the study '\(name)' was given up: \(StudySummary.text(reason))",
                remedy: "see output.log in the folder of a trial, then run `varve run tune resume`")
        }
        if !record.trials.isEmpty, !record.trials.contains(where: { $0.state == .complete }) {
            throw Failure(
                "no trial of the study '\(name)' came to a result",
                remedy: "see output.log in the folder of a trial")
        }
    }
}
