import ArgumentParser
import Basics
import Documents
import Pipelines
import Rendering
import Tuning

/// `varve run tune stop`: no more trials for now.
struct TuneStopCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Begin no more trials; those that run go on to their end",
        discussion: examples(("varve run tune stop --study bert", "From another terminal")))

    @OptionGroup var place: StudyOptions
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let study = try place.open(console)
        try study.stop(true)
        console.print("The study '\(study.name)' begins no more trials; `varve run tune resume` lets it go on.")
    }
}

/// `varve run tune add`: points that somebody wants to see tried.
struct TuneAddCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add points to be tried next",
        discussion: examples(("varve run tune add lr=0.1,opt=sgd", "One point; what it leaves out is drawn")))

    @OptionGroup var place: StudyOptions
    @Argument(help: ArgumentHelp("Points such as lr=0.1,opt=sgd", valueName: "points")) var points: [String]
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let study = try place.open(console)
        try study.enqueue(try points.map(SearchOptions.point))
        console.print("\(points.count) added; the next trials try them.")
    }
}

/// `varve run tune retry`: failed trials once more.
struct TuneRetryCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Let failed trials be run again, each as a new one with the same parameters",
        discussion: examples(("varve run tune retry --failed", "Then `varve run tune resume` runs them")))

    @OptionGroup var place: StudyOptions
    @Flag(help: "Retry the trials that failed") var failed = false
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        guard failed else { throw Failure("say which trials to retry", remedy: "add --failed", category: .usage) }
        let study = try place.open(console)
        let count = try study.retryFailed()
        console.print(
            count == 0
                ? "No trial has failed that was not retried."
                : "\(count) to be tried again; `varve run tune resume` runs them.")
    }
}

/// `varve run tune ask`: a trial for another program.
struct TuneAskCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "ask", abstract: "Take the next trial and print its parameters as JSON",
        discussion: examples(("varve run tune ask --study s", "{\"trial\": 0, \"params\": {\"x\": 0.7}}")))
    static let failureStatus: Int32 = 1

    @OptionGroup var place: StudyOptions
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let study = try place.open(console)
        switch try study.ask() {
        case .trial(let trial):
            let parameters = Mapping(trial.settings.map { ($0.name, $0.value) })
            console.showJSON(
                JSON.emitPython(["trial": .int(trial.number), "params": .mapping(parameters)]))
        case .wait:
            throw Failure("a trial that must come before is still running", remedy: "tell its result, then ask again")
        case .done(let reason):
            console.showJSON(JSON.emitPython(["done": .string(StudySummary.text(reason))]))
        }
    }
}

/// `varve run tune tell`: what became of a trial.
struct TuneTellCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "tell", abstract: "Tell the result of a trial, or a value on its way",
        discussion: examples(
            ("varve run tune tell 0 --value 0.31", "Its result"),
            ("varve run tune tell 0 --step 3 --value 0.4", "A value on its way; prints 'prune' or 'keep'"),
            ("varve run tune tell 0 --failed 'out of memory'", "It came to nothing")))
    static let failureStatus: Int32 = 1

    @OptionGroup var place: StudyOptions
    @Argument(help: ArgumentHelp("Number of the trial", valueName: "trial")) var trial: Int
    @Option(help: ArgumentHelp("Value of an objective; once for each, in their order", valueName: "value"))
    var value: [Double] = []
    @Option(help: ArgumentHelp("The value is that of a step, not the result", valueName: "number")) var step: Int?
    @Option(
        help: ArgumentHelp("Metric that a constraint names, as name=value; may be given again", valueName: "name=value")
    )
    var metric: [String] = []
    @Flag(help: "The trial was stopped early") var pruned = false
    @Option(help: ArgumentHelp("The trial failed, and why", valueName: "reason")) var failed: String?
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let study = try place.open(console)
        if let step {
            guard value.count == 1, !pruned, failed == nil else {
                throw Failure("a step has one --value", category: .usage)
            }
            console.print(try study.report(trial, value[0], at: step) ? "prune" : "keep")
            return
        }
        guard [!value.isEmpty, pruned, failed != nil].count(where: { $0 }) == 1 else {
            throw Failure("say one of --value, --pruned and --failed", category: .usage)
        }
        let metrics = try metric.reduce(into: Mapping()) { result, text in
            for (key, value) in try SearchOptions.point(text).entries { result[key] = value }
        }
        let outcome: Study.Outcome = failed.map { .failed($0) } ?? (pruned ? .pruned : .complete(value))
        switch try study.tell(trial, outcome, metrics: { metrics[$0] }) {
        case .ended(let state): console.print(state.name)
        case .again: console.print("again")
        }
    }
}
