import ArgumentParser
import Basics
import Documents
import Versioning

/// `varve plots`: pictures of data, at one revision or several.
struct PlotsCommand: CommandFamily {
    static let configuration = CommandConfiguration(
        commandName: "plots", abstract: "Draw plots, and compare them between revisions",
        subcommands: [
            PlotsShowCommand.self, PlotsDiffCommand.self, PlotsModifyCommand.self, PlotsTemplatesCommand.self,
        ])

    @OptionGroup var global: GlobalOptions
}

/// `varve plots show`: plots of the workspace.
struct PlotsShowCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Draw plots from files or from definitions in dvc.yaml",
        discussion: examples(
            ("varve plots show", "All plots as one page for the browser"),
            ("varve plots show --terminal dvclive", "The curves of a training run, here in the terminal"),
            ("varve plots show logs.csv -x epoch -y loss -t smooth", "A file that nothing defines a plot of")))
    static let failureStatus: Int32 = 1
    static let dialect = PlotOptions.dialect

    @Argument(help: "Files, folders or IDs of plots; all plots by default", completion: .targets)
    var targets: [String] = []
    @OptionGroup var properties: PlotOptions
    @OptionGroup var output: PlotOutputOptions
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        try output.check(targets)
        var request = PlotsRequest()
        request.targets = targets
        request.properties = properties.mapping
        let repository = try Repository(plotsFrom: console)
        try output.show(try await repository.plots(request), of: repository, console)
    }
}

/// `varve plots diff`: plots of several revisions, one over the other.
struct PlotsDiffCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Draw plots of several revisions over one another",
        discussion: examples(
            ("varve plots diff", "The workspace against the last Git commit"),
            ("varve plots diff main v1.0 HEAD --targets loss.csv", "One plot of three revisions"),
            ("varve plots diff --terminal HEAD~1", "The same in the terminal, with the workspace")))
    static let failureStatus: Int32 = 1
    static let dialect = PlotOptions.dialect

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Files, folders or IDs of plots; all plots by default", valueName: "paths"),
        completion: .targets)
    var targets: [String] = []
    @Flag(
        name: [.customShort("e"), .customLong("experiment")],
        help: "Compare a single revision with the one that it is an experiment on")
    var experiment = false
    @Argument(help: "Git revisions, experiments, or 'workspace'") var revisions: [String] = []
    @OptionGroup var properties: PlotOptions
    @OptionGroup var output: PlotOutputOptions
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        try output.check(targets)
        let repository = try Repository(plotsFrom: console)
        var request = PlotsRequest()
        request.targets = targets
        request.properties = properties.mapping
        request.revisions =
            try repository.hasCommits()
            ? repository.comparedRevisions(revisions, asExperiment: experiment) : []
        try output.show(try await repository.plots(request), of: repository, console)
    }
}

/// `varve plots modify`: how an output of a stage is plotted.
struct PlotsModifyCommand: RepositoryCommand {
    static let configuration = CommandConfiguration(
        commandName: "modify", abstract: "Change how an output of a stage is plotted",
        discussion: examples(
            ("varve plots modify loss.csv -x step -y loss --title Loss", "Axes and title"),
            ("varve plots modify loss.csv --unset title", "Take a property away")))
    static let dialect = PlotOptions.dialect
    static let locksRepository = true

    @Argument(help: "Output of a stage", completion: .targets) var target: String
    @OptionGroup var properties: PlotOptions
    @Option(parsing: .upToNextOption, help: ArgumentHelp("Properties to take away", valueName: "property"))
    var unset: [String] = []
    @OptionGroup var global: GlobalOptions

    func run(in repository: Repository, _ console: Console) async throws {
        try repository.modifyPlot(target, setting: properties.mapping, unset: unset.isEmpty ? nil : unset)
    }
}

/// `varve plots templates`: what plots can be drawn by.
struct PlotsTemplatesCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "templates", abstract: "List the built-in templates, or print one",
        discussion: examples(
            ("varve plots templates", "All names"),
            ("varve plots templates scatter > .dvc/plots/mine.json", "A template of your own to start from")))
    static let failureStatus: Int32 = 1

    @Argument(help: "Template to print as JSON") var template: String?
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        guard let template else {
            for template in PlotTemplate.builtIn { console.print(template.name) }
            return
        }
        guard let found = PlotTemplate.builtIn(named: template) else {
            throw Failure(
                "Unexpected template: \(template).",
                remedy: "`varve plots templates` lists the built-in ones; others are files in .dvc/plots")
        }
        console.showJSON(JSON.emitPython(.mapping(found.content)))
    }
}
