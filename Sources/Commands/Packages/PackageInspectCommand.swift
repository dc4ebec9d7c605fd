import ArgumentParser
import Documents
import FileSystem
import Packaging
import Rendering
import Storage

/// `varve package inspect`: what a package is and what is in it.
struct PackageInspectCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Show what a package is, what is in it and what is attached to it",
        discussion: examples(
            ("varve package inspect dist", "The package in a folder"),
            ("varve package inspect dist:1.2.0 --json", "One of several, for a program"),
            ("varve package inspect churn.tar", "A package in an archive")))
    static let failureStatus: Int32 = 1

    @Argument(help: "The package: a path, and behind a colon its name where there are several", completion: .file())
    var package: String
    @Flag(help: "Print JSON") var json = false
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let environment = console.invocation.environment
        let package = package
        let view = try await onOwnThread { _ in
            try PackageView(OpenedPackage(package, environment))
        }
        if json { console.showJSON(JSON.emitPython(.mapping(view.value))) } else { console.show(view.text) }
    }
}

/// A package as text and as JSON.
struct PackageView: Sendable {
    private let digest: ContentDigest
    private let name: String?
    private let format: String
    private let annotations: [(key: String, value: String)]
    private let configuration: Value
    private let files: [PackageReader.File]
    private let records: [(kind: String, digest: ContentDigest)]
    private let size: Int64

    init(_ package: OpenedPackage) throws {
        files = try package.files()
        digest = package.digest
        switch package.content {
        case .layout(let reader):
            name = reader.descriptor.reference
            format = reader.format?.rawValue ?? reader.manifest.kind
            annotations = reader.manifest.annotations.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
            configuration = (try? JSON.parse(reader.layout.read(reader.manifest.configuration))) ?? .null
            records = try reader.records().map { ($0.manifest.kind, $0.descriptor.digest) }
            size = reader.descriptor.size &+ reader.manifest.blobs.reduce(0) { $0 &+ $1.size }
        case .plain:
            name = nil
            format = files.contains { $0.path == "MLmodel" } ? "mlflow" : "tar"
            annotations = []
            configuration = .null
            records = []
            size = files.reduce(0) { $0 &+ $1.size }
        }
    }

    var value: Mapping {
        var fields = Mapping()
        fields["digest"] = .string(digest.text)
        fields["name"] = name.map(Value.string) ?? .null
        fields["format"] = .string(format)
        fields["size"] = .int(Int(size))
        fields["annotations"] = .mapping(Mapping(annotations.map { (key: $0.key, value: .string($0.value)) }))
        fields["config"] = configuration
        fields["files"] = .array(
            files.map { file in
                [
                    "path": .string(file.path.string), "role": file.role.map { .string($0.rawValue) } ?? .null,
                    "size": .int(Int(file.size)), "sha256": .string(file.sha256.hex),
                    "executable": .bool(file.isExecutable),
                ]
            })
        fields["records"] = .array(records.map { ["kind": .string($0.kind), "digest": .string($0.digest.text)] })
        return fields
    }

    var text: String {
        var lines = ["\(format)\(name.map { " '\($0)'" } ?? ""), \(ByteCount(size))", digest.text]
        for annotation in annotations where !annotation.key.hasPrefix("dev.varve.") {
            let name = annotation.key.replacing("org.opencontainers.image.", with: "")
            lines.append("\(name): \(annotation.value.onOneLine)")
        }
        var table = Table(["File", "For", "Bytes", "SHA-256"], alignments: [.left, .left, .right, .left])
        for file in files {
            table.rows.append([
                file.path.string.onOneLine, file.role?.rawValue ?? "-", String(file.size), file.sha256.short,
            ])
        }
        lines += ["", table.plain]
        if !records.isEmpty {
            var table = Table(["Attached", "Digest"])
            for record in records { table.rows.append([record.kind, record.digest.short]) }
            lines += ["", table.plain]
        }
        return lines.joined(separator: "\n")
    }
}
