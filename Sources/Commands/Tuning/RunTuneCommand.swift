import ArgumentParser

/// `varve run tune`: search for good parameters. Without the name of a member it begins a study.
struct RunTuneCommand: CommandFamily {
    static let configuration = CommandConfiguration(
        commandName: "tune", abstract: "Search for good parameters; without a command of its own it means `start`",
        subcommands: [
            TuneStartCommand.self, TuneCreateCommand.self, TuneResumeCommand.self, TuneStopCommand.self,
            TuneListCommand.self, TuneStatusCommand.self, TuneBestCommand.self, TuneApplyCommand.self,
            TuneAddCommand.self, TuneRetryCommand.self, TuneAskCommand.self, TuneTellCommand.self,
            TuneImportanceCommand.self, TunePlotCommand.self, TuneExportCommand.self, TuneReplayCommand.self,
        ], defaultSubcommand: TuneStartCommand.self)

    @OptionGroup var global: GlobalOptions
}
