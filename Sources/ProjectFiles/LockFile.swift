package import Documents

/// `dvc.lock`: what the last run of each stage of the pipeline file beside it used and made.
///
/// Entries of stages that are gone stay until someone removes them.
package struct LockFile: Sendable {
    package static let fileName = "dvc.lock"

    /// Relative to the root.
    package let path: String
    /// The file as it is, edited in place: entries keep their order, new ones go to the end.
    private var document: Mapping
    /// The text that `document` was read from; its comments are kept.
    private let original: [UInt8]?
    /// What `original` says.
    private let originalDocument: Mapping
    /// The text of each stage's entry, once the file is known to hold nothing but what the emitter gives.
    private var entryTexts: Mapping?

    /// Paths of the stages whose entries are written anew even where they say the same.
    private var replaced: [[YAMLPathElement]] = []

    /// A lock file yet to be written.
    package init(path: String) {
        self.path = path
        original = nil
        originalDocument = Mapping()
        document = Mapping()
    }

    package init(parsing bytes: [UInt8], path: String) throws(ProjectFileError) {
        let document = try ProjectDocument(parsing: bytes, path: path, schema: .lockFile)
        self.path = path
        self.document = document.value
        originalDocument = document.value
        original = bytes
    }

    /// The lock file that belongs to a pipeline file.
    package static func path(besides pipelineFile: String) -> String {
        let name = pipelineFile.utf8.lastIndex(of: UInt8(ascii: ".")).map { String(pipelineFile[..<$0]) }
        return (name ?? pipelineFile) + ".lock"
    }

    package var stageNames: [String] { stages.keys }
    package var datasets: [Mapping] { document["datasets"].mappings }

    private var stages: Mapping { document["stages"]?.mapping ?? Mapping() }

    /// - Parameter workingDirectory: the stage's, relative to the root.
    package func entry(for stage: String, workingDirectory: String) -> LockEntry? {
        stages[stage]?.mapping.map { LockEntry(entry: $0, workingDirectory: workingDirectory) }
    }

    /// Entries that give way to a new one before them.
    private var displaced: [String] = []

    /// Replaces the whole entry of a stage, or adds one.
    ///
    /// - Parameter later: stages that a new entry comes before; other new ones go to the end.
    /// - Returns: whether the file says anything new; an unchanged one need not be written.
    @discardableResult
    package mutating func update(_ stage: String, with entry: LockEntry, before later: [String] = []) -> Bool {
        begin()
        var stages = stages
        let moved =
            stages[stage] != nil ? [] : stages.keys.filter { key in later.contains { $0.hasSameBytes(as: key) } }
        let value = Value.mapping(entry.value)
        let isNew = stages[stage] != value
        stages[stage] = value
        entryTexts?[stage] = nil
        replaced.append(["stages", .key(stage)])
        for name in moved {
            let entry = stages[name]
            stages[name] = nil
            stages[name] = entry
        }
        displaced += moved
        document["stages"] = .mapping(stages)
        return isNew
    }

    /// - Returns: whether there was an entry.
    @discardableResult
    package mutating func remove(_ stage: String) -> Bool {
        var stages = stages
        guard stages[stage] != nil else { return false }
        stages[stage] = nil
        document["stages"] = .mapping(stages)
        return true
    }

    /// Records what a data set (a mapping with `name`) now is.
    package mutating func update(dataset: Mapping) {
        begin(withStages: false)
        var datasets = document["datasets"]?.array ?? []
        if let index = datasets.firstIndex(where: { $0.mapping?["name"] == dataset["name"] }) {
            datasets[index] = .mapping(dataset)
        } else {
            datasets.append(.mapping(dataset))
        }
        document["datasets"] = .array(datasets)
        if document["stages"] == nil { document["stages"] = .mapping(Mapping()) }
    }

    private mutating func begin(withStages: Bool = true) {
        if document["schema"] == nil { document["schema"] = "2.0" }
        if withStages, document["stages"] == nil { document["stages"] = .mapping(Mapping()) }
    }

    /// Whether no stage is left, so that DVC would delete the file.
    package var isEmpty: Bool { stages.isEmpty }

    /// The text to write, byte for byte DVC's.
    package mutating func text() throws(ProjectFileError) -> String {
        if let text = assembledText() { return text }
        guard let original else { return YAML.emit(.mapping(document)) }
        do throws(DocumentError) {
            var bytes = original
            if !displaced.isEmpty {
                // Known keys keep their places, so those that give way leave first and come back as new ones.
                var rest = document
                var stages = stages
                for name in displaced { stages[name] = nil }
                rest["stages"] = .mapping(stages)
                bytes = Array(try YAMLDocument(parsing: original).text(updatedTo: .mapping(rest)).utf8)
            }
            return try YAMLDocument(parsing: bytes).text(updatedTo: .mapping(document), replacing: replaced)
        } catch {
            throw ProjectFileError(path, .syntax(error, looksLikeMergeConflict: false))
        }
    }

    /// The text put together from those of the entries, so that one of a thousand stages can be recorded without
    /// reading and writing all others anew; `nil` where a person has left a mark in the file.
    private mutating func assembledText() -> String? {
        guard document.keys.last == "stages", !stages.isEmpty else { return nil }
        if entryTexts == nil {
            guard original.map({ $0.elementsEqual(YAML.emit(.mapping(originalDocument)).utf8) }) ?? true else {
                return nil
            }
            entryTexts = Mapping()
        }
        var head = document
        head["stages"] = nil
        var text = head.isEmpty ? "" : YAML.emit(.mapping(head))
        text += Self.stagesLine
        for (name, entry) in stages.entries {
            if let known = entryTexts?[name]?.string {
                text += known
                continue
            }
            let alone = YAML.emit(.mapping(Mapping([("stages", .mapping(Mapping([(name, entry)])))])))
            let own = String(alone.dropFirst(Self.stagesLine.count))
            entryTexts?[name] = .string(own)
            text += own
        }
        return text
    }

    private static let stagesLine = "stages:\n"
}
