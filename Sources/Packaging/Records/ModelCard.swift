import Documents
import FileSystem

/// The README of a package: what it is, how good it is, what it was made of; in the form that model hubs read.
struct ModelCard {
    static let fileName = "README.md"
    /// Rows of a table; the files themselves have the rest.
    private static let mostRows = 200

    private let description: PackageDescription
    private let files: [PackedFile]
    private let facts: ModelFacts
    private let warnings: [String]

    init(_ description: PackageDescription, files: [PackedFile], facts: ModelFacts, warnings: [String]) {
        self.description = description
        self.files = files.sorted { $0.path < $1.path }
        self.facts = facts
        self.warnings = warnings
    }

    var text: String {
        var parts = ["# " + Markdown.text(description.heading)]
        if let summary = description.summary { parts.append(Markdown.text(summary)) }
        parts += [table]
        parts += section("Evaluation", evaluation)
        parts += section("How it was made", origin)
        parts += section("Parameters", parameters)
        parts += section("Files", contents)
        parts += section("Warnings", warnings.map { "- " + Markdown.text($0) }.joined(separator: "\n"))
        let body = parts.joined(separator: "\n\n") + "\n"
        guard !frontMatter.isEmpty else { return body }
        return "---\n" + YAML.emit(.mapping(frontMatter)) + "---\n\n" + body
    }

    private func section(_ title: String, _ body: String) -> [String] {
        body.isEmpty ? [] : ["## " + title, body]
    }

    // MARK: Front matter

    /// The keys that model hubs know.
    private var frontMatter: Mapping {
        var matter = Mapping()
        if description.licenses.count == 1 { matter["license"] = .string(description.licenses[0].lowercased()) }
        if description.licenses.count > 1 {
            matter["license"] = "other"
            matter["license_name"] = .string(description.licenses.joined(separator: " AND "))
        }
        matter["library_name"] = library.map(Value.string)
        if !description.labels.isEmpty { matter["tags"] = .array(description.labels.map(Value.string)) }
        matter["pipeline_tag"] = description.task.map(Value.string)
        if let results { matter["model-index"] = results }
        return matter
    }

    private var library: String? { description.framework ?? facts.format }

    /// Only where the task and the data are known, since hubs refuse results without them.
    private var results: Value? {
        let data = description.datasets.first ?? description.stage?.dependencies.first
        guard let task = description.task, let data else { return nil }
        var metrics: [Value] = []
        for set in description.metrics {
            for (name, value) in set.leaves {
                var metric = Mapping()
                metric["type"] = .string(String(name.split(separator: ".").last ?? Substring(name)))
                metric["name"] = .string(name)
                metric["value"] = value.finite
                metrics.append(.mapping(metric))
            }
        }
        guard !metrics.isEmpty else { return nil }
        let result: Value = [
            "task": ["type": .string(task)], "dataset": ["type": .string(data.name), "name": .string(data.name)],
            "metrics": .array(metrics),
        ]
        return [["name": .string(description.title ?? description.name), "results": [result]]]
    }

    // MARK: Sections

    private var table: String {
        var rows: [[String]] = []
        func add(_ name: String, _ value: String?) {
            if let value, !value.isEmpty { rows.append([name, Markdown.text(value)]) }
        }
        add("Name", description.name)
        add("Version", description.version)
        add("Made by", description.authors.joined(separator: ", "))
        add("Published by", description.vendor)
        add("Family", description.family)
        add("Licence", description.licenses.joined(separator: " AND "))
        add("Library", [library, description.frameworkVersion].compactMap { $0 }.joined(separator: " "))
        add("Format", facts.format)
        add("Parameters", facts.parameterSize)
        add("Precision", facts.precision)
        add("Task", description.task)
        add("Labels", description.labels.joined(separator: ", "))
        add("Source", description.sourceURL)
        add("Git commit", description.revision)
        add("Committed", description.created.flatMap(UTCTime.text))
        return Markdown.table(["", ""], rows)
    }

    private var evaluation: String {
        Self.values(description.metrics, header: ["Metric", "Value", "File"])
    }

    private var parameters: String {
        Self.values(description.parameters, header: ["Parameter", "Value", "File"])
    }

    private static func values(_ sets: [ValueSet], header: [String]) -> String {
        var rows: [[String]] = []
        for set in sets {
            for (name, value) in set.leaves {
                rows.append([Markdown.text(name), Markdown.text(value.plainText), Markdown.code(set.file)])
            }
        }
        guard !rows.isEmpty else { return "" }
        return Markdown.table(header, Array(rows.prefix(mostRows))) + more(rows.count)
    }

    private static func more(_ count: Int) -> String {
        count > mostRows ? "\n\nand \(count - mostRows) more" : ""
    }

    private var origin: String {
        var parts: [String] = []
        if let stage = description.stage {
            parts.append("Stage \(Markdown.code(stage.address)) ran:")
            parts.append(Markdown.block(stage.commands.joined(separator: "\n")))
            let rows = stage.dependencies.map { [Markdown.code($0.name), $0.md5.map(Markdown.code) ?? ""] }
            if !rows.isEmpty {
                parts.append(
                    Markdown.table(["Read", "MD5"], Array(rows.prefix(Self.mostRows))) + Self.more(rows.count))
            }
        }
        if !description.datasets.isEmpty {
            let rows = description.datasets.map {
                [Markdown.code($0.name), $0.uri.map(Markdown.text) ?? "", $0.md5.map(Markdown.code) ?? ""]
            }
            parts.append(Markdown.table(["Data", "Where", "MD5"], Array(rows.prefix(Self.mostRows))))
        }
        return parts.joined(separator: "\n\n")
    }

    private var contents: String {
        let rows = files.prefix(Self.mostRows).map {
            [Markdown.code($0.path.string), $0.role.rawValue, String($0.size), Markdown.code($0.sha256.hex)]
        }
        guard !rows.isEmpty else { return "" }
        return Markdown.table(["File", "For", "Bytes", "SHA-256"], rows) + Self.more(files.count)
    }
}

/// What was measured and with which parameters, for programs.
struct EvaluationResults {
    static let fileName = "evaluation.json"
    let bytes: [UInt8]

    init(_ description: PackageDescription) {
        func sets(_ sets: [ValueSet]) -> Value {
            .mapping(Mapping(sets.map { (key: $0.file, value: $0.values) }))
        }
        var fields = Mapping()
        fields["metrics"] = sets(description.metrics)
        if !description.parameters.isEmpty { fields["params"] = sets(description.parameters) }
        bytes = Value.mapping(fields).documentBytes
    }
}
