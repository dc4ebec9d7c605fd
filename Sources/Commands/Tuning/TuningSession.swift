import Basics
import Documents
import Pipelines
import Processes
import Tuning

/// Runs a study from a command.
struct TuningSession {
    let trials: TrialSettings
    let console: Console

    /// - Parameter study: Given away to the tasks that run its trials.
    func run(_ study: sending Study) async throws -> (Study.StopReason, StudyRecord) {
        let settings = study.settings
        let request = try request(settings, journal: study.journal.path)
        let best = BestSoFar(settings.directions, study.record)
        let view = TuningView(console, best, settings, study.record)
        defer { view.end() }
        Interruption.watchTermination()
        let (record, journal) = (study.record, study.journal.path)
        let desk = StudyDesk(study)
        let run = TuningRun(desk, request, observer: observer(view, study: record, journal: journal))
        let reason = try await run.run()
        return (reason, await desk.record)
    }

    /// Where the folders of trials are.
    static func folder(journal: String) -> String {
        (journal.hasSuffix(".jsonl") ? String(journal.dropLast(".jsonl".count)) : journal) + ".trials"
    }

    private func request(_ settings: StudySettings, journal: String) throws -> TuningRequest {
        TuningRequest(
            try runner(settings), folder: Self.folder(journal: journal), slots: trials.slots,
            slotsAreDevices: trials.slotsAreDevices)
    }

    private func observer(_ view: TuningView, study: StudyRecord, journal: String) -> any TuningObserver {
        guard let training = trials.training else { return view }
        return KeptModels(training.keeping, in: Self.folder(journal: journal), study, telling: view)
    }

    private func runner(_ settings: StudySettings) throws -> any TrialRunner {
        if let training = trials.training {
            var environment = console.invocation.environment
            environment.workingDirectory = trials.workingDirectory
            return TrainingTrials(training, slots: trials.slots, timeout: trials.timeout, environment)
        }
        return ProgramTrials(
            try TrialCommand(trials.words, space: settings.space), workingDirectory: trials.workingDirectory,
            variables: console.invocation.environment.variables,
            limits: ProgramLimits(timeout: trials.timeout.map { .seconds($0) }))
    }
}
