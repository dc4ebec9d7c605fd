import ArgumentParser
import Basics
import Indexing
import Rendering
import Versioning

/// `varve checkout`: make the workspace what the project files say.
struct CheckoutCommand: RepositoryCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkout", abstract: "Restore tracked data from the cache",
        discussion: examples(
            ("git checkout v1 && varve checkout", "Go back to the data of an earlier version"),
            ("varve checkout images/cats", "Restore part of a tracked directory"),
            ("varve checkout --relink", "Link everything anew after changing cache.type")))
    static let locksRepository = true

    @Argument(help: "Pointer files, stages or tracked paths; everything by default", completion: .targets)
    var targets: [String] = []
    @Flag(help: "Only count what changed") var summary = false
    @Flag(name: [.customShort("d"), .customLong("with-deps")], help: "Also what the targets depend on")
    var withDependencies = false
    @Flag(name: [.customShort("R"), .customLong("recursive")], help: "Everything below target directories")
    var recursive = false
    @Flag(name: [.customShort("f"), .customLong("force")], help: "Give up changes that are saved nowhere")
    var force = false
    @Flag(help: "Make all links anew") var relink = false
    @Flag(name: .customLong("allow-missing"), help: "Pass over data that is not in the cache")
    var allowMissing = false
    @OptionGroup var global: GlobalOptions

    func run(in repository: Repository, _ console: Console) async throws {
        var request = CheckoutRequest()
        request.targets = targets
        request.selection = TargetOptions(recursive: recursive, withDependencies: withDependencies)
        request.options = Checkout.Options(force: force, relink: relink, allowMissing: allowMissing)
        let result: CheckoutResult
        do {
            result = try repository.checkout(request)
        } catch let error as UnknownTarget {
            throw Failure("Did you mean `git checkout \(error.target)`?: \(error.summary)")
        }
        let view = CheckoutView(result)
        if summary {
            console.print(view.summary)
        } else {
            for line in view.lines { console.print(line) }
            if relink, result.failed == nil { console.print("Relinked successfully") }
        }
        if let failed = result.failed { throw failed }
    }
}

/// What `checkout` and `pull` print about changes of the workspace.
struct CheckoutView {
    private let result: CheckoutResult

    init(_ result: CheckoutResult) { self.result = result }

    var lines: [String] {
        result.modified.map { "M       " + $0 } + result.added.map { "A       " + $0 }
            + result.deleted.map { "D       " + $0 }
    }

    /// `2 files modified and 1 file added`
    var counts: [String] {
        [("modified", result.counts.modified), ("added", result.counts.added), ("deleted", result.counts.deleted)]
            .compactMap { $1 > 0 ? "\(counted($1, "file")) \($0)" : nil }
    }

    var summary: String { counts.isEmpty ? "No changes." : counts.joinedAsSentence }
}

extension [String] {
    /// `a, b and c`
    var joinedAsSentence: String {
        guard count > 1, let last else { return first ?? "" }
        return dropLast().joined(separator: ", ") + " and " + last
    }
}
