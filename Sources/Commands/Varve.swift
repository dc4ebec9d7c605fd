package import ArgumentParser

/// The root of all commands. It is never run: `Program` finds the command and runs that.
package struct Varve: CommandFamily {
    package static let configuration = CommandConfiguration(
        commandName: "varve",
        abstract: "Version data, models and pipelines next to Git",
        groupedSubcommands: groups,
        helpNames: [.short, .long])

    /// Every command, in the order of `varve --help`.
    private static let groups = [
        CommandGroup(name: "Data", subcommands: [AddCommand.self, CheckoutCommand.self]),
        CommandGroup(name: "Set-up", subcommands: [VersionCommand.self])
    ]

    @OptionGroup package var options: ProgramOptions

    package init() {}
}
