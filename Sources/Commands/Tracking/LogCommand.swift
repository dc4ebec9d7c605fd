import ArgumentParser
import Basics
import FileSystem
import Tracking

/// `varve log`: what a program in any language measures.
struct LogCommand: CommandFamily {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Log metrics, parameters and images of a program in any language",
        discussion: examples(
            ("varve log metric train/loss 0.25", "A value of the step that is going on"),
            ("varve log next-step", "Close the step"),
            ("varve log params lr=0.1 depth=6", "What the program was run with")),
        subcommands: [
            LogMetricCommand.self, LogMetricsCommand.self, LogParameterCommand.self, LogParametersCommand.self,
            LogImageCommand.self, LogArtifactCommand.self, LogNextStepCommand.self,
        ])

    @OptionGroup var global: GlobalOptions
}

/// Where `varve log` writes.
struct LogOptions: ParsableArguments {
    @Option(
        name: .customLong("dir"),
        help: ArgumentHelp(
            "Folder in DVCLive's layout (default: what VARVE_METRICS_DIR says, else dvclive)", valueName: "path"),
        completion: .directory)
    var folder: String?
    @Option(
        name: .customLong("dvcyaml"),
        help: ArgumentHelp(
            "Also list the folder's metrics, plots and parameters in this file, so that DVC shows them "
                + "(bare: dvc.yaml)", valueName: "file"), completion: .file())
    var pipelineFile: String?

    static let dialect = Dialect(bareValues: ["--dvcyaml": "dvc.yaml"])

    func folder(_ environment: HostEnvironment) -> LiveFolder {
        LiveFolder(
            Paths.absolute(
                folder ?? environment["VARVE_METRICS_DIR"] ?? "dvclive", from: environment.workingDirectory))
    }

    /// Goes on with what is logged there already, while nobody else does.
    func withLog(_ console: Console, _ body: (inout LiveLog) throws -> Void) throws {
        let environment = console.invocation.environment
        let folder = folder(environment)
        try folder.locked {
            var log = try LiveLog(folder: folder.path, resume: true)
            try body(&log)
            if let entries = try entries(environment) { try entries.write() }
        }
    }

    /// `nil` where none are wanted.
    func entries(_ environment: HostEnvironment) throws -> LiveEntries? {
        guard let pipelineFile else { return nil }
        guard Paths.name(pipelineFile) == "dvc.yaml" else {
            throw Failure(
                "'\(pipelineFile)' is not read by DVC", remedy: "the file must be called dvc.yaml", category: .usage)
        }
        return LiveEntries(
            of: folder(environment), in: Paths.absolute(pipelineFile, from: environment.workingDirectory))
    }
}

/// What values belong to.
struct LogStepOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Step that it belongs to (default: the one behind the last that was closed)", valueName: "number"))
    var step: Int?
    @Flag(help: "Also note when, in a column of its own") var timestamp = false
    @Flag(name: .customLong("no-plot"), help: "Keep the last value only, no table for a curve") var withoutPlot = false

    func log(_ values: [(name: String, value: String)], in log: inout LiveLog) throws {
        if let step {
            guard step >= 0, step < .max else { throw Failure("--step must be at least 0", category: .usage) }
            log.move(to: step)
        }
        for (name, value) in values {
            try log.log(
                name, value: MetricValue(parsing: value), timestamp: timestamp, hasHistory: !withoutPlot)
        }
        if let step, step >= log.lastCompleteStep ?? 0 {
            try log.writeSummary()
        } else {
            try log.finish()
        }
    }
}
