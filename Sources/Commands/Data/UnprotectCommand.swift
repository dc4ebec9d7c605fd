import ArgumentParser
import Basics
import Versioning

/// `varve unprotect`: make linked data safe to edit.
struct UnprotectCommand: RepositoryCommand {
    static let configuration = CommandConfiguration(
        commandName: "unprotect", abstract: "Replace links to the cache by copies that may be edited",
        discussion: examples(("varve unprotect data.csv", "Edit a file in place although cache.type is hardlink")))
    static let failureStatus: Int32 = 1
    static let locksRepository = true

    @Argument(help: "Tracked files and directories", completion: .targets) var targets: [String]
    @OptionGroup var global: GlobalOptions

    func run(in repository: Repository, _ console: Console) async throws {
        for target in targets {
            do {
                try repository.unprotect(target)
            } catch let error as any UserFacingError where error.category == .failure {
                throw FailedStep("failed to unprotect '\(target)'", error)
            }
        }
    }
}
