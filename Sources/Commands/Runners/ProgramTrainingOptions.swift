import ArgumentParser
import Basics
import Documents
import FileSystem
import Pipelines
import ProjectFiles

/// Options of `varve run train` for a program of one's own.
struct ProgramTrainingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("How long one attempt may take, such as 90m or 4h", valueName: "duration"))
    var timeout: String?
    @Option(help: ArgumentHelp("How often the program is started again after a failure", valueName: "number"))
    var retry: Int?
    @Option(
        name: .customLong("retry-on"),
        help: ArgumentHelp(
            "Only after such a failure: an exit status, signal, timeout or oom; several with commas between them",
            valueName: "cause"))
    var retryCauses: [String] = []
    @Option(
        name: .customLong("retry-pause"),
        help: ArgumentHelp("Pause before it is started again; twice as long each time", valueName: "duration"))
    var retryPause: String?
    @Option(help: ArgumentHelp("How many steps there will be, for the time left", valueName: "number"))
    var steps: Int?
    @Option(
        name: .customLong("env"), help: ArgumentHelp("A variable for the program", valueName: "name=value"))
    var variables: [String] = []
    @Option(help: ArgumentHelp("How often the run's record is refreshed (default: 10s)", valueName: "duration"))
    var heartbeat: String?
    @Flag(inversion: .prefixedNo, help: "Show metrics and curves on a terminal (default: yes)") var live: Bool?
}

/// The options of a training by a program, from the command line and from `run:` in its section of the parameter file.
///
/// The section itself belongs to the program: `epochs` and its like tell how long it will take, `seed` is the seed, and
/// the rest is for the program alone.
struct ProgramTrainingSettings {
    private(set) var request: TrainingRequest
    private(set) var showsLive: Bool

    static let keys = [
        "timeout", "retry", "retry_on", "retry_pause", "steps", "env", "heartbeat", "live", "seed", "checkpoint_dir",
        "keep_checkpoints", "metrics_dir", "resume",
    ]
    /// Names that programs give to their number of steps.
    private static let totals = [
        "steps", "max_steps", "epochs", "num_epochs", "n_epochs", "max_epochs", "num_train_epochs", "rounds",
        "num_rounds", "num_boost_round", "n_estimators", "iterations", "max_iter",
    ]

    init(
        _ words: [String], _ places: TrainingPlaceOptions, _ options: ProgramTrainingOptions,
        _ sectionOptions: RunnerSectionOptions, _ environment: HostEnvironment
    ) throws {
        let program = try sectionOptions.read("train", environment)
        var section = RunnerSection(file: program.file, name: program.name + ".run")
        for (key, value) in try program.mapping("run")?.entries ?? [] {
            section.set(key.replacing("-", with: "_"), value)
        }
        try section.refuseOthers(than: Self.keys)
        section.set("timeout", options.timeout.map(Value.string))
        section.set("retry", options.retry.map(Value.int))
        section.set("retry_on", options.retryCauses.isEmpty ? nil : .array(options.retryCauses.map(Value.string)))
        section.set("retry_pause", options.retryPause.map(Value.string))
        section.set("steps", options.steps.map(Value.int))
        section.set("heartbeat", options.heartbeat.map(Value.string))
        section.set("live", options.live.map(Value.bool))
        section.set("seed", places.seed.map(Value.int))
        section.set("checkpoint_dir", places.checkpointFolder.map(Value.string))
        section.set("keep_checkpoints", places.keptCheckpoints.map(Value.int))
        section.set("metrics_dir", places.metricsFolder.map(Value.string))
        section.set("resume", places.resume.map(Value.bool))

        let directory = environment.workingDirectory
        let metrics = try section.string("metrics_dir") ?? environment["VARVE_METRICS_DIR"] ?? "dvclive"
        request = TrainingRequest(
            words: words, directory: directory, metricsFolder: Paths.absolute(metrics, from: directory))
        request.timeout = try Self.duration(section, "timeout", options.timeout)
        request.retry = try Self.retry(section, options)
        if let heartbeat = try Self.duration(section, "heartbeat", options.heartbeat) { request.heartbeat = heartbeat }
        request.seed =
            try section.integer("seed") ?? program.values["seed"]?.int ?? environment["VARVE_SEED"].flatMap { Int($0) }
        request.checkpointFolder = try section.string("checkpoint_dir").map { Paths.absolute($0, from: directory) }
        request.keptCheckpoints = try section.integer("keep_checkpoints")
        if let kept = request.keptCheckpoints, kept < 1 {
            throw Self.wrong(
                section, "keep_checkpoints", isOption: places.keptCheckpoints != nil, "must be at least 1")
        }
        if let resume = try section.bool("resume") { request.resumption = resume ? .always : .never }
        request.totalSteps =
            try section.integer("steps") ?? Self.totals.lazy.compactMap { program.values[$0]?.int }.first
        for (name, value) in try section.mapping("env")?.entries ?? [] {
            request.variables.append((name, value.pythonText))
        }
        request.variables += try KeyValues.parse(options.variables, of: "--env")
        if let wrong = request.variables.first(where: { $0.name.isEmpty || $0.name.utf8.contains(0) }) {
            throw Self.wrong(
                section, "env", isOption: !options.variables.isEmpty,
                "has the name '\(wrong.name)', which no variable can have")
        }
        request.parameters = try Self.parameters(sectionOptions, program, environment)
        showsLive = try section.bool("live") ?? true
    }

