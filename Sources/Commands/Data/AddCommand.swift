import ArgumentParser
import Basics
import Versioning

/// `varve add`: record data.
struct AddCommand: RepositoryCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Track data files or directories",
        discussion: examples(
            ("varve add data.csv images", "Record a file and a directory"),
            ("varve add --glob 'raw/*.parquet'", "Record all files that match"),
            ("varve add /mnt/share/big --to-remote -o big", "Record data without keeping it here")))
    static let failureStatus: Int32 = 1
    static let locksRepository = true

    @Argument(help: "Files and directories to record") var targets: [String]
    @Flag(name: .customLong("no-commit"), help: "Only write the pointer file, don't put data into the cache")
    var noCommit = false
    @Flag(help: "Targets are patterns: *, ?, [...] and **") var glob = false
    @Option(
        name: [.customShort("o"), .customLong("out")],
        help: ArgumentHelp("Where data from outside is to lie in the repository", valueName: "path"))
    var out: String?
    @Flag(name: .customLong("to-remote"), help: "Send the data to the remote without keeping it here")
    var toRemote = false
    @Option(
        name: [.customShort("r"), .customLong("remote")],
        help: ArgumentHelp("Remote for --to-remote", valueName: "name"), completion: .remotes)
    var remote: String?
    @Option(
        name: .customLong("remote-jobs"),
        help: ArgumentHelp("Transfers at once for --to-remote", valueName: "number"))
    var remoteJobs: Int?
    @Flag(name: [.customShort("f"), .customLong("force")], help: "Overwrite a file that is in the way of --out")
    var force = false
    @Flag(name: .customLong("no-relink"), help: "Leave the data as it is instead of linking it to the cache")
    var noRelink = false
    @OptionGroup var global: GlobalOptions

    func run(in repository: Repository, _ console: Console) async throws {
        if toRemote || out != nil {
            guard targets.count == 1 else { throw Failure("multiple targets can't be used with --out or --to-remote") }
        } else {
            if remote != nil { throw Failure("--remote can't be used without --to-remote") }
            if remoteJobs != nil { throw Failure("--remote-jobs can't be used without --to-remote") }
        }
        if toRemote {
            if noCommit { throw Failure("--no-commit can't be used with --to-remote") }
            if glob { throw Failure("--glob can't be used with --to-remote") }
            var request = AddToRemoteRequest(source: targets[0])
            request.output = out
            request.remote = remote
            request.jobs = remoteJobs
            request.force = force
            console.showFilesToStage(try await repository.addToRemote(request).filesToStage)
            return
        }
        var request = AddRequest(targets: targets)
        request.expandsGlobs = glob
        request.output = out
        request.withoutCommit = noCommit
        request.relinks = !noRelink
        request.force = force
        let result = try repository.add(request)
        if !result.unlinked.isEmpty { console.warnOfLinks(result.unlinked) }
        console.showFilesToStage(result.filesToStage)
    }
}

extension Console {
    /// Tells that data is safe in the cache but not linked.
    func warnOfLinks(_ targets: [String]) {
        warn(
            """
            Some targets could not be linked from cache to workspace.
            See <https://dvc.org/doc/user-guide/troubleshooting#cache-types> for more information.
            To re-link these targets, reconfigure cache types and then run:

            \tdvc checkout \(targets.joined(separator: " "))
            """)
    }
}
