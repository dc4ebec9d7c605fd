import ArgumentParser

/// `varve run`: the stages that varve runs itself.
struct RunCommand: CommandFamily {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Prepare data, train, evaluate: the stages that varve runs itself",
        subcommands: [
            RunPrepareCommand.self, RunTrainCommand.self, RunTuneCommand.self, RunEvaluateCommand.self,
            RunPackageCommand.self,
        ])

    @OptionGroup var global: GlobalOptions
}
