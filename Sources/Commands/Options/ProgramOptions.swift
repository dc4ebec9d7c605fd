package import ArgumentParser

/// Options that stand before the command.
package struct ProgramOptions: ParsableArguments {
    @OptionGroup package var global: GlobalOptions

    @Option(
        name: .customLong("cd"), help: ArgumentHelp("Change to this directory first", valueName: "dir"),
        completion: .directory)
    package var directory: String?

    @Flag(name: .customLong("wait-for-lock"), help: "Wait for a lock that another process holds instead of failing")
    package var waitsForLock = false

    @Flag(name: [.customShort("V"), .customLong("version")], help: "Show the version")
    package var showsVersion = false

    package init() {}
}
