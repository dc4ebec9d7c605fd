import ArgumentParser
import Basics
import FileSystem
import Versioning

/// `varve git-hook merge-driver`: what `merge=dvc` in .gitattributes calls for pointer files.
struct MergeDriverCommand: RepositoryCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge-driver", abstract: "Merge two versions of a pointer file for Git",
        discussion: examples(
            ("varve git-hook merge-driver --ancestor %O --our %A --their %B", "As Git calls it")))
    static let locksRepository = true

    @Option(help: "The version that both sides started from") var ancestor: String
    @Option(help: "Our version; the result is written to it") var our: String
    @Option(help: "Their version") var their: String
    @OptionGroup var global: GlobalOptions

    func run(in repository: Repository, _ console: Console) async throws {
        func absolute(_ path: String) -> String {
            Paths.absolute(path, from: repository.environment.workingDirectory)
        }
        try repository.mergePointerFiles(
            ancestor: absolute(ancestor), ours: absolute(our), theirs: absolute(their))
    }
}
