import ArgumentParser
import Basics
import Documents
import FileSystem
import Versioning

/// How commands that read another repository say which state and which remote of it they mean.
struct SourceOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Git revision to look at", valueName: "commit")) var rev: String?
    @Option(help: ArgumentHelp("Configuration file laid over the repository's own", valueName: "path"))
    var config: String?
    @Option(help: ArgumentHelp("Remote of the repository to use", valueName: "name")) var remote: String?
    @Option(
        name: .customLong("remote-config"), parsing: .upToNextOption,
        help: ArgumentHelp("Options laid over the remote's own", valueName: "name=value"))
    var remoteConfig: [String] = []

    /// Of `--rev` alone, which means as if it had not been given.
    static let dialect = Dialect(bareValues: ["rev": nil])

    func source(_ url: String, _ console: Console) throws -> RepositorySource {
        var source = RepositorySource(url: url)
        source.revision = rev
        if let config {
            let path = Paths.absolute(config, from: console.invocation.environment.workingDirectory)
            source.overrides.document = try ConfigDocument(parsing: Files.read(path))
        }
        source.overrides.remote = remote
        source.overrides.remoteOptions = try KeyValues.parse(remoteConfig, of: "--remote-config")
        return source
    }
}
