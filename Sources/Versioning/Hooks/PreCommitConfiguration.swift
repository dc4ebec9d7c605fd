import Documents

/// The file in which the pre-commit tool finds its hooks.
///
/// Ours are local ones that need no environment of their own, under the names that DVC's have.
struct PreCommitConfiguration {
    private let source: String
    private let document: YAMLDocument
    private let settings: Mapping
    private let repositories: [Value]

    init(parsing bytes: [UInt8]) throws(DocumentError) {
        document = try YAMLDocument(parsing: bytes)
        source = String(decoding: bytes, as: UTF8.self)
        guard document.value.isNull || document.value.mapping != nil else { throw DocumentError("it is not a mapping") }
        settings = document.value.mapping ?? Mapping()
        let repositories = settings["repos"] ?? .null
        guard repositories.isNull || repositories.array != nil else { throw DocumentError("'repos' is not a list") }
        self.repositories = repositories.array ?? []
    }

    /// The text with our hooks; nil where it has one of them already.
    func textWithHooks() -> String? {
        let known = repositories.flatMap { $0.mapping?["hooks"]?.array ?? [] }.compactMap { $0.mapping?["id"]?.string }
        let hooks = [GitHook.preCommit, .prePush, .postCheckout]
        guard !hooks.contains(where: { known.contains("dvc-\($0.rawValue)") }) else { return nil }
        let entry = Value.mapping(Mapping([("repo", "local"), ("hooks", .array(hooks.map(Self.entry)))]))
        var wanted = settings
        wanted["repos"] = .array(repositories + [entry])
        if document.value.isNull { return YAML.emit(.mapping(wanted)) }
        return textInserting(entry, wanted: .mapping(wanted)) ?? document.text(updatedTo: .mapping(wanted))
    }

    private static func entry(_ hook: GitHook) -> Value {
        .mapping(
            Mapping([
                ("id", .string("dvc-\(hook.rawValue)")), ("name", .string("DVC \(hook.rawValue)")),
                ("entry", .string("varve git-hook \(hook.rawValue)")), ("language", "system"),
                ("stages", [.string(hook.rawValue)]), ("always_run", true), ("pass_filenames", false),
                ("verbose", true),
            ]))
    }

    /// The text with the entry as lines of their own behind the list, so that comments in the list stay; nil where the
    /// list is not written with a dash a line.
    private func textInserting(_ entry: Value, wanted: Value) -> String? {
        guard let first = document.mark(at: ["repos", 0]) else { return nil }
        var lines = source.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard lines.indices.contains(first.line - 1) else { return nil }
        let indent = lines[first.line - 1].prefix { $0 == " " }
        guard lines[first.line - 1].dropFirst(indent.count).hasPrefix("- ") else { return nil }
        // The list ends where the next key begins, or with the file; blank lines and comments before it are the key's.
        var end = first.line
        while end < lines.count, lines[end].first.map({ " -#".contains($0) }) ?? true { end += 1 }
        while end > first.line, lines[end - 1].first ?? "#" == "#" { end -= 1 }
        let block = YAML.emit(.array([entry])).split(separator: "\n").map { String(indent) + $0 }
        lines.insert(contentsOf: block, at: end)
        let text = lines.joined(separator: "\n") + (lines.last?.isEmpty == false ? "\n" : "")
        guard let reread = try? YAML.parse(text), reread == wanted else { return nil }
        return text
    }
}
