import ArgumentParser
import Versioning

/// `varve remove`: stop tracking data, or take stages out of a pipeline.
struct RemoveCommand: RepositoryCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Stop tracking data, or remove stages",
        discussion: examples(
            ("varve remove data.csv.dvc", "Stop tracking a file but keep it"),
            ("varve remove train --outs", "Remove a stage of dvc.yaml and delete what it made")),
        aliases: ["rm"])
    static let failureStatus: Int32 = 1
    static let locksRepository = true

    @Argument(help: "Pointer files, or stages of dvc.yaml", completion: .targets) var targets: [String]
    @Flag(name: .customLong("outs"), help: "Delete the outputs from the workspace, too") var withOutputs = false
    @OptionGroup var global: GlobalOptions

    func run(in repository: Repository, _ console: Console) async throws {
        for target in targets { try repository.remove(target, withOutputs: withOutputs) }
    }
}
