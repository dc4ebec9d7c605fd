import ArgumentParser
import Basics
import Documents
import FileSystem
import Packaging
import Storage

/// `varve package pull`: fetch a package from a registry.
struct PackagePullCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull", abstract: "Fetch a package and what is attached to it from a registry",
        discussion: examples(
            ("varve package pull oci://registry.example.org/team/churn:1.2.0 -o dist", "Into an OCI layout"),
            (
                "varve package pull oci://localhost:5000/churn@sha256:… -o dist --signers allowed_signers",
                "Exactly these bytes, and only if one of these people signed them"
            )))
    static let failureStatus: Int32 = 1
    static let dialect = Dialect(exclusive: [SignerOptions.exclusive])

    @Argument(help: "oci://host/repository:tag") var source: String
    @Option(
        name: [.customShort("o"), .customLong("out")],
        help: ArgumentHelp("Folder for the layout; one that is there gets the package added", valueName: "folder"),
        completion: .directory)
    var out: String
    @Option(help: ArgumentHelp("What to call the package in the layout (default: its tag)", valueName: "name"))
    var tag: String?
    @Option(help: ArgumentHelp("Which image to take where there are several", valueName: "os/arch"))
    var platform = "linux/amd64"
    @OptionGroup var signers: SignerOptions
    @OptionGroup var registry: RegistryOptions
    @Flag(help: "Print JSON") var json = false
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let environment = console.invocation.environment
        let reference = try RegistryReference(source)
        let trusted = try signers.trusted(console)
        if let tag, !RegistryReference.isTag(tag) { throw UsageError.argument("--tag", "'\(tag)' is not a tag") }
        let target = Paths.absolute(out, from: environment.workingDirectory)
        let arrival = try PackageArrival(at: target)
        // The program may end before a thread lets go of it.
        defer { arrival.discard() }
        let transfer = try registry.transfer(reference, console)
        let descriptor = try await RegistryOptions.reaching(reference, to: "pull") {
            try await transfer.pull(
                into: arrival.layout, as: tag ?? reference.tag, platform: platform, known: arrival.destination)
        }
        let program = SignatureProgram(environment)
        let view = try await onOwnThread { _ in
            let reader = try PackageReader(arrival.layout, at: descriptor)
            let verification = try PackageVerification(of: reader, trusted, program: program)
            try arrival.settle()
            return VerificationView(verification)
        }
        guard !json else { return console.showJSON(JSON.emitPython(.mapping(view.value))) }
        console.print("Pulled \(reference) to '\(out)'\n\(view.text)")
        for warning in view.warnings { console.warn(warning) }
    }
}
