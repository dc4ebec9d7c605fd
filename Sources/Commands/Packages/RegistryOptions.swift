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
}
