import ArgumentParser
import Basics
import Tracking

/// `varve log metric`: one value.
struct LogMetricCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "metric", abstract: "Log a value of a metric",
        discussion: examples(
            ("varve log metric train/loss 0.25", "For the step that is going on"),
            ("varve log metric val/acc 0.9 --step 5", "For a step that the program counts itself")))
    static let dialect = LogOptions.dialect

    @Argument(help: "Name of the metric, with / between its parts") var name: String
    @Argument(help: "A number, or a word") var value: String
    @OptionGroup var step: LogStepOptions
    @OptionGroup var options: LogOptions
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        try options.withLog(console) { try step.log([(name, value)], in: &$0) }
    }
}

/// `varve log metrics`: several values.
struct LogMetricsCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics", abstract: "Log values of several metrics",
        discussion: examples(("varve log metrics train/loss=0.25 val/loss=0.3 --step 5", "All of one step")))
    static let dialect = LogOptions.dialect

    @Argument(help: ArgumentHelp("Names and values", valueName: "name=value")) var values: [String]
    @OptionGroup var step: LogStepOptions
    @OptionGroup var options: LogOptions
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let pairs = try KeyValues.parse(values, of: "values")
        try options.withLog(console) { try step.log(pairs, in: &$0) }
    }
}

/// `varve log next-step`: the end of a step.
struct LogNextStepCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "next-step", abstract: "Close a step and print the number of the next",
        discussion: examples(("step=$(varve log next-step)", "In a shell's loop")))
    static let dialect = LogOptions.dialect

    @OptionGroup var options: LogOptions
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        try options.withLog(console) { log in
            try log.nextStep()
            console.print("\(log.step)")
        }
    }
}
