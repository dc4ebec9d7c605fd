import Basics
import FileSystem
import Pipelines
import Processes
import Tuning
import Versioning

/// Runs a study from a command.
struct TuningSession {
    let trials: TrialSettings
    let console: Console

    /// - Parameter study: Given away to the tasks that run its trials.
    func run(_ study: sending Study) async throws -> (Study.StopReason, StudyRecord) {
        let settings = study.settings
        let folder = Self.folder(journal: study.journal.path, study: study.name)
        let runner = try await runner(settings, folder)
        let request = TuningRequest(
            runner, folder: folder, slots: trials.slots, slotsAreDevices: trials.slotsAreDevices)
        let best = BestSoFar(settings.directions, study.record)
        let view = TuningView(console, best, settings, study.record)
        Interruption.watchTermination()
        let observer = observer(view, study: study.record, folder)
        let desk = StudyDesk(study)
        let run = TuningRun(desk, request, observer: observer)
        let reason = try await view.whileShown { try await run.run() }
        try (runner as? PipelineTrials)?.removeCopies()
        return (reason, await desk.record)
    }

    /// The folder beside a journal that has those of a study's trials.
    static func folder(journal: String, study: String) -> String {
        Paths.join(Paths.parent(journal), String(study.map { $0 == "/" ? "_" : $0 }) + ".trials")
    }

    /// Refuses what no trial could be run with.
    func check(_ settings: StudySettings) throws {
        switch trials.kind {
        case .program(let words): _ = try TrialCommand(words, space: settings.space)
        case .stages(let stages, _): try PipelineTrials.check(settings.space, stages, in: try repository())
        case .training:
            guard !trials.slotsAreDevices else {
                throw Failure(
                    "'--gpus' is for programs, and the trials train in this process",
                    remedy: "choose a device with -p device=cuda:0 of the training", category: .usage)
            }
        }
        try trials.check(settings)
    }

    /// Keeps what the trials of a new study are made from, as it is now.
    ///
    /// - Parameter folder: The study's.
    func prepare(_ folder: String) async throws {
        guard case .stages(_, let paths) = trials.kind else { return }
        try Files.removeTree(Self.template(folder))
        _ = try await template(folder, copying: paths)
    }

    private static func template(_ folder: String) -> String { Paths.join(folder, "workspace") }

    private func template(_ folder: String, copying paths: [String]) async throws -> WorkspaceTemplate {
        try await WorkspaceTemplate(at: Self.template(folder), of: try repository(), extras: paths)
    }

    private func observer(_ view: TuningView, study: StudyRecord, _ folder: String) -> any TuningObserver {
        guard let training = trials.training else { return view }
        return KeptModels(training.keeping, in: folder, study, telling: view)
    }

    private func runner(_ settings: StudySettings, _ folder: String) async throws -> any TrialRunner {
        let limits = ProgramLimits(timeout: trials.timeout.map { .seconds($0) })
        switch trials.kind {
        case .program(let words):
            return ProgramTrials(
                try TrialCommand(words, space: settings.space), workingDirectory: trials.workingDirectory,
                variables: environment.variables, limits: limits)
        case .stages(let stages, let paths):
            guard let program = ProgramFile.path else {
                throw Failure("the system does not tell where varve is", category: .unexpected)
            }
            return PipelineTrials(
                stages, from: try await template(folder, copying: paths), program: program, limits: limits)
        case .training(let training):
            return TrainingTrials(training, slots: trials.slots, timeout: trials.timeout, environment)
        }
    }

    /// As it was when the study was begun.
    private var environment: HostEnvironment {
        var environment = console.invocation.environment
        environment.workingDirectory = trials.workingDirectory
        return environment
    }

    private func repository() throws -> Repository {
        try Repository(discoveredFrom: environment, progress: console.progress)
    }
}
