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
    @Flag(
        name: .customLong("train"),
        help: "Each trial trains on a table as `varve run train` does, whose options stand behind -- or in params.yaml")
    var isTraining = false
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
        let (study, trials) = try StudyBeginning(place, search, trial, section, words, isTraining: isTraining)
            .begin(console, existing)
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
        let (study, _) = try StudyBeginning(place, search, nil, section, []).begin(console)
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
        try trial.keep(&settings.training)
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
            let page = StudyCharts(record, settings).page
            try Files.write(Array(page.html.utf8), to: Paths.absolute(report, from: folder))
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

/// Puts together what a command line and files say of a new study.
private struct StudyBeginning {
    let place: StudyOptions
    let search: SearchOptions
    /// `nil` where others run the trials.
    let trial: TrialOptions?
    let section: RunnerSectionOptions
    let words: [String]
    /// Whether the words are options of a training.
    let isTraining: Bool

    init(
        _ place: StudyOptions, _ search: SearchOptions, _ trial: TrialOptions?, _ section: RunnerSectionOptions,
        _ words: [String], isTraining: Bool = false
    ) {
        self.isTraining = isTraining
        self.place = place
        self.search = search
        self.trial = trial
        self.section = section
        self.words = words.first == "--" ? Array(words.dropFirst()) : words
    }

    func begin(_ console: Console, _ existing: String = "refuse") throws -> (Study, TrialSettings) {
        let environment = console.invocation.environment
        let found = try StudySection(study: place.study, section, environment)
        let known = StudySettings.documentKeys + ["command", "train", "models", "jobs", "gpus", "timeout"]
        for key in found.values.keys where !known.contains(key) {
            throw Failure(
                "'\(key)' of the study is not known", remedy: "known are \(known.joined(separator: ", "))",
                category: .usage)
        }
        var trials = try trial?.settings(above: found.values, environment) ?? TrialSettings()
        let settings = try StudySettings(
            document: try search.document(above: found.values, slots: trials.slots.count))
        let name = place.study ?? found.name ?? "study"
        var attributes = Mapping()
        if let trial {
            if let training = try training(found.values, environment) {
                let (checked, notes) = try training.checked(settings, environment)
                for note in notes { console.warn(note) }
                trials.training = checked
                if trials.slotsAreDevices {
                    throw Failure(
                        "'--gpus' is for programs, and the trials train in this process",
                        remedy: "choose a device with -p device=cuda:0 of the training", category: .usage)
                }
            } else {
                trials.words = words.isEmpty ? found.values["command"]?.array?.map(Distribution.text) ?? [] : words
                _ = try TrialCommand(trials.words, space: settings.space)
            }
            try trial.keep(&trials.training, above: found.values)
            try trials.check(settings)
            attributes[TrialSettings.key] = trials.value
        }
        let journal = try Journal(try place.path(for: name, environment), worker: StudyOptions.worker)
        if let record = journal.replay.study(named: name) {
            switch existing {
            case "refuse":
                throw Failure(
                    "the study '\(name)' is already there",
                    remedy: "go on with `varve run tune resume --study \(name)`, or choose another name with --study",
                    category: .usage)
            case "resume":
                return (try resumed(record, settings, trials, journal), trials)
            case "restart":
                try journal.append { _ in [.deleteStudy(study: record.id)] }
                try? Files.removeTree(TuningSession.folder(journal: journal.path))
            default:
                throw Failure("'--existing' must be 'refuse', 'resume' or 'restart'", category: .usage)
            }
        }
        let study = try Study.create(
            name, settings, in: journal, owner: trial == nil ? nil : StudyOptions.owner, attributes: attributes
        ) { WallClock.seconds }
        return (study, trials)
    }

    /// The training that trials are; `nil` where they are runs of a program.
    private func training(_ section: Mapping, _ environment: HostEnvironment) throws -> TunedTraining? {
        let wish = section["train"].flatMap { $0.isNull || $0.bool == false ? nil : $0 }
        guard isTraining || words.isEmpty && wish != nil else { return nil }
        if !isTraining, section["command"] != nil {
            throw Failure("the study has a 'command' and a 'train'; a trial is one of them", category: .usage)
        }
        return try TrialTrainingOptions(words).training(wish ?? true, environment)
    }

    /// The study that is there, if it was begun with the same settings; it may have another number of trials.
    private func resumed(
        _ record: StudyRecord, _ settings: StudySettings, _ trials: TrialSettings, _ journal: Journal
    ) throws -> Study {
        let before = TrialSettings(record.userAttributes[TrialSettings.key])?.training
        var new = settings.document
        var old = record.userAttributes[Study.settingsKey]?.mapping ?? Mapping()
        new["trials"] = nil
        old["trials"] = nil
        guard new == old, before?.section.values == trials.training?.section.values,
            before?.files == trials.training?.files
        else {
            throw Failure(
                "the study '\(record.name)' was begun with other settings\(trials.training == nil ? "" : " or data")",
                remedy: "begin it anew with --existing restart, or choose another name with --study", category: .usage)
        }
        let study = try Study.open(
            record.name, in: journal, owner: StudyOptions.owner, trials: settings.trials
        ) { WallClock.seconds }
        try study.stop(false)
        return study
    }
}
