import Basics
import Documents
import FileSystem
import Pipelines
import Processes
import ProjectFiles
import Tuning

/// Puts together what a command line and files say of a new study.
struct StudyBeginning {
    let place: StudyOptions
    let search: SearchOptions
    let section: RunnerSectionOptions
    /// How trials are run; `nil` where others run them.
    let runs: (trial: TrialOptions, kind: TrialKindOptions, words: [String])?

    init(
        _ place: StudyOptions, _ search: SearchOptions, _ section: RunnerSectionOptions,
        runs: (trial: TrialOptions, kind: TrialKindOptions, words: [String])?
    ) {
        self.place = place
        self.search = search
        self.section = section
        self.runs = runs
    }

    func begin(
        _ console: Console, _ existing: String = "refuse"
    ) async throws -> (Study, TrialSettings) {
        let environment = console.invocation.environment
        let found = try StudySection(study: place.study, section, environment)
        let known =
            StudySettings.documentKeys + [
                "command", "stage", "copy_paths", "train", "models", "jobs", "gpus", "timeout",
            ]
        for key in found.values.keys where !known.contains(key) {
            throw Failure(
                "'\(key)' of the study is not known", remedy: "known are \(known.joined(separator: ", "))",
                category: .usage)
        }
        var trials = try runs?.trial.settings(above: found.values, environment) ?? TrialSettings()
        let settings = try StudySettings(
            document: try search.document(above: found.values, slots: trials.slots.count))
        let name = place.study ?? found.name ?? "study"
        var attributes = Mapping()
        if let runs {
            trials.kind = try runs.kind.kind(runs.words, above: found.values, settings, console)
            try runs.trial.keep(&trials.kind, above: found.values)
            try TuningSession(trials: trials, console: console).check(settings)
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
                try? Files.removeTree(TuningSession.folder(journal: journal.path, study: name))
            default:
                throw Failure("'--existing' must be 'refuse', 'resume' or 'restart'", category: .usage)
            }
        }
        if runs != nil {
            try await TuningSession(trials: trials, console: console).prepare(
                TuningSession.folder(journal: journal.path, study: name))
        }
        let study = try Study.create(
            name, settings, in: journal, owner: runs == nil ? nil : StudyOptions.owner, attributes: attributes
        ) { WallClock.seconds }
        return (study, trials)
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
