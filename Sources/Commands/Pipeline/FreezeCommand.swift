import ArgumentParser
import Basics
import Pipelines
import Versioning

/// `varve freeze`: keep stages from being reproduced.
struct FreezeCommand: RepositoryCommand {
    static let configuration = CommandConfiguration(
        commandName: "freeze", abstract: "Keep stages or imports from being brought up to date",
        discussion: examples(("varve freeze prepare", "Keep the outputs of a stage whatever changes")))
    static let failureStatus: Int32 = 1
    static let locksRepository = true

    @Argument(help: "Stages or pointer files", completion: .targets) var targets: [String]
    @OptionGroup var global: GlobalOptions

    func run(in repository: Repository, _ console: Console) async throws {
        try setFrozen(true, targets, "freeze", repository, console)
    }
}

/// `varve unfreeze`: let stages be reproduced again.
struct UnfreezeCommand: RepositoryCommand {
    static let configuration = CommandConfiguration(
        commandName: "unfreeze", abstract: "Let frozen stages or imports be brought up to date again",
        discussion: examples(("varve unfreeze prepare && varve repro", "Follow changes again")))
    static let failureStatus: Int32 = 1
    static let locksRepository = true

    @Argument(help: "Stages or pointer files", completion: .targets) var targets: [String]
    @OptionGroup var global: GlobalOptions

    func run(in repository: Repository, _ console: Console) async throws {
        try setFrozen(false, targets, "unfreeze", repository, console)
    }
}

/// Goes on past a target that fails, and fails in the end.
private func setFrozen(
    _ isFrozen: Bool, _ targets: [String], _ verb: String, _ repository: Repository, _ console: Console
) throws {
    var hasFailed = false
    for target in targets {
        do {
            try repository.setFrozen(isFrozen, target)
        } catch let error as any UserFacingError {
            console.report(FailedStep("failed to \(verb) '\(target)'", error))
            hasFailed = true
        }
    }
    if hasFailed { throw ExitCode(1) }
}
