import ArgumentParser
import Documents
import Packaging
import ProjectFiles
import Versioning

/// Files and folders that go into a package beside the targets, by what they are for.
struct PackageContentOptions: ParsableArguments {
    @Option(help: ArgumentHelp("More files of the model", valueName: "path"), completion: .file()) var model: [String] =
        []
    @Option(
        name: .customLong("config"),
        help: ArgumentHelp("What belongs to the model beside its weights", valueName: "path"), completion: .file())
    var configuration: [String] = []
    @Option(help: ArgumentHelp("Code", valueName: "path"), completion: .file()) var code: [String] = []
    @Option(help: ArgumentHelp("Data", valueName: "path"), completion: .file()) var data: [String] = []
    @Option(
        help: ArgumentHelp("Documents; a README.md of yours takes the place of the card", valueName: "path"),
        completion: .file())
    var docs: [String] = []
    @Flag(name: .customLong("with-code"), help: "The files that the model's stage depends on and that Git keeps")
    var withCode = false
    @Flag(name: .customLong("with-data"), help: "The tracked data that the model's stage reads") var withData = false

    static let known = ["model", "config", "code", "data", "docs", "with_code", "with_data"]
    private static let roles: [(key: String, role: FileRole)] = [
        ("model", .model), ("config", .configuration), ("code", .code), ("data", .dataset), ("docs", .documentation),
    ]

    func fill(_ section: inout RunnerSection) {
        for (key, paths) in [
            ("model", model), ("config", configuration), ("code", code), ("data", data), ("docs", docs),
        ] {
            section.set(key, paths.isEmpty ? nil : .array(paths.map(Value.string)))
        }
        section.set("with_code", withCode ? true : nil)
        section.set("with_data", withData ? true : nil)
    }

    static func read(_ section: RunnerSection, into request: inout PackageRequest) throws {
        for (key, role) in roles { request.additions[role] = try section.strings(key) }
        request.includesCode = try section.bool("with_code") ?? false
        request.includesData = try section.bool("with_data") ?? false
    }
}
