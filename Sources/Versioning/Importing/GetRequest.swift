package import Basics
import FileSystem
import Objects
import ProjectFiles
import Storage

/// What `get` is asked to do.
package struct GetRequest: Sendable {
    package var source: RepositorySource
    /// A path in the repository.
    package var path: String
    package var output: String?
    package var force = false
    package var jobs: Int?

    package init(_ source: RepositorySource, path: String) {
        self.source = source
        self.path = path
    }

    /// Copies data of another repository to the user's machine, inside of a repository or not.
    package func run(_ environment: HostEnvironment, progress: any ProgressReporter) async throws {
        let shown = try ImportTarget.resolve(path, output, force: force, from: environment.workingDirectory)
        if StageLoading.isProjectFile(Paths.name(shown)) {
            throw Failure("the given path is a DVC file, you must specify a data file or a directory")
        }
        let browser = try source.open(environment, progress: progress)
        let data = try await browser.data(at: path, SourceAccess(usesItsCache: true))
        let delivery = DataDelivery(
            target: Paths.absolute(shown, from: environment.workingDirectory), progress: progress,
            limit: jobs.flatMap { $0 > 0 ? $0 : nil } ?? environment.processors * 4)
        try await delivery.deliver(data)
    }

    /// Where the remote has the data that a path stands for.
    package func storageURL(_ environment: HostEnvironment, progress: any ProgressReporter) async throws -> String {
        let browser = try source.open(environment, progress: progress)
        return try await browser.storageURL(of: path)
    }
}

extension RepositoryBrowser {
    fileprivate func storageURL(of path: String) async throws -> String {
        let (browser, inside) = try locate(path)
        guard let output = browser.snapshot.output(holding: inside), output.output.isCached,
            let digest = try await browser.item(at: inside)?.digest,
            let id = ObjectID(digest, algorithm: output.output.checksum.algorithm)
        else { throw Failure("Unable to find DVC file with output '\(path)'") }
        let repository = browser.repository
        let name = output.output.remote
        if name == nil, repository.settings.defaultRemote == nil, clone == nil {
            return Paths.join(repository.cache.root, id.key.path)
        }
        let remote = try repository.settings.remote(name, root: repository.root)
        return Paths.join(RemoteURL.withoutSecrets(remote.url), id.key.path)
    }
}
