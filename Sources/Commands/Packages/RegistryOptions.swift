import ArgumentParser
import Basics
import FileSystem
import HTTP
import Packaging

/// How a command speaks with a registry.
struct RegistryOptions: ParsableArguments {
    @Flag(
        name: .customLong("plain-http"),
        help: "Speak HTTP without encryption with a registry elsewhere; with one on this machine that is the rule")
    var plainHTTP = false
    @Option(
        help: ArgumentHelp("Certificate authorities to believe in place of the system's", valueName: "file"),
        completion: .file())
    var ca: String?
    @Option(
        name: [.customShort("j"), .customLong("jobs")], help: ArgumentHelp("Transfers at once", valueName: "number"))
    var jobs = 4

    func transfer(_ reference: RegistryReference, mountFrom: String? = nil, _ console: Console) throws
        -> PackageTransfer
    {
        let environment = console.invocation.environment
        guard jobs > 0 else { throw UsageError.argument("--jobs", "must be at least 1") }
        var configuration = HTTPConfiguration()
        configuration.proxies = HTTPProxies(environment: environment.variables)
        configuration.userAgent = "varve/" + VarveVersion.current
        if let ca { configuration.trust = .authorities(Paths.absolute(ca, from: environment.workingDirectory)) }
        let client = RegistryClient(
            reference, login: try RegistryLogin.find(for: reference, environment), http: HTTPClient(configuration),
            plainHTTP: plainHTTP, mountFrom: mountFrom)
        return PackageTransfer(client, progress: console.progress, concurrency: jobs)
    }

    /// Does something with a registry. Where the network fails, the error says what could not be done.
    static func reaching<Result: Sendable>(
        _ reference: RegistryReference, to attempt: String, advice: String? = nil, _ body: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await body()
        } catch let error as HTTPError where error.isRetryable {
            let remedies = [error.remedy, advice].compactMap { $0 }
            throw Failure(
                "cannot \(attempt) \(reference): \(error.summary)",
                remedy: remedies.isEmpty ? nil : remedies.joined(separator: "; "), category: error.category)
        }
    }
}
