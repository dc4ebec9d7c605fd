import ArgumentParser

@testable import Commands

/// A command with one option of each kind that DVC's commands have.
struct SampleCommand: VarveCommand {
    enum Untracked: String, ExpressibleByArgument, CaseIterable { case no, all }

    static let configuration = CommandConfiguration(
        commandName: "sample", abstract: "Try every kind of option",
        discussion: examples(("varve sample data.dvc", "Try one file")), aliases: ["sm"])
    static let dialect = Dialect(
        bareValues: ["--rev": nil, "--untracked-files": "all"], exclusive: [["--global", "--local"]])
    static let failureStatus: Int32 = 1

    @Argument(help: "Things to try", completion: .targets) var targets: [String] = []
    @Option(name: .shortAndLong, help: ArgumentHelp("How many at once", valueName: "number")) var jobs: Int?
    @Option(name: .shortAndLong, help: ArgumentHelp("Where to", valueName: "name"), completion: .remotes)
    var remote: String?
    @Option(help: "A revision", completion: .revisions) var rev: String?
    @Option var untrackedFiles = Untracked.no
    @Option(name: .customLong("remote-config"), parsing: .upToNextOption) var settings: [String] = []
    @Option(name: .short, help: "Horizontal field") var x: String?
    @Option(name: .long, help: "Digits") var precision: Int = 5
    @Option(name: [.customShort("I"), .long], help: "May be repeated") var include: [String] = []
    @Flag(name: .shortAndLong, help: "Do it anyway") var force = false
    @Flag(name: [.customShort("a"), .long]) var allBranches = false
    @Flag(name: [.customShort("T"), .long]) var allTags = false
    @Flag(name: .customLong("global")) var isGlobal = false
    @Flag(name: .customLong("local")) var isLocal = false
    @Flag(inversion: .prefixedNo, exclusivity: .chooseLast, help: "The run cache too") var runCache = false
    @Flag(help: .hidden) var secret = false
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {}
}

/// A command that hands its last words on, as `stage add` does.
struct PassingCommand: VarveCommand {
    static let configuration = CommandConfiguration(commandName: "passing")

    @Option(name: .shortAndLong) var name: String
    @Option(name: .shortAndLong) var deps: [String] = []
    @Argument(parsing: .postTerminator) var command: [String] = []
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {}
}

/// A command whose positional words differ in arity.
struct PairCommand: VarveCommand {
    static let configuration = CommandConfiguration(commandName: "pair")

    @Argument var url: String
    @Argument var path: String
    @Argument var extra: String?
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {}
}

/// A program with a family in it.
struct SampleProgram: CommandFamily {
    struct Family: CommandFamily {
        static let configuration = CommandConfiguration(
            commandName: "family", abstract: "Hold others", subcommands: [PairCommand.self, PassingCommand.self],
            aliases: ["fam"])
    }

    static let configuration = CommandConfiguration(
        commandName: "sample-program", subcommands: [SampleCommand.self, Family.self])
}
