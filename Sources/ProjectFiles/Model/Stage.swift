package import Documents

/// A step of a pipeline, or the record of tracked data in a pointer file.
package struct Stage: Sendable {
    /// The pointer or pipeline file that defines the stage, relative to the root.
    package var definition: String
    /// The name in the pipeline file; `nil` for a pointer file.
    package var name: String?
    /// As written, relative to the definition's folder; `nil` for that folder itself.
    package var wdir: String?
    package var command: StageCommand?
    /// Dependencies in file order; those on parameters follow the others.
    package var dependencies: [Dependency]
    /// Outputs, then metrics, then plots, in file order.
    package var outputs: [Output]
    package var isFrozen: Bool
    package var alwaysChanged: Bool
    package var description: String?
    /// Free-form notes; `varve` inside it holds our own settings of a stage.
    package var meta: Value?
    /// Digest of an import's definition when it was last brought up to date.
    package var md5: String?
    /// What the lock file says of the stage; `nil` before the first run, and for pointer files.
    package var lock: LockEntry?
    /// Whether a template made the stage differ from what the pipeline file literally says; such a stage cannot be
    /// written back.
    package var isParametrized: Bool
    /// The name before `@` for stages that `foreach` or `matrix` made.
    package var group: String?
    /// Values of parameter files that the stage's templates used, by file and key path.
    package var usedVariables: [UsedVariables]

    package init(
        definition: String, name: String? = nil, wdir: String? = nil, command: StageCommand? = nil,
        dependencies: [Dependency] = [], outputs: [Output] = [], isFrozen: Bool = false, alwaysChanged: Bool = false,
        description: String? = nil, meta: Value? = nil, md5: String? = nil, lock: LockEntry? = nil,
        isParametrized: Bool = false, group: String? = nil, usedVariables: [UsedVariables] = []
    ) {
        self.definition = definition
        self.name = name
        self.wdir = wdir
        self.command = command
        self.dependencies = dependencies
        self.outputs = outputs
        self.isFrozen = isFrozen
        self.alwaysChanged = alwaysChanged
        self.description = description
        self.meta = meta
        self.md5 = md5
        self.lock = lock
        self.isParametrized = isParametrized
        self.group = group
        self.usedVariables = usedVariables
    }
}

/// Values that templates of one stage took from one parameter file.
package struct UsedVariables: Sendable, Equatable {
    /// Relative to the root.
    package let file: String
    /// By key path, such as `models.0`.
    package var values: Mapping
}

extension Stage {
    /// The folder that the command runs in and paths are relative to: normalised, relative to the root unless it
    /// leaves it; empty for the root.
    package var workingDirectory: String {
        Location(wdir ?? ".", relativeTo: definition.parentPath).text
    }

    /// The working directory as a file says it, seen from the definition's folder; `nil` for that folder itself.
    var dumpedWdir: String? {
        let directory = workingDirectory
        // Where an absolute folder lies relative to the repository is not known here.
        if directory.utf8.first == UInt8(ascii: "/") { return wdir }
        let relative = directory.relative(to: definition.parentPath)
        return relative == "." ? nil : relative
    }

    package func location(of output: Output) -> Location { Location(output.path, relativeTo: workingDirectory) }
    package func location(of dependency: Dependency) -> Location {
        Location(dependency.path, relativeTo: workingDirectory)
    }

    /// How a person names the stage from `directory` (relative to the root): `x.dvc`, `train`, `models/dvc.yaml:train`.
    package func address(relativeTo directory: String = "") -> String {
        let file = definition.relative(to: directory)
        guard let name else { return file }
        return file == PipelineFile.fileName ? name : "\(file):\(name)"
    }

    /// Whether a person may give a stage this name: DVC allows no ASCII punctuation but `-` and `_`.
    package static func isValidName(_ name: String) -> Bool {
        !name.isEmpty
            && name.unicodeScalars.allSatisfy { scalar in
                switch scalar.value {
                case 0x2D, 0x5F: true
                case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: false
                default: scalar.value >= 0x20
                }
            }
    }

    /// Whether the stage only records data: `add`, `import` and their kin.
    package var isDataSource: Bool { command == nil }

    /// Whether the stage has nothing that could tell whether it changed, so that it always runs.
    package var isCallback: Bool { command != nil && dependencies.isEmpty && outputs.isEmpty }

    /// Whether the data comes from elsewhere: another repository, a URL, a database.
    package var isImport: Bool { command == nil && dependencies.count == 1 && outputs.count == 1 }

    package var isRepositoryImport: Bool { isImport && dependencies[0].repository != nil }

    /// Whether the import was recorded without its data.
    package var isPartialImport: Bool { isImport && outputs[0].checksum.isEmpty }

    /// Whether the command is another than at the last run; never before a first run, when outputs tell.
    package var commandChanged: Bool {
        guard let lock else { return false }
        return lock.command != command?.value
    }

    package var parameterDependencies: [Dependency] { dependencies.filter { $0.parameters != nil } }
    package var dataDependencies: [Dependency] { dependencies.filter { $0.parameters == nil } }
    package var metrics: [Output] { outputs.filter(\.isMetric) }
    package var plots: [Output] { outputs.filter(\.isPlot) }
}

/// The command of a stage, compared exactly: a list of one differs from its text.
package struct StageCommand: Sendable, Equatable {
    /// As the pipeline file has it once templates are filled in.
    package var value: Value

    package init(_ value: Value) { self.value = value }
    package init(_ text: String) { value = .string(text) }

    /// The scripts to hand to the shell one after the other: each line of a text, or each item of a list, whole.
    package var scripts: [String] {
        switch value {
        case .array(let items): return items.map(\.pythonText)
        default:
            var lines = value.pythonText.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            if lines.last?.isEmpty == true { lines.removeLast() }
            return lines.map(String.init)
        }
    }
}