    /// What the program finds in `VARVE_PARAMS`: the section that was asked for, else what the stage around it has, else
    /// the whole file.
    private static func parameters(
        _ options: RunnerSectionOptions, _ program: RunnerSection, _ environment: HostEnvironment
    ) throws -> Value? {
        if options.section != nil { return .mapping(program.values) }
        if options.params == nil, environment["VARVE_PARAMS"] != nil { return nil }
        let path = Paths.absolute(options.params ?? "params.yaml", from: environment.workingDirectory)
        guard let bytes = try Files.readIfPresent(path) else { return nil }
        return try ParamsFile(parsing: bytes, path: program.file).value
    }

    private static func duration(
        _ section: RunnerSection, _ key: String, _ option: String?
    ) throws -> Duration? {
        guard let value = section.value(key) else { return nil }
        guard let duration = Duration(setting: value), duration > .zero else {
            throw wrong(section, key, isOption: option != nil, "is no duration such as 90s, 15m, 4h or 2d")
        }
        return duration
    }

    /// An error that names the option or the place in the file, whichever it was.
    private static func wrong(
        _ section: RunnerSection, _ key: String, isOption: Bool, _ reason: String, remedy: String? = nil
    ) -> Failure {
        guard isOption else { return section.wrong(key, reason, remedy: remedy) }
        return Failure("--\(key.replacing("_", with: "-")) \(reason)", remedy: remedy, category: .usage)
    }

    private static func retry(_ section: RunnerSection, _ options: ProgramTrainingOptions) throws -> RetryPolicy? {
        let causes = try section.strings("retry_on")?.flatMap { $0.split(separator: ",").map(String.init) }
        guard let limit = try section.integer("retry") else {
            if causes != nil || section.value("retry_pause") != nil {
                throw wrong(
                    section, causes != nil ? "retry_on" : "retry_pause",
                    isOption: !options.retryCauses.isEmpty || options.retryPause != nil,
                    "says nothing without retry", remedy: "say how often: `--retry 3`")
            }
            return nil
        }
        guard (0...1000).contains(limit) else {
            throw wrong(section, "retry", isOption: options.retry != nil, "is not from 0 to 1000")
        }
        var policy = RetryPolicy(limit: limit)
        policy.causes = try causes?.map { word in
            guard let cause = RetryPolicy.Cause(word) else {
                throw wrong(
                    section, "retry_on", isOption: !options.retryCauses.isEmpty,
                    "holds '\(word)'; known are exit statuses, signal, timeout and oom")
            }
            return cause
        }
        if let pause = try duration(section, "retry_pause", options.retryPause) {
            policy.pause = pause
            policy.factor = 2
        }
        return policy
    }
}
