import ArgumentParser
import Basics
import FileSystem
import Packaging
import Storage

/// `varve package sign`: sign a package that was made before.
struct PackageSignCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign", abstract: "Sign a package in a folder, with all that is attached to it",
        discussion: examples(
            ("varve package sign dist --key ~/.ssh/id_ed25519", "With an SSH key"),
            ("varve package sign dist --key ~/.minisign/minisign.key", "With a key of minisign")))
    static let failureStatus: Int32 = 1

    @Argument(help: "The package: a folder, and behind a colon its name where there are several", completion: .file())
    var package: String
    @Option(
        help: ArgumentHelp(
            "Private key of SSH, public one whose other half an agent has, or secret key of minisign",
            valueName: "file"), completion: .file())
    var key: String
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let environment = console.invocation.environment
        let path = Paths.absolute(key, from: environment.workingDirectory)
        let package = package
        let digest = try await onOwnThread { _ in
            let opened = try OpenedPackage(package, environment)
            let reader = try opened.layout(to: "sign it")
            guard Files.isDirectory(Paths.absolute(opened.path, from: environment.workingDirectory)) else {
                throw PackageError(
                    .unsupported, "'\(opened.path)' is an archive, which cannot be added to",
                    remedy: "sign when you package, by --sign, or package into a folder")
            }
            let name = reader.manifest.annotations[AnnotationKey.title] ?? "package"
            _ = try PackageSignature.make(
                for: reader, name: name, key: path, program: SignatureProgram(environment))
            return reader.descriptor.digest
        }
        console.print("Signed \(digest)")
    }
}
