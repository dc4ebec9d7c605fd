import Documents
import FileSystem
import Git
import Indexing
import Objects
import ProjectFiles

/// What a file that a plot draws from holds.
enum PlotSource: Sendable {
    case image([UInt8])
    case document(Value)

    /// By the file's name; case counts.
    static func isImage(_ path: String) -> Bool { imageExtensions.contains(fileExtension(of: path)) }

    private static let imageExtensions: Set<String> = [".jpg", ".jpeg", ".gif", ".png", ".svg"]

    /// From the last dot of the name on; empty for a name whose only dots lead it.
    static func fileExtension(of path: String) -> String {
        let name = Paths.name(path)
        let stem = name.utf8.drop { $0 == UInt8(ascii: ".") }
        guard let dot = stem.lastIndex(of: UInt8(ascii: ".")) else { return "" }
        return String(decoding: stem[dot...], as: UTF8.self)
    }

    /// Reads bytes by the kind that the name says.
    ///
    /// - Parameter path: as the user sees it, for messages.
    /// - Returns: `nil` for a file without anything in it.
    static func parse(
        _ bytes: @autoclosure () async throws -> [UInt8], path: String, hasHeader: Bool
    ) async throws -> PlotSource? {
        let kind = fileExtension(of: path)
        if isImage(path) {
            let bytes = try await bytes()
            return bytes.isEmpty ? nil : .image(bytes)
        }
        guard [".csv", ".tsv", ".json", ".yaml", ".yml", ".toml", ".py"].contains(kind) else {
            throw PlotFailure(
                "PlotMetricTypeError",
                "'\(path)' - file type error\nOnly JSON, YAML, CSV and TSV formats are supported.")
        }
        let bytes = try await bytes()
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw PlotFailure.unreadable(path, "EncodingError", "is not valid utf8")
        }
        let value = try document(bytes, kind: kind, path: path, hasHeader: hasHeader)
        return value.isEmptyDocument ? nil : .document(value)
    }

    private static func document(
        _ bytes: [UInt8], kind: String, path: String, hasHeader: Bool
    ) throws(PlotFailure) -> Value {
        func corrupted(_ format: String) -> PlotFailure {
            .unreadable(path, "\(format)FileCorruptedError", "\(format) file structure is corrupted")
        }
        switch kind {
        case ".csv", ".tsv":
            let separator = kind == ".tsv" ? UInt8(ascii: "\t") : UInt8(ascii: ",")
            return .array(try SeparatedValues.rows(bytes, separator: separator, hasHeader: hasHeader))
        case ".json":
            do throws(DocumentError) {
                return try JSON.parse(bytes, duplicateKeys: .overwriting)
            } catch {
                throw corrupted("JSON")
            }
        case ".toml", ".py":
            do throws(ParamsFileError) {
                return try ParamsFile(parsing: bytes, path: path).value
            } catch {
                throw corrupted(kind == ".toml" ? "TOML" : "Python")
            }
        default:
            do throws(DocumentError) {
                return try YAML.parse(bytes)
            } catch {
                throw corrupted("YAML")
            }
        }
    }
}

extension Value {
    /// What Python counts as false, which DVC takes for no data.
    fileprivate var isEmptyDocument: Bool {
        switch self {
        case .null: true
        case .bool(let value): !value
        case .int(let value): value == 0
        case .float(let value): value == 0
        case .string(let value): value.isEmpty
        case .array(let values): values.isEmpty
        case .mapping(let mapping): mapping.isEmpty
        case .bigInt, .date: false
        }
    }
}

extension RepositoryBrowser {
    /// The bytes of a file of the workspace or the commit, or else of tracked data, which is fetched into the cache where
    /// only a remote has it.
    func bytes(at path: RelativePath) async throws -> [UInt8] {
        if let bytes = try plainBytes(at: path) { return bytes }
        guard let item = try await item(at: path) else {
            throw PlotFailure("FileNotFoundError", "[Errno 2] No such file or directory: '\(path)'")
        }
        if item.isDirectory { throw PlotFailure("IsADirectoryError", "[Errno 21] Is a directory: '\(path)'") }
        do {
            return try await trackedBytes(at: path)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw PlotFailure("FileNotFoundError", "[Errno 2] No storage files available: '\(path)'")
        }
    }

    private func plainBytes(at path: RelativePath) throws -> [UInt8]? {
        switch files {
        case .workspace(let root, _):
            let absolute = Paths.join(root, path.string)
            guard try Files.status(absolute, followingLinks: true)?.kind == .file else { return nil }
            return try Files.readIfPresent(absolute)
        case .commit(let tree, let prefix):
            return try tree.read(prefix.appending(path.string).string)
        }
    }

    private func trackedBytes(at path: RelativePath) async throws -> [UInt8] {
        let cache = repository.cache
        let data = try await data(at: "/" + path.string, SourceAccess(destination: cache, usesItsCache: true))
        guard let file = data.files.first, !data.isDirectory else { throw MissingPath(path: path.string) }
        if case .object(let id, let stores) = file.origin {
            if !cache.holds(id) { try await id.fetch(from: stores) { _ = try await $0.fetch(id, into: cache) } }
            return try Files.read(cache.path(of: id))
        }
        let folder = Paths.join(repository.scratch, "staging")
        try Files.makeDirectory(folder)
        let temporary = Paths.join(folder, TemporaryName.make())
        try await file.write(to: temporary)
        defer { try? Files.remove(temporary) }
        return try Files.read(temporary)
    }
}
