import ArgumentParser
import Basics
import FileSystem
import Versioning

/// `varve destroy`
struct DestroyCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "destroy", abstract: "Remove the project's files and its cache; data in the workspace stays",
        discussion: examples(("varve destroy -f", "Make the project an ordinary folder again")))
    static let failureStatus: Int32 = 1

    @Flag(name: .shortAndLong, help: "Do not ask") var force = false
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let environment = console.invocation.environment
        let root = try ProjectFolder.find(from: environment.workingDirectory)
        let settings = try SettingsStore(environment: environment, dvcFolder: Paths.join(root, ".dvc")).load()
        let question =
            "This will destroy all information about your pipelines, all data files, as well as cache in .dvc/cache.\n"
            + "Are you sure you want to continue?"
        guard force || console.confirm(question) else {
            throw Failure(
                "failed to destroy DVC - cannot destroy without a confirmation from the user. Use `-f` to force.")
        }
        let removal = ProjectRemoval(root: root, settings: settings)
        try removal.run(projectFiles: removal.projectFiles())
    }
}
