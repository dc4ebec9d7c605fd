package import Basics
import Documents
import FileSystem

/// The entries of a `dvc.yaml` that make DVC and varve show what a folder holds, as DVCLive writes them.
package struct LiveEntries {
    private let folder: LiveFolder
    private let file: String
    private var artifacts = Mapping()

    /// - Parameter file: path of the `dvc.yaml`; it and the folder are absolute.
    package init(of folder: LiveFolder, in file: String) {
        self.folder = folder
        self.file = file
    }

    private func relative(_ path: String) -> String { Paths.relative(path, to: Paths.parent(file)) }

    /// Adds a file or folder that somebody may ask for by name.
    package mutating func add(
        artifact name: String, path: String, type: String?, description: String?, labels: [String]
    ) throws(Failure) {
        guard Self.isArtifactName(name) else {
            throw Failure(
                "'\(name)' is no name for an artifact",
                remedy: "letters, digits, '-', '_' and '/', a letter or digit at both ends", category: .usage)
        }
        var entry = Mapping([("path", .string(relative(path)))])
        if let type { entry["type"] = .string(type) }
        if let description { entry["desc"] = .string(description) }
        if !labels.isEmpty { entry["labels"] = .array(labels.map(Value.string)) }
        artifacts[name] = .mapping(entry)
    }

    private static func isArtifactName(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        func isWord(_ byte: UInt8) -> Bool {
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        }
        guard let first = bytes.first, let last = bytes.last, isWord(first), isWord(last) else { return false }
        return bytes.allSatisfy { isWord($0) || "-_/".utf8.contains($0) }
    }

    /// Writes the entries that the file lacks; the rest of it stays as it is.
    ///
    /// - Returns: whether the file has changed.
    @discardableResult
    package func write() throws -> Bool {
        let bytes = try Files.readIfPresent(file)
        let document: YAMLDocument
        do throws(DocumentError) {
            document = try YAMLDocument(parsing: bytes ?? [])
        } catch {
            throw Failure(
                "cannot read '\(file):\(error.line ?? 1)': \(error.message)", remedy: "correct the file",
                category: .unexpected)
        }
        guard document.value.isNull || document.value.mapping != nil else {
            throw Failure("'\(file)' is no mapping", remedy: "correct the file", category: .unexpected)
        }
        let old = document.value.mapping ?? Mapping()
        let new = completed(old)
        guard new != old else { return false }
        let text = bytes == nil ? YAML.emit(.mapping(new)) : document.text(updatedTo: .mapping(new))
        try Files.write(Array(text.utf8), to: file)
        return true
    }

    private func completed(_ old: Mapping) -> Mapping {
        var new = old
        func add(_ key: String, _ name: String, _ entry: Value) {
            let entries = new[key]?.array ?? []
            let isThere = entries.contains { known in
                (known.string ?? known.mapping?.keys.first).map { $0.utf8.elementsEqual(name.utf8) } ?? false
            }
            if !isThere { new[key] = .array(entries + [entry]) }
        }
        for (key, path) in [("params", folder.parameters), ("metrics", folder.metrics)] where Files.exists(path) {
            add(key, relative(path), .string(relative(path)))
        }
        if Files.isDirectory(folder.histories) {
            let name = relative(folder.histories)
            add("plots", name, .mapping(Mapping([(name, .mapping(Mapping([("x", "step")])))])))
        }
        if Files.isDirectory(folder.images) { add("plots", relative(folder.images), .string(relative(folder.images))) }
        if !artifacts.isEmpty {
            var all = new["artifacts"]?.mapping ?? Mapping()
            for (name, entry) in artifacts.entries { all[name] = entry }
            new["artifacts"] = .mapping(all)
        }
        return new
    }
}
