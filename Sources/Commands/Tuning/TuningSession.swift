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
        let desk = StudyDesk(study)
        let run = TuningRun(desk, request, observer: view)
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
        if trials.stages.isEmpty {
            _ = try TrialCommand(trials.words, space: settings.space)
        } else {
            guard trials.words.isEmpty else {
                throw Failure("a trial is a program or stages, not both", category: .usage)
            }
            try PipelineTrials.check(settings.space, trials.stages, in: try repository())
        }
        try trials.check(settings)
    }

    /// Keeps what the trials of a new study are made from, as it is now.
    ///
    /// - Parameter folder: The study's.
    func prepare(_ folder: String) async throws {
        guard !trials.stages.isEmpty else { return }
        try Files.removeTree(Self.template(folder))
        _ = try await template(folder)
    }

    private static func template(_ folder: String) -> String { Paths.join(folder, "workspace") }

    private func template(_ folder: String) async throws -> WorkspaceTemplate {
        try await WorkspaceTemplate(at: Self.template(folder), of: try repository(), extras: trials.copiedPaths)
    }

    private func runner(_ settings: StudySettings, _ folder: String) async throws -> any TrialRunner {
        let variables = console.invocation.environment.variables
        let limits = ProgramLimits(timeout: trials.timeout.map { .seconds($0) })
        guard !trials.stages.isEmpty else {
            return ProgramTrials(
                try TrialCommand(trials.words, space: settings.space), workingDirectory: trials.workingDirectory,
                variables: variables, limits: limits)
        }
        guard let program = ProgramFile.path else {
            throw Failure("the system does not tell where varve is", category: .unexpected)
        }
        return PipelineTrials(
            trials.stages, from: try await template(folder), program: program, variables: variables,
            limits: limits)
    }

    /// The one that the study was begun in.
    private func repository() throws -> Repository {
        var environment = console.invocation.environment
        environment.workingDirectory = trials.workingDirectory
        return try Repository(discoveredFrom: environment, progress: console.progress)
    }
}
