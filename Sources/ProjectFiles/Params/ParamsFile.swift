import Basics
package import Documents

/// A file of parameters or metrics: YAML, JSON, TOML, or Python with assignments of literals.
package struct ParamsFile: Sendable {
    /// Relative to the root.
    package let path: String
    /// The whole document; an empty one is an empty mapping.
    package let value: Value

    package enum Format: Sendable {
        case yaml, json, toml, python

        /// By the file's name; everything that is not known otherwise is YAML.
        package init(path: String) {
            let name = path.lowercased()
            self =
                if name.hasSuffix(".json") { .json } else if name.hasSuffix(".toml") {
                    .toml
                } else if name.hasSuffix(".py") { .python } else { .yaml }
        }
    }

    package init(parsing bytes: [UInt8], path: String) throws(ParamsFileError) {
        self.path = path
        let format = Format(path: path)
        do throws(DocumentError) {
            let parsed =
                switch format {
                case .yaml: try YAML.parse(bytes)
                case .json: try JSON.parse(bytes, duplicateKeys: .overwriting)
                case .toml: try TOML.parse(bytes)
                case .python: try PythonLiterals.parse(bytes)
                }
            value = parsed.isTruthy ? parsed : .mapping(Mapping())
        } catch {
            throw ParamsFileError(path: path, format: format, cause: error)
        }
    }

    package init(path: String, value: Value) {
        self.path = path
        self.value = value
    }

    /// The value at a key path such as `train.layers.0`; parts are keys of mappings and indices of lists.
    package func lookup(_ keyPath: String) -> Value? {
        var current = value
        for part in keyPath.split(separator: ".", omittingEmptySubsequences: false) {
            switch current {
            case .mapping(let mapping):
                guard let next = mapping[String(part)] else { return nil }
                current = next
            case .array(let items):
                guard let index = Int(part), items.indices.contains(index) else { return nil }
                current = items[index]
            default: return nil
            }
        }
        return current
    }

    /// The values that a stage depends on, by key path, or by top-level key for a whole file, and the keys that the file
    /// lacks.
    package func values(for dependency: ParamsDependency) -> (found: Mapping, missing: [String]) {
        guard !dependency.isWholeFile else { return (value.mapping ?? Mapping(), []) }
        var found = Mapping()
        var missing: [String] = []
        for key in dependency.keys {
            if let value = lookup(key) { found[key] = value } else { missing.append(key) }
        }
        return (found, missing)
    }
}

/// A parameter file that cannot be read.
package struct ParamsFileError: UserFacingError, Equatable {
    package let path: String
    package let format: ParamsFile.Format
    package let cause: DocumentError

    package var summary: String {
        let name =
            switch format {
            case .yaml: "YAML"
            case .json: "JSON"
            case .toml: "TOML"
            case .python: "Python"
            }
        return "unable to read: '\(path)', \(name) file structure is corrupted: "
            + ProjectFileError.paragraph(
                cause.message, line: cause.line, column: cause.column, excerpt: cause.excerpt)
    }
}
