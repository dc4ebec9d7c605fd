package import Documents
package import Hashing

/// A `.dvc` file: one stage without a name, which records tracked or imported data.
package struct PointerFile: Sendable {
    package static let suffix = ".dvc"

    /// Relative to the root.
    package var path: String { stage.definition }
    package var stage: Stage

    /// - Parameter stage: with `definition` saying where the file is.
    package init(stage: Stage) { self.stage = stage }

    /// Reads a file.
    ///
    /// Paths that leave the repository are accepted, as DVC does; see `Stage.location(of:)`.
    package init(parsing bytes: [UInt8], path: String) throws(ProjectFileError) {
        let document = try ProjectDocument(parsing: bytes, path: path, schema: .pointerFile).value
        var stage = Stage(definition: path, wdir: document["wdir"]?.string)
        let directory = stage.workingDirectory
        stage.dependencies = document["deps"].mappings.map {
            Dependency(pointerEntry: $0, workingDirectory: directory)
        }
        stage.outputs = document["outs"].mappings.map { Output(pointerEntry: $0, workingDirectory: directory) }
        stage.isFrozen = document["frozen"]?.bool == true || document["locked"]?.bool == true
        stage.alwaysChanged = document["always_changed"]?.bool ?? false
        stage.description = document["desc"]?.string
        stage.meta = document["meta"]
        stage.md5 = document["md5"]?.checksumText?.lowercased()
        self.stage = stage
    }

    /// The file as DVC would write it anew: fixed order of keys, nothing that says the default.
    package var value: Mapping {
        var document = Mapping()
        if let description = stage.description, !description.isEmpty { document["desc"] = .string(description) }
        if let md5 = stage.md5, !md5.isEmpty { document["md5"] = .string(md5) }
        if let command = stage.command, command.value.isTruthy { document["cmd"] = command.value }
        let directory = stage.workingDirectory
        if let wdir = stage.dumpedWdir { document["wdir"] = .string(wdir) }
        if stage.isFrozen { document["frozen"] = true }
        if !stage.dependencies.isEmpty {
            document["deps"] = .array(
                stage.dependencies.map { .mapping($0.dumpedForPointer(workingDirectory: directory)) })
        }
        if !stage.outputs.isEmpty {
            document["outs"] = .array(stage.outputs.map { .mapping($0.dumpedForPointer(workingDirectory: directory)) })
        }
        if stage.alwaysChanged { document["always_changed"] = true }
        if let meta = stage.meta, meta.isTruthy { document["meta"] = meta }
        return document
    }

    /// The text to write.
    ///
    /// - Parameter original: the file as it is now; its order, comments and style are kept. `nil` for a new file.
    package func text(updating original: [UInt8]? = nil) throws(ProjectFileError) -> String {
        guard let original else { return YAML.emit(.mapping(value)) }
        do throws(DocumentError) {
            return try YAMLDocument(parsing: original).text(updatedTo: .mapping(value))
        } catch {
            throw ProjectFileError(path, .syntax(error, looksLikeMergeConflict: false))
        }
    }

    /// The digest of an import's definition, to be compared with `stage.md5`; `nil` for data that `add` tracks.
    ///
    /// What only describes the data (annotations, sizes, whether frozen) does not enter.
    package var definitionDigest: MD5Digest? {
        guard stage.command != nil || stage.isImport else { return nil }
        var document = value
        for key in ["md5", "meta", "desc"] { document[key] = nil }
        let dropped = [
            "desc", "type", "labels", "meta", "locked", "frozen", "metric", "persist", "isexec", "size", "nfiles",
        ]
        let text = JSON.emitPython(Value.mapping(document).removing(keys: dropped), sortKeys: true)
        return MD5.digest(of: Array(text.utf8))
    }
}

extension Value? {
    /// The mappings of a list.
    var mappings: [Mapping] { self?.array?.compactMap(\.mapping) ?? [] }
}

extension Value {
    /// Without these keys, at any depth.
    func removing(keys: [String]) -> Value {
        switch self {
        case .array(let items): .array(items.map { $0.removing(keys: keys) })
        case .mapping(let mapping):
            .mapping(
                Mapping(
                    mapping.entries.filter { !keys.contains($0.key) }
                        .map { ($0.key, $0.value.removing(keys: keys)) }))
        default: self
        }
    }
}
