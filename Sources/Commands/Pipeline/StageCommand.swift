import ArgumentParser

/// `varve stage`: the stages of a pipeline.
struct StageCommand: CommandFamily {
    static let configuration = CommandConfiguration(
        commandName: "stage", abstract: "Add and list stages of a pipeline",
        subcommands: [StageAddCommand.self, StageListCommand.self])

    @OptionGroup var global: GlobalOptions
}
