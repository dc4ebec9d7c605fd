import ArgumentParser
import Basics
import Documents
import FileSystem
import ProjectFiles
import Versioning

/// What a person says of a package; an artifact's `desc`, `labels` and `meta` say it otherwise.
struct PackageStatementOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Name of the package (default: the artifact's, the stage's or the file's)", valueName: "name"))
    var name: String?
    @Option(
        name: .customLong("package-version"),
        help: ArgumentHelp("Version (default: of the tag name@v… at the commit)", valueName: "version"))
    var version: String?
    @Option(help: ArgumentHelp("Title", valueName: "text")) var title: String?
    @Option(help: ArgumentHelp("Description", valueName: "text")) var description: String?
    @Option(help: ArgumentHelp("Who made it; may be given again", valueName: "name")) var author: [String] = []
    @Option(help: ArgumentHelp("Who publishes it", valueName: "name")) var vendor: String?
    @Option(help: ArgumentHelp("Family of models that it belongs to", valueName: "name")) var family: String?
    @Option(help: ArgumentHelp("Licence, as SPDX names it; may be given again", valueName: "id")) var license:
        [String] = []
    @Option(help: ArgumentHelp("Word to find it by; may be given again", valueName: "word")) var label: [String] = []
    @Option(
        help: ArgumentHelp("Library of the model, such as xgboost (default: what the file shows)", valueName: "name"))
    var framework: String?
    @Option(
        name: .customLong("framework-version"), help: ArgumentHelp("Version of the library", valueName: "version"))
    var frameworkVersion: String?
    @Option(help: ArgumentHelp("What it does, such as tabular-classification", valueName: "name")) var task: String?
    @Option(help: ArgumentHelp("URL of the repository", valueName: "url")) var source: String?
    @Option(
        help: ArgumentHelp("pip's file of what a user of the model has to install", valueName: "file"),
        completion: .file())
    var requirements: String?

    static let known = [
        "name", "version", "title", "description", "authors", "vendor", "family", "licenses", "labels", "framework",
        "framework_version", "task", "source", "requirements",
    ]

    func fill(_ section: inout RunnerSection) {
        for (key, text) in [
            ("name", name), ("version", version), ("title", title), ("description", description), ("vendor", vendor),
            ("family", family), ("framework", framework), ("framework_version", frameworkVersion), ("task", task),
            ("source", source), ("requirements", requirements),
        ] {
            section.set(key, text.map(Value.string))
        }
        for (key, words, flag) in [
            ("authors", author, "--author"), ("licenses", license, "--license"), ("labels", label, "--label"),
        ] {
            section.set(key, words.isEmpty ? nil : .array(words.map(Value.string)), flag: flag)
        }
    }

    static func read(_ section: RunnerSection, _ environment: HostEnvironment) throws -> PackageStatements {
        var statements = PackageStatements()
        statements.name = try section.string("name")
        statements.version = try section.string("version")
        statements.title = try section.string("title")
        statements.description = try section.string("description")
        statements.authors = try section.strings("authors") ?? []
        statements.vendor = try section.string("vendor")
        statements.family = try section.string("family")
        statements.licenses = try section.strings("licenses") ?? []
        statements.labels = try section.strings("labels") ?? []
        statements.framework = try section.string("framework")
        statements.frameworkVersion = try section.string("framework_version")
        statements.task = try section.string("task")
        statements.source = try section.string("source")
        if let file = try section.string("requirements") {
            let bytes = try Files.read(Paths.absolute(file, from: environment.workingDirectory), limit: 1 << 20)
            statements.requirements = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
                .map { String($0) }.filter { !$0.allSatisfy { $0 == " " } && !$0.hasPrefix("#") }
        }
        return statements
    }
}
