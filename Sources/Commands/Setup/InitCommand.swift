import ArgumentParser
import Versioning

/// `varve init`
struct InitCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make a folder a project",
        discussion: examples(
            ("varve init", "Begin in the root folder of a Git repository"),
            ("varve init --subdir", "Begin in a folder inside of a Git repository"),
            ("varve init --no-scm data", "Begin without Git, in the folder 'data'")))
    static let failureStatus: Int32 = 1

    @Argument(help: "Folder to begin in", completion: .directory) var directory = "."
    @Flag(help: "Do without Git") var noScm = false
    @Flag(name: .shortAndLong, help: "Replace a project that is there; its cache is removed too") var force = false
    @Flag(help: "Begin in a folder inside of a Git repository") var subdir = false
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        var options = ProjectCreation.Options()
        options.isWithoutGit = noScm
        options.isInSubfolder = subdir
        options.replacesExisting = force
        try ProjectCreation(folder: directory, options: options, environment: console.invocation.environment).run()
        console.print("Initialized DVC repository.\n")
        if !noScm { console.print("You can now commit the changes to git.\n") }
        console.print(
            """
            What's next?
            ------------
            - Track data: varve add <file or folder>
            - Share it: varve remote add -d <name> <url>, then varve push
            - See all commands: varve --help
            """)
    }
}
