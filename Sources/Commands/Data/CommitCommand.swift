import ArgumentParser
import Basics
import Rendering
import Versioning

/// `varve commit`: record tracked data as it is now.
struct CommitCommand: RepositoryCommand {
    static let configuration = CommandConfiguration(
        commandName: "commit", abstract: "Record changes of tracked data",
        discussion: examples(
            ("varve commit -f data.csv.dvc", "Record a file that was edited"),
            ("varve commit -f images/cats", "Record part of a tracked directory"),
            ("varve commit", "Put into the cache what `add` or `repro` left out with --no-commit")))
    static let failureStatus: Int32 = 1
    static let locksRepository = true

    @Argument(help: "Pointer files, stages or tracked paths; everything by default", completion: .targets)
    var targets: [String] = []
    @Flag(name: [.customShort("f"), .customLong("force")], help: "Record changed stages without asking")
    var force = false
    @Flag(name: [.customShort("d"), .customLong("with-deps")], help: "Also what the targets depend on")
    var withDependencies = false
    @Flag(name: [.customShort("R"), .customLong("recursive")], help: "Everything below target directories")
    var recursive = false
    @Flag(name: .customLong("no-relink"), help: "Leave the data as it is instead of linking it to the cache")
    var noRelink = false
    @OptionGroup var global: GlobalOptions

    func run(in repository: Repository, _ console: Console) async throws {
        for target in targets.isEmpty ? [nil] : targets.map(Optional.some) {
            var request = CommitRequest(target: target)
            request.selection = TargetOptions(recursive: recursive, withDependencies: withDependencies)
            request.force = force
            request.relinks = !noRelink
            request.consent = { console.outputTerminal.isInteractive && console.confirm($0) }
            do {
                let result = try await repository.commit(request)
                if !result.unlinked.isEmpty { console.warnOfLinks(result.unlinked) }
            } catch let error as any UserFacingError where error.category == .failure {
                throw FailedStep("failed to commit" + (target.map { " " + $0 } ?? ""), error)
            }
        }
    }
}
