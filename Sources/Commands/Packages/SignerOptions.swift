import ArgumentParser
import Basics
import FileSystem
import Packaging

/// Whom a command that reads packages is to believe.
struct SignerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "SSH's list of allowed signers; one of them must have signed the package", valueName: "file"),
        completion: .file())
    var signers: String?
    @Option(help: ArgumentHelp("Who of the list must have signed", valueName: "principal")) var identity: String?
    @Option(
        name: .customLong("minisign-key"),
        help: ArgumentHelp("Public key of minisign, or its file, that must have signed", valueName: "key"),
        completion: .file())
    var minisignKey: String?

    static let exclusive = ["--signers", "--minisign-key"]

    func trusted(_ console: Console) throws -> TrustedSigners? {
        let folder = console.invocation.environment.workingDirectory
        if let minisignKey {
            let path = Paths.absolute(minisignKey, from: folder)
            return .minisign(key: Files.exists(path) ? path : minisignKey)
        }
        guard let signers else {
            guard identity == nil else {
                throw UsageError("--identity says who of the list given by --signers must have signed")
            }
            return nil
        }
        return .ssh(file: Paths.absolute(signers, from: folder), identity: identity)
    }
}
