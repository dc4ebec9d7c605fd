import ArgumentParser
import Basics
import Documents
import Packaging
import Rendering
import Storage

/// `varve package push`: send a package to a registry.
struct PackagePushCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "push", abstract: "Send a package and what is attached to it to a registry",
        discussion: examples(
            ("varve package push dist oci://registry.example.org/team/churn:1.2.0", "Passwords are docker login's"),
            ("varve package push dist oci://localhost:5000/churn", "A registry on this machine, without encryption")))
    static let failureStatus: Int32 = 1

    @Argument(help: "The package: a path, and behind a colon its name where there are several", completion: .file())
    var package: String
    @Argument(help: "oci://host/repository:tag") var target: String
    @Option(
        name: .customLong("mount-from"),
        help: ArgumentHelp(
            "Repository of the same registry that has some of the data already", valueName: "repository"))
    var mountFrom: String?
    @OptionGroup var registry: RegistryOptions
    @Flag(help: "Print JSON") var json = false
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let environment = console.invocation.environment
        let reference = try RegistryReference(target)
        let package = package
        let opened = try await onOwnThread { _ in try OpenedPackage(package, environment) }
        defer { opened.discard() }
        var options = UploadOptions()
        options.notes = UploadNotes(environment)
        let transfer = try registry.transfer(reference, mountFrom: mountFrom, console)
        let contents = try opened.layout(to: "push it")
        let result = try await RegistryOptions.reaching(
            reference, to: "push to", advice: "then push again: what has arrived need not be sent again"
        ) { try await transfer.push(contents, options) }
        guard json else {
            var sent = "nothing to send"
            if result.uploaded > 0 {
                sent = "sent \(counted(result.uploaded, "blob")), \(ByteCount(result.bytes))"
                if result.resumed > 0 { sent += ", of which \(ByteCount(result.resumed)) had arrived before" }
            }
            console.print("Pushed \(reference) (\(sent))\n\(result.digest)")
            return
        }
        let fields: Value = [
            "reference": .string(reference.description), "digest": .string(result.digest.text),
            "uploaded": .int(result.uploaded), "mounted": .int(result.mounted), "present": .int(result.present),
            "bytes": .int(Int(result.bytes)), "resumed": .int(Int(result.resumed)),
            "records": .int(result.records),
        ]
        console.showJSON(JSON.emitPython(fields))
    }
}
