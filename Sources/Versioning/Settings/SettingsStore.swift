package import Basics
package import Documents
import FileSystem

/// Reads the settings files of all levels and changes one at a time.
///
/// A change is checked together with the settings of every other level before anything is written, and each file is
/// replaced in one step: a mistake or a crash leaves the old settings.
package struct SettingsStore: Sendable {
    package let files: SettingsFiles
    /// What relative paths on the command line are seen from.
    private let workingDirectory: String

    package init(environment: HostEnvironment, dvcFolder: String?) {
        files = SettingsFiles(environment: environment, dvcFolder: dvcFolder)
        workingDirectory = environment.workingDirectory
    }

    /// Whether there are levels that belong to a repository.
    package var isInRepository: Bool { files.paths[.project] != nil }

    // MARK: Reading

    /// The file of one level; empty settings where it is not there.
    package func layer(_ level: SettingsLevel) throws -> SettingsLayer {
        let path = try path(of: level)
        guard let bytes = try Files.readIfPresent(path, limit: 1 << 21) else {
            return SettingsLayer(level: level, path: path, document: ConfigDocument())
        }
        return try Self.layer(level, path: path, bytes: bytes)
    }

    /// A settings file whose bytes come from somewhere else, such as a Git revision.
    package static func layer(_ level: SettingsLevel, path: String, bytes: [UInt8]) throws -> SettingsLayer {
        do {
            return SettingsLayer(level: level, path: path, document: try ConfigDocument(parsing: bytes))
        } catch {
            throw SettingsError(error, file: path)
        }
    }

    /// All levels that exist here, the weakest first.
    package func layers() throws -> [SettingsLayer] {
        try SettingsLevel.allCases.filter { files.paths[$0] != nil }.map(layer)
    }

    /// The checked settings of all levels together.
    ///
    /// - Parameter projectFile: The bytes of `.dvc/config` at a Git revision, in place of the file on disk.
    package func load(projectFile: [UInt8]? = nil, overrides: SettingsOverrides = SettingsOverrides()) throws
        -> Settings
    {
        var layers = try layers()
        if let projectFile, let index = layers.firstIndex(where: { $0.level == .project }) {
            layers[index] = try Self.layer(.project, path: layers[index].path, bytes: projectFile)
        }
        return try Settings(layers: layers, files: files, overrides: overrides)
    }

    /// One level with its paths made absolute, unchecked, as `config --list` shows it.
    package func values(_ level: SettingsLevel) throws -> ConfigDocument {
        resolved(try layer(level))
    }

    /// All levels together, or those below one, with absolute paths and unchecked.
    package func mergedValues(below limit: SettingsLevel? = nil) throws -> ConfigDocument {
        var merged = ConfigDocument()
        for layer in try layers() where limit.map({ layer.level < $0 }) ?? true { merged.merge(resolved(layer)) }
        return merged
    }

    func resolved(_ layer: SettingsLayer) -> ConfigDocument {
        layer.document.mappingPaths { files.resolved($0, in: layer.path) }
    }

    // MARK: Changing

    /// Changes the file of one level.
    package func edit(
        _ level: SettingsLevel, _ change: (inout ConfigDocument) throws -> Void
    ) throws {
        try edit([level]) { _, document in try change(&document) }
    }

    /// Changes the files of several levels, which are all checked before the first is written.
    package func edit(
        _ levels: [SettingsLevel], _ change: (SettingsLevel, inout ConfigDocument) throws -> Void
    ) throws {
        for level in levels { _ = try path(of: level) }
        var layers = try layers()
        var written: [(path: String, bytes: [UInt8], isPrivate: Bool)] = []
        for index in layers.indices where levels.contains(layers[index].level) {
            let path = layers[index].path
            // Paths of the file mean the same from its folder after the change; DVC writes them in their shortest form.
            let folder = Paths.parent(path)
            layers[index].document = layers[index].document.mappingPaths {
                files.stored($0, in: path, seenFrom: folder)
            }
            try change(layers[index].level, &layers[index].document)
            do {
                let bytes = try layers[index].document.serialized()
                written.append((path, bytes, Self.mustBePrivate(layers[index])))
            } catch {
                throw SettingsError(error, file: path)
            }
        }
        // Two rounds, as in DVC: a weaker level must be right even where a stronger one hides its mistake.
        if let highest = levels.max() {
            _ = try Settings(layers: layers.filter { $0.level <= highest }, files: files)
        }
        _ = try Settings(layers: layers, files: files)
        for file in written {
            try Files.makeDirectory(Paths.parent(file.path))
            // Before the secret is in it.
            if file.isPrivate, let mode = try Files.status(file.path, followingLinks: true)?.mode, mode & 0o077 != 0 {
                try Files.setMode(file.path, 0o600)
            }
            try Files.write(file.bytes, to: file.path, mode: file.isPrivate ? 0o600 : 0o666)
        }
    }

    /// Whether nobody else is to read the file: it holds a secret, and is one person's own.
    private static func mustBePrivate(_ layer: SettingsLayer) -> Bool {
        (layer.level == .local || layer.level == .global) && !SettingsSecrets.paths(in: layer.document).isEmpty
    }

    /// Sets one option from the command line: a relative path in `value` is seen from the working directory.
    package func set(_ path: [String], to value: String, in document: inout ConfigDocument, of level: SettingsLevel)
        throws
    {
        guard SettingsSchema.isPath(path) else {
            document[path] = .string(value)
            return
        }
        let file = try self.path(of: level)
        document[path] = .string(files.stored(value, in: file, seenFrom: workingDirectory))
    }

    func path(of level: SettingsLevel) throws(SettingsError) -> String {
        guard let path = files.paths[level] else {
            if level.isInRepository { throw SettingsError("Not inside a DVC repo") }
            throw SettingsError("there is no home folder to keep global settings in", remedy: "set $HOME")
        }
        return path
    }
}

extension ConfigDocument {
    /// The settings with every value that is a path replaced.
    func mappingPaths(_ change: (String) -> String) -> ConfigDocument {
        var result = self
        for kind in ["cache", "remote", "machine"] {
            guard let section = sections[kind]?.mapping else { continue }
            for (name, value) in section.entries {
                let inner = value.mapping?.keys.map { [kind, name, $0] } ?? [[kind, name]]
                for path in inner where SettingsSchema.isPath(path) {
                    if let text = self[path]?.string { result[path] = .string(change(text)) }
                }
            }
        }
        return result
    }
}
