import ArgumentParser
import Documents
import FileSystem
import Packaging
import Rendering
import Storage

/// `varve package diff`: what is not the same in two packages.
struct PackageDiffCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Show which files and facts differ between two packages",
        discussion: examples(
            ("varve package diff dist:1.1.0 dist:1.2.0", "Two versions in one folder"),
            ("varve package diff old.tar new.tar --json", "For a program")))
    static let failureStatus: Int32 = 1

    @Argument(help: "A package", completion: .file()) var old: String
    @Argument(help: "Another package", completion: .file()) var new: String
    @Flag(help: "Print JSON") var json = false
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let environment = console.invocation.environment
        let (old, new) = (old, new)
        let difference = try await onOwnThread { _ in
            try PackageDifference(from: OpenedPackage(old, environment), to: OpenedPackage(new, environment))
        }
        let view = PackageDifferenceView(difference)
        if json { console.showJSON(JSON.emitPython(.mapping(view.value))) } else { console.print(view.text) }
    }
}

/// A difference as text and as JSON.
struct PackageDifferenceView {
    private let difference: PackageDifference

    init(_ difference: PackageDifference) { self.difference = difference }

    private func word(_ change: PackageDifference.FileChange) -> String {
        change.old == nil ? "added" : change.new == nil ? "removed" : "changed"
    }

    var value: Mapping {
        func file(_ file: PackageReader.File?) -> Value {
            guard let file else { return .null }
            return ["sha256": .string(file.sha256.hex), "size": .int(Int(file.size))]
        }
        var fields = Mapping()
        fields["files"] = .array(
            difference.files.map {
                [
                    "path": .string($0.path.string), "change": .string(word($0)), "old": file($0.old),
                    "new": file($0.new),
                ]
            })
        fields["facts"] = .array(
            difference.fields.map {
                [
                    "name": .string($0.name), "old": $0.old.map(Value.string) ?? .null,
                    "new": $0.new.map(Value.string) ?? .null,
                ]
            })
        return fields
    }

    var text: String {
        guard !difference.isEmpty else { return "The packages are the same." }
        var parts: [String] = []
        if !difference.files.isEmpty {
            var table = Table(["File", "Change", "Old", "New"])
            for change in difference.files {
                table.rows.append([
                    change.path.string.onOneLine, word(change), side(change.old), side(change.new),
                ])
            }
            parts.append(table.plain)
        }
        if !difference.fields.isEmpty {
            var table = Table(["Fact", "Old", "New"])
            for field in difference.fields {
                table.rows.append([field.name.onOneLine, field.old?.onOneLine ?? "-", field.new?.onOneLine ?? "-"])
            }
            parts.append(table.plain)
        }
        return parts.joined(separator: "\n\n")
    }

    private func side(_ file: PackageReader.File?) -> String {
        file.map { "\($0.sha256.short) (\(ByteCount($0.size)))" } ?? "-"
    }
}
