import Basics
package import Documents
import FileSystem

/// Values for places in parameter files: `train.lr` is the key `lr` of `train` in `params.yaml`, `conf/a.json:lr` a key of
/// another file.
package struct ParameterPoint: Sendable {
    /// Files in the order in which they are first named, with their key paths and values.
    package private(set) var files: [(path: String, values: [(key: String, value: Value)])] = []

    /// - Parameters:
    ///   - values: By name.
    ///   - file: The one that names without a file stand for.
    package init(_ values: [(name: String, value: Value)], file: String = "params.yaml") {
        for (name, value) in values {
            let place = Self.place(name, file: file)
            if let position = files.firstIndex(where: { $0.path == place.file }) {
                files[position].values.append((place.key, value))
            } else {
                files.append((place.file, [(place.key, value)]))
            }
        }
    }

    /// The file and the key path that a name stands for.
    package static func place(_ name: String, file: String = "params.yaml") -> (file: String, key: String) {
        guard let colon = name.utf8.lastIndex(of: UInt8(ascii: ":")), colon != name.startIndex else {
            return (file, name)
        }
        return (String(name[..<colon]), String(name[name.utf8.index(after: colon)...]))
    }

    /// Writes the values; everything else in the files stays, comments of YAML too. A file that is not there is made.
    ///
    /// - Parameter folder: Absolute path that files are relative to.
    package func write(in folder: String) throws {
        for (file, values) in files { try Self.edit(file, in: folder) { Self.merged($0, values) } }
    }

    /// Gives a parameter file another content, of which only what differs is written.
    package static func edit(_ file: String, in folder: String, _ change: (Value) throws -> Value) throws {
        let path = Paths.absolute(file, from: folder)
        let bytes = try Files.readIfPresent(path) ?? []
        let text: String
        do {
            switch ParamsFile.Format(path: file) {
            case .json:
                let document = bytes.isEmpty ? Value.mapping(Mapping()) : try JSON.parse(bytes)
                text = JSON.emitPython(try change(document)) + "\n"
            case .yaml:
                let document = try YAMLDocument(parsing: bytes)
                text = document.text(updatedTo: try change(document.value))
            case .toml, .python:
                throw Failure("'\(file)' is neither YAML nor JSON: values cannot be written", category: .usage)
            }
        } catch let error as DocumentError {
            throw Failure("'\(file)' cannot be read: \(error.message)")
        }
        try Files.write(Array(text.utf8), to: path)
    }

    private static func merged(_ document: Value, _ values: [(key: String, value: Value)]) -> Value {
        values.reduce(document.isTruthy ? document : .mapping(Mapping())) { result, value in
            result.replacing(value.key.split(separator: ".").map(String.init)[...], by: value.value)
        }
    }
}

extension Value {
    /// The value with another one at a path of keys and list positions, making mappings on the way.
    package func replacing(_ path: ArraySlice<String>, by value: Value) -> Value {
        guard let key = path.first else { return value }
        if case .array(var items) = self, let position = Int(key), items.indices.contains(position) {
            items[position] = items[position].replacing(path.dropFirst(), by: value)
            return .array(items)
        }
        var mapping = mapping ?? Mapping()
        mapping[key] = (mapping[key] ?? .mapping(Mapping())).replacing(path.dropFirst(), by: value)
        return .mapping(mapping)
    }
}
