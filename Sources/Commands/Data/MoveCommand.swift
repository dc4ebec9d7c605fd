import ArgumentParser
import Basics
import Versioning

/// `varve move`: rename tracked data.
struct MoveCommand: RepositoryCommand {
    static let configuration = CommandConfiguration(
        commandName: "move", abstract: "Rename or move tracked data",
        discussion: examples(
            ("varve move raw.csv data/raw.csv", "Rename a file together with its pointer file"),
            ("varve move images archive", "Move a directory into another one")),
        aliases: ["mv"])
    static let failureStatus: Int32 = 1
    static let locksRepository = true

    @Argument(help: "The tracked file or directory", completion: .targets) var src: String
    @Argument(help: "Its new path, or a directory to move it into") var dst: String
    @OptionGroup var global: GlobalOptions

    func run(in repository: Repository, _ console: Console) async throws {
        do {
            console.showFilesToStage(try repository.move(src, to: dst).filesToStage)
        } catch let error as any UserFacingError where error.category == .failure {
            throw FailedStep("failed to move '\(src)' -> '\(dst)'", error)
        }
    }
}
