import ArgumentParser
import Basics
import Documents
import FileSystem
import Hashing
import Packaging
import ProjectFiles
import Rendering
import Storage
import Versioning

/// `varve run package`: make a package of a model.
struct RunPackageCommand: RepositoryCommand {
    static let configuration = CommandConfiguration(
        commandName: "package", abstract: "Make one artifact of a model and all that belongs to it",
        discussion: examples(
            (
                "varve run package churn --rev HEAD -o dist",
                "The artifact 'churn' of dvc.yaml as ModelPack, from the commit"
            ),
            ("varve run package train -o dist --with-code", "What a stage made, with the code that it ran"),
            (
                "varve run package models/m.json --as tar -o m.tar --sign ~/.ssh/id_ed25519",
                "A signed archive of a file"
            ),
            (
                "varve run package churn --as image --base oci-layout:base --entrypoint /models/serve.sh -o image.tar",
                "A container image, without a container engine"
            )))
    static let failureStatus: Int32 = 1
    static let needsProject = false

    @Argument(help: "Artifacts of dvc.yaml, stages, or paths of files and folders: the model", completion: .targets)
    var targets: [String] = []
    @Option(
        name: .customLong("as"),
        help: ArgumentHelp("modelpack (the default), modelkit, image, tar or mlflow", valueName: "format"),
        completion: .list(PackageFormat.allCases.map(\.rawValue)))
    var format: String?
    @Option(
        name: [.customShort("o"), .customLong("out")],
        help: ArgumentHelp(
            "Folder of the OCI layout, or an archive of it if it ends with .tar (default: package)", valueName: "path"),
        completion: .file())
    var out: String?
    @Option(
        help: ArgumentHelp("What the layout calls the package (default: its version, else latest)", valueName: "name"))
    var tag: String?
    @Option(help: ArgumentHelp("Git revision to take everything from (default: the workspace)", valueName: "commit"))
    var rev: String?
    @Option(
        help: ArgumentHelp("Key of SSH or minisign to sign the package with", valueName: "file"), completion: .file())
    var sign: String?
    @OptionGroup(title: "what goes into the package") var contents: PackageContentOptions
    @OptionGroup(title: "what is said of it") var statements: PackageStatementOptions
    @OptionGroup(title: "container images") var image: PackageImageOptions
    @OptionGroup(title: "container images") var registry: RegistryOptions
    @Flag(name: .customLong("no-card"), help: "Write no README.md and evaluation.json") var noCard = false
    @Flag(name: .customLong("no-sbom"), help: "Attach no bill of materials") var noSBOM = false
    @Flag(name: .customLong("no-provenance"), help: "Attach no provenance") var noProvenance = false
    @OptionGroup var section: RunnerSectionOptions
    @Flag(help: "Print JSON") var json = false
    @OptionGroup var global: GlobalOptions

    func run(in repository: Repository, _ console: Console) async throws {
        let environment = console.invocation.environment
        var section = try section.read("package", environment)
        fill(&section)
        try section.refuseOthers(than: Self.known)
        var request = PackageRequest()
        request.targets = try section.strings("targets") ?? []
        request.revision = try section.string("rev")
        request.sourceDate = environment["SOURCE_DATE_EPOCH"].flatMap { Int64($0) }
        try PackageContentOptions.read(section, into: &request)
        request.statements = try PackageStatementOptions.read(section, environment)
        let maker = try await maker(section, console)
        defer { maker.base?.discard() }
        let gathered = try await repository.gatherPackage(request)
        // The program may end before a thread lets go of it.
        defer { gathered.discard() }
        var contents = gathered.contents
        contents.writesCard = try section.bool("card") ?? true
        let package = try await onOwnThread { [contents] _ in try maker.make(contents, environment) }
        for warning in package.warnings { console.warn(warning) }
        show(package, maker, contents, console)
    }

    /// Flags win over the section of the parameter file.
    private func fill(_ section: inout RunnerSection) {
        section.set("targets", targets.isEmpty ? nil : .array(targets.map(Value.string)))
        section.set("as", format.map(Value.string))
        section.set("out", out.map(Value.string))
        section.set("tag", tag.map(Value.string))
        section.set("rev", rev.map(Value.string))
        section.set("sign", sign.map(Value.string))
        section.set("card", noCard ? false : nil, flag: "--no-card")
        section.set("sbom", noSBOM ? false : nil, flag: "--no-sbom")
        section.set("provenance", noProvenance ? false : nil, flag: "--no-provenance")
        contents.fill(&section)
        statements.fill(&section)
        image.fill(&section)
    }

    private static let known =
        ["targets", "as", "out", "tag", "rev", "sign", "card", "sbom", "provenance"]
        + PackageContentOptions.known + PackageStatementOptions.known + PackageImageOptions.known

    private func maker(_ section: RunnerSection, _ console: Console) async throws -> PackageMaker {
        let environment = console.invocation.environment
        let word = try section.string("as") ?? PackageFormat.modelpack.rawValue
        guard let format = PackageFormat(rawValue: word) else {
            throw section.wrong(
                "as", "is '\(word)'",
                remedy: RunnerSection.advice(for: word, among: PackageFormat.allCases.map(\.rawValue)))
        }
        var records = PackageRecords(toolVersion: VarveVersion.current)
        records.writesBillOfMaterials = try section.bool("sbom") ?? true
        records.writesProvenance = try section.bool("provenance") ?? true
        var maker = PackageMaker(
            output: try section.string("out") ?? (format == .tar ? "package.tar" : "package"), records: records)
        maker.format = format
        maker.tag = try section.string("tag")
        maker.key = try section.string("sign").map { Paths.absolute($0, from: environment.workingDirectory) }
        if format == .image {
            maker.image = try PackageImageOptions.settings(section)
            maker.base = try await PackageImageOptions.base(section, registry, console)
        } else if let extra = PackageImageOptions.known.first(where: { section.value($0) != nil }) {
            throw section.wrong(extra, "is for container images only", remedy: "package with --as image")
        }
        return maker
    }

    private func show(_ package: PackedPackage, _ maker: PackageMaker, _ contents: PackageContents, _ console: Console)
    {
        guard json else {
            let size = package.files.reduce(0) { $0 &+ $1.size }
            let name = package.format.isLayout ? ":\(maker.tag(contents))" : ""
            console.print(
                "Packaged \(counted(package.files.count, "file")), \(ByteCount(size)), as \(package.format.rawValue): "
                    + "\(maker.output)\(name)\n\(package.digest)")
            return
        }
        let fields: Value = [
            "format": .string(package.format.rawValue), "out": .string(maker.output),
            "tag": package.format.isLayout ? .string(maker.tag(contents)) : .null,
            "digest": .string(package.digest.text),
            "files": .array(
                package.files.map {
                    [
                        "path": .string($0.path.string), "role": .string($0.role.rawValue), "size": .int(Int($0.size)),
                        "md5": .string($0.md5.hex), "sha256": .string($0.sha256.hex),
                    ]
                }),
            "warnings": .array(package.warnings.map(Value.string)),
        ]
        console.showJSON(JSON.emitPython(fields))
    }
}
