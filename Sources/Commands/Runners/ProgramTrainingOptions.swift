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
        var section = RunnerSection(
            file: program.file, name: program.name + ".run", values: try program.mapping("run") ?? Mapping()
        ).withUnderscores
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
        request.timeout = try Self.duration(section, "timeout")
        request.retry = try Self.retry(section)
        if let heartbeat = try Self.duration(section, "heartbeat") { request.heartbeat = heartbeat }
        request.seed =
            try section.integer("seed") ?? program.values["seed"]?.int ?? environment["VARVE_SEED"].flatMap { Int($0) }
        request.checkpointFolder = try section.string("checkpoint_dir").map { Paths.absolute($0, from: directory) }
        request.keptCheckpoints = try section.integer("keep_checkpoints")
        if let kept = request.keptCheckpoints, kept < 1 {
            throw section.wrong("keep_checkpoints", "must be at least 1")
        }
        if let resume = try section.bool("resume") { request.resumption = resume ? .always : .never }
        request.totalSteps =
            try section.integer("steps") ?? Self.totals.lazy.compactMap { program.values[$0]?.int }.first
        let variables = try (section.mapping("env") ?? Mapping()).entries.map { ($0.key, $0.value.pythonText) }
        if let wrong = variables.first(where: { !Self.isName($0.0) }) {
            throw section.wrong("env", "has the name '\(wrong.0)', which no variable can have")
        }
        let given = try KeyValues.parse(options.variables, of: "--env")
        if let wrong = given.first(where: { !Self.isName($0.name) }) {
            throw Failure("'--env' has the name '\(wrong.name)', which no variable can have", category: .usage)
        }
        request.variables = variables + given
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

    /// Whether a variable of a program can be called so.
    private static func isName(_ text: String) -> Bool { !text.isEmpty && !text.utf8.contains(0) }

    private static func duration(_ section: RunnerSection, _ key: String) throws -> Duration? {
        guard let value = section.value(key) else { return nil }
        guard let duration = Duration(setting: value), duration > .zero else {
            throw section.wrong(key, "is no duration such as 90s, 15m, 4h or 2d")
        }
        return duration
    }

    private static func retry(_ section: RunnerSection) throws -> RetryPolicy? {
        let causes = try section.strings("retry_on")?.flatMap { $0.split(separator: ",").map(String.init) }
        guard let limit = try section.integer("retry") else {
            if causes != nil || section.value("retry_pause") != nil {
                throw section.wrong(
                    causes != nil ? "retry_on" : "retry_pause", "says nothing without retry",
                    remedy: "say how often: `--retry 3`")
            }
            return nil
        }
        guard (0...1000).contains(limit) else {
            throw section.wrong("retry", "is not from 0 to 1000")
        }
        var policy = RetryPolicy(limit: limit)
        policy.causes = try causes?.map { word in
            guard let cause = RetryPolicy.Cause(word) else {
                throw section.wrong(
                    "retry_on",
                    "holds '\(word)'; known are exit statuses, signal, timeout and oom")
            }
            return cause
        }
        if let pause = try duration(section, "retry_pause") {
            policy.pause = pause
            policy.factor = 2
        }
        return policy
    }
}
