package import ArgumentParser

/// The root of all commands. It is never run: `Program` finds the command and runs that.
package struct Varve: CommandFamily {
    package static let configuration = CommandConfiguration(
        commandName: "varve",
        abstract: "Version data, models and pipelines next to Git",
        subcommands: hiddenCommands, groupedSubcommands: groups)

    /// Every command, in the order of `varve --help`.
    private static let groups = [
        CommandGroup(name: "Data", subcommands: dataCommands),
        CommandGroup(name: "Pipelines", subcommands: pipelineCommands),
        CommandGroup(name: "Comparing", subcommands: comparingCommands),
        CommandGroup(name: "Sharing", subcommands: sharingCommands),
        CommandGroup(name: "Set-up", subcommands: setUpCommands),
    ]

    private static let dataCommands: [any ParsableCommand.Type] = [
        AddCommand.self,
        CommitCommand.self,
        CheckoutCommand.self,
        StatusCommand.self,
        DiffCommand.self,
        DataCommand.self,
        MoveCommand.self,
        RemoveCommand.self,
        UnprotectCommand.self,
        ListCommand.self,
        DiskUsageCommand.self,
    ]

    private static let pipelineCommands: [any ParsableCommand.Type] = [
        StageCommand.self,
        ReproCommand.self,
        RunCommand.self,
        DagCommand.self,
        WhyCommand.self,
        PlanCommand.self,
        LogCommand.self,
        RunsCommand.self,
        PredictCommand.self,
        PlotsCommand.self,
        FreezeCommand.self,
        UnfreezeCommand.self,
    ]

    private static let comparingCommands: [any ParsableCommand.Type] = [
        MetricsCommand.self,
        ParamsCommand.self,
        CheckCommand.self,
        ReportCommand.self,
    ]

    private static let sharingCommands: [any ParsableCommand.Type] = [
        PushCommand.self,
        PullCommand.self,
        FetchCommand.self,
        GCCommand.self,
        ImportCommand.self,
        ImportURLCommand.self,
        UpdateCommand.self,
        GetCommand.self,
        GetURLCommand.self,
        ListURLCommand.self,
        PackageCommand.self,
    ]

    private static let setUpCommands: [any ParsableCommand.Type] = [
        InitCommand.self,
        ConfigCommand.self,
        RemoteCommand.self,
        CacheCommand.self,
        InstallCommand.self,
        CheckIgnoreCommand.self,
        RootCommand.self,
        VersionCommand.self,
        DoctorCommand.self,
        DestroyCommand.self,
        CompletionCommand.self,
    ]

    /// For scripts and builds; no help shows them.
    private static let hiddenCommands: [any ParsableCommand.Type] = [
        GitHookCommand.self, CompleteCommand.self, ReferenceCommand.self,
    ]

    @OptionGroup package var options: ProgramOptions

    package init() {}
}
