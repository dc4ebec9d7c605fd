import ArgumentParser
import Basics
import FileSystem
import Versioning

/// `varve root`
struct RootCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "root", abstract: "Show the way to the project's root folder",
        discussion: examples(("cd $(varve root)", "Go to the root folder")))

    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let folder = console.invocation.environment.workingDirectory
        console.print(Paths.relative(try ProjectFolder.find(from: folder), to: Paths.resolvingLinks(folder)))
    }
}
