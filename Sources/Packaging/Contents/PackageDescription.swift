package import Documents

/// What is known of a package beside its files; everything may be missing but the name.
package struct PackageDescription: Sendable {
    package var name: String
    package var version: String?
    package var title: String?
    package var summary: String?
    package var authors: [String] = []
    package var vendor: String?
    package var family: String?
    /// SPDX expressions.
    package var licenses: [String] = []
    package var labels: [String] = []
    /// The library that the model is of, where the files do not say it.
    package var framework: String?
    package var frameworkVersion: String?
    /// What a user of the model has to install, a line of pip's each.
    package var requirements: [String] = []
    /// `tabular-classification`, …
    package var task: String?
    /// Where the repository is.
    package var sourceURL: String?
    /// The Git commit, in hexadecimal.
    package var revision: String?
    /// Seconds since 1970; of the commit, never of the clock.
    package var created: Int64?
    /// Measured values by file.
    package var metrics: [ValueSet] = []
    package var parameters: [ValueSet] = []
    /// How the model came about.
    package var stage: StageRecord?
    /// Data that the package is made from and does not hold.
    package var datasets: [SourceReference] = []

    package init(name: String) { self.name = name }

    /// `name version`, as a heading has it.
    var heading: String { [title ?? name, version].compactMap { $0 }.joined(separator: " ") }
}

/// The values of a file of metrics or parameters.
package struct ValueSet: Sendable, Equatable {
    package var file: String
    package var values: Value

    package init(file: String, values: Value) {
        self.file = file
        self.values = values
    }

    /// Numbers, texts and truth values with their dotted names, in the file's order.
    package var leaves: [(name: String, value: Value)] {
        var found: [(String, Value)] = []
        func visit(_ name: String, _ value: Value, _ depth: Int) {
            guard depth < 50 else { return }
            switch value {
            case .mapping(let mapping):
                for (key, child) in mapping.entries { visit(name.isEmpty ? key : name + "." + key, child, depth + 1) }
            case .array(let items):
                for (index, child) in items.enumerated() { visit("\(name)[\(index)]", child, depth + 1) }
            case .null: break
            default: found.append((name, value))
            }
        }
        visit("", values, 0)
        return found
    }
}

/// A stage of a pipeline as its lock file records it.
package struct StageRecord: Sendable, Equatable {
    /// Such as `train` or `models/dvc.yaml:train`.
    package var address: String
    package var commands: [String]
    package var dependencies: [SourceReference]
    package var outputs: [SourceReference]
    package var parameters: Mapping

    package init(
        address: String, commands: [String] = [], dependencies: [SourceReference] = [], outputs: [SourceReference] = [],
        parameters: Mapping = Mapping()
    ) {
        self.address = address
        self.commands = commands
        self.dependencies = dependencies
        self.outputs = outputs
        self.parameters = parameters
    }
}

/// Something outside of the package, by name and whatever identifies it.
package struct SourceReference: Sendable, Equatable {
    package var name: String
    package var uri: String?
    /// MD5 as DVC writes it, with `.dir` for a folder.
    package var md5: String?
    package var size: Int64?

    package init(name: String, uri: String? = nil, md5: String? = nil, size: Int64? = nil) {
        self.name = name
        self.uri = uri
        self.md5 = md5
        self.size = size
    }
}

/// Everything that a package is made of.
package struct PackageContents: Sendable {
    package var description: PackageDescription
    package var files: [PackageFile]
    /// Whether a model card and the results are written for files that do not bring their own.
    package var writesCard = true

    package init(_ description: PackageDescription, files: [PackageFile]) {
        self.description = description
        self.files = files
    }

    func files(_ role: FileRole) -> [PackageFile] {
        files.filter { $0.role == role }.sorted { $0.path < $1.path }
    }

    /// The files of a role by what was asked for, in the order of their paths.
    func groups(_ role: FileRole) -> [[PackageFile]] {
        var groups: [[PackageFile]] = []
        for file in files(role).sorted(by: { ($0.group, $0.path) < ($1.group, $1.path) }) {
            if let last = groups.last?.first, last.group == file.group {
                groups[groups.count - 1].append(file)
            } else {
                groups.append([file])
            }
        }
        return groups
    }
}
