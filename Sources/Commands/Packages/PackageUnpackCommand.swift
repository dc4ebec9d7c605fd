import ArgumentParser
import Basics
import FileSystem
import Packaging
import Rendering
import Storage

/// `varve package unpack`: the files of a package, or some of them.
struct PackageUnpackCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "unpack", abstract: "Put the files of a package into a folder",
        discussion: examples(
            ("varve package unpack dist -o model", "All files"),
            ("varve package unpack dist -o model --only weights config", "What is needed to predict"),
            ("varve package unpack dist -o model --only src", "A folder of the package"),
            ("varve package unpack dist -o about --records", "Bill of materials, provenance and signature as files"),
            ("varve package unpack dist -o model --signers allowed_signers", "Only if one of these people signed it")))
    static let failureStatus: Int32 = 1
    static let dialect = Dialect(exclusive: [SignerOptions.exclusive, ["--only", "--records"]])

    @Argument(help: "The package: a path, and behind a colon its name where there are several", completion: .file())
    var package: String
    @Option(
        name: [.customShort("o"), .customLong("out")],
        help: ArgumentHelp("Folder for the files, empty or not there yet", valueName: "folder"), completion: .directory)
    var out: String
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "What to unpack: weights, config, code, data, docs, or paths of the package", valueName: "what"))
    var only: [String] = []
    @Flag(help: "The documents that are attached to the package, in place of its files") var records = false
    @OptionGroup var signers: SignerOptions
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let environment = console.invocation.environment
        let trusted = try signers.trusted(console)
        let target = Paths.absolute(out, from: environment.workingDirectory)
        let (package, selection, records) = (package, FileSelection(only), records)
        let paths = try await onOwnThread { _ in
            let opened = try OpenedPackage(package, environment)
            let program = SignatureProgram(environment)
            if records {
                let reader = try opened.layout(to: "take documents from it")
                if trusted != nil { _ = try PackageVerification(of: reader, trusted, program: program) }
                return try reader.unpackRecords(to: target)
            }
            switch opened.content {
            case .layout(let reader):
                if trusted != nil { _ = try PackageVerification(of: reader, trusted, program: program) }
                return try reader.unpack(to: target, selection)
            case .plain(let plain):
                _ = try PlainVerification(of: plain, trusted, program: program)
                return try plain.unpack(to: target, selection)
            }
        }
        guard !paths.isEmpty else {
            throw PackageError(
                .missing, "the package has nothing of the kind", remedy: "`varve package inspect` lists it")
        }
        console.print("Unpacked \(counted(paths.count, "file")) to '\(out)'.")
    }
}
