import ArgumentParser
import Basics
import Documents
import FileSystem
import Pipelines
import Processes
import Tuning

/// How trials are run.
struct TrialOptions: ParsableArguments {
    @Option(
        name: [.customShort("j"), .long], help: ArgumentHelp("Trials at a time (default: 1)", valueName: "number"))
    var jobs: Int?
    @Option(
        help: ArgumentHelp(
            "Devices such as 0,1: one trial at a time on each, which sees it as CUDA_VISIBLE_DEVICES",
            valueName: "ids"))
    var gpus: String?
    @Option(help: ArgumentHelp("Seconds that a trial may take", valueName: "seconds")) var timeout: Double?

    /// What is remembered with the study, so that `resume` runs trials in the same way.
    func settings(above section: Mapping, _ environment: HostEnvironment) throws -> TrialSettings {
        var result = TrialSettings()
        result.workingDirectory = environment.workingDirectory
        let devices = gpus ?? section["gpus"].map(Distribution.text)
        if let devices {
            result.slots = devices.split(whereSeparator: { ",[] ".contains($0) }).map(String.init)
            result.slotsAreDevices = true
        } else {
            let count = jobs ?? section["jobs"]?.int ?? 1
            guard (1...4096).contains(count) else {
                throw Failure("the number of jobs must lie between 1 and 4096", category: .usage)
            }
            result.slots = (0..<count).map(String.init)
        }
        guard !result.slots.isEmpty else { throw Failure("'--gpus' names no device", category: .usage) }
        result.timeout =
            try timeout
            ?? section["timeout"].map { value in
                guard let seconds = Double(Distribution.text(value)) else {
                    throw Failure("'timeout' of the study must be a number of seconds", category: .usage)
                }
                return seconds
            }
        if let timeout = result.timeout, !(timeout > 0) || timeout > 1e9 {
            throw Failure("the time of a trial must be above 0", category: .usage)
        }
        return result
    }
}

/// How trials are run, as a study remembers it.
struct TrialSettings {
    static let key = "varve:run"

    var words: [String] = []
    var workingDirectory = ""
    var slots: [String] = ["0"]
    var slotsAreDevices = false
    var timeout: Double?

    init() {}

    init?(_ value: Value?) {
        guard let mapping = value?.mapping, let words = mapping["command"]?.array?.compactMap(\.string),
            let directory = mapping["working_directory"]?.string,
            let slots = mapping["slots"]?.array?.compactMap(\.string), !slots.isEmpty
        else { return nil }
        self.words = words
        workingDirectory = directory
        self.slots = slots
        slotsAreDevices = mapping["devices"]?.bool ?? false
        if case .float(let seconds)? = mapping["timeout"] { timeout = seconds }
    }

    var value: Value {
        var result = Mapping([
            ("command", .array(words.map(Value.string))), ("working_directory", .string(workingDirectory)),
            ("slots", .array(slots.map(Value.string))), ("devices", .bool(slotsAreDevices)),
        ])
        if let timeout { result["timeout"] = .float(timeout) }
        return .mapping(result)
    }

    /// Refuses trials that would write over one another's metrics.
    func check(_ settings: StudySettings) throws {
        guard slots.count > 1 else { return }
        for objective in settings.objectives {
            guard let file = TrialMetrics.split(objective.metric).file, !file.contains("{dir}"),
                !file.contains("{trial}")
            else { continue }
            throw Failure(
                "trials that run at the same time would write over '\(file)'",
                remedy: "let the program write into the folder of its trial and name '{dir}/\(Paths.name(file))'",
                category: .usage)
        }
    }
}

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
        Interruption.watchTermination()
        let desk = StudyDesk(study)
        let run = TuningRun(desk, request, observer: view)
        let reason = try await view.whileShown { try await run.run() }
        return (reason, await desk.record)
    }

    /// Where the folders of trials are.
    static func folder(journal: String) -> String {
        (journal.hasSuffix(".jsonl") ? String(journal.dropLast(".jsonl".count)) : journal) + ".trials"
    }

    private func request(_ settings: StudySettings, journal: String) throws -> TuningRequest {
        var request = TuningRequest(
            command: try TrialCommand(trials.words, space: settings.space),
            workingDirectory: trials.workingDirectory, variables: console.invocation.environment.variables,
            folder: Self.folder(journal: journal), slots: trials.slots)
        request.slotsAreDevices = trials.slotsAreDevices
        request.limits = ProgramLimits(timeout: trials.timeout.map { .seconds($0) })
        return request
    }
}
