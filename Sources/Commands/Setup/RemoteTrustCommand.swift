import ArgumentParser
import Basics
import Versioning

/// `varve remote trust`
struct RemoteTrustCommand: RepositoryCommand {
    static let configuration = CommandConfiguration(
        commandName: "trust", abstract: "Let a remote's server have the credentials of your environment",
        discussion: """
            The settings of a repository name the server that a remote is on, and whoever wrote them may be a stranger. \
            So credentials of your environment go only to AWS's own servers, to those that your own settings name, and \
            to those that you accept here. The server is remembered for you, not in the repository.
            """
                + examples(
                    ("varve remote trust store", "Accept the server that 'store' is on"),
                    ("varve remote trust --list", "Show the accepted servers"),
                    ("varve remote trust --revoke store", "Accept it no longer")))
    static let failureStatus: Int32 = 1

    @Argument(help: "Name of the remote, or URL of its server; the default remote without", completion: .remotes)
    var name: String?
    @Flag(help: "Show the servers that are accepted") var list = false
    @Flag(help: "Accept the server no longer") var revoke = false
    @OptionGroup var global: GlobalOptions

    func run(in repository: Repository, _ console: Console) async throws {
        let trust = ServerTrust(environment: repository.environment)
        if list {
            for server in trust.servers { console.print(server) }
            return
        }
        let server = try server(in: repository)
        if revoke {
            let was = try trust.revoke(server)
            console.print(was ? "\(server) is accepted no longer." : "\(server) was not accepted.")
        } else {
            try trust.accept(server)
            console.print("Accepted \(server).")
        }
    }

    /// Of the remote that is named, or of the URL.
    private func server(in repository: Repository) throws -> String {
        if let name, let server = RemoteSettings.server(ofURL: name) { return server }
        let remote = try repository.settings.remote(name, root: repository.root)
        guard let server = remote.server else {
            throw Failure(
                "remote '\(remote.name)' is on no server of its own", remedy: "there is nothing to accept for it")
        }
        return server
    }
}
