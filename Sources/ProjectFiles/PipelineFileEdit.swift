package import Documents

/// Changes to a pipeline file that keep everything a person wrote around them.
package struct PipelineFileEdit: Sendable {
    /// Relative to the root.
    package let path: String
    private let document: YAMLDocument?
    private var value: Mapping

    /// - Parameter original: the file as it is; `nil` for one yet to be made.
    package init(_ original: [UInt8]?, path: String) throws(ProjectFileError) {
        self.path = path
        guard let original else {
            document = nil
            value = Mapping()
            return
        }
        value = try ProjectDocument(parsing: original, path: path, schema: .pipelineFile).value
        do throws(DocumentError) {
            document = try YAMLDocument(parsing: original)
        } catch {
            throw ProjectFileError(path, .syntax(error, looksLikeMergeConflict: false))
        }
    }

    private var stages: Mapping {
        get { value["stages"]?.mapping ?? Mapping() }
        set { value["stages"] = .mapping(newValue) }
    }

    /// Whether no stage is left, so that DVC would delete the file.
    package var hasStages: Bool { !stages.isEmpty }

    package func contains(_ stage: String) -> Bool { stages[stage] != nil }

    /// Writes a stage in place of the one of its name, or after the last.
    ///
    /// Fails for a stage with templates: what they were would be lost.
    package mutating func put(_ stage: Stage) throws(ProjectFileError) {
        let name = try nameOfLiteral(stage, action: "dump")
        stages[name] = .mapping(stage.pipelineEntry)
    }

    package mutating func remove(_ stage: Stage) throws(ProjectFileError) {
        let name = try nameOfLiteral(stage, action: "remove")
        stages[name] = nil
    }

    private func nameOfLiteral(_ stage: Stage, action: String) throws(ProjectFileError) -> String {
        guard let name = stage.name else {
            throw ProjectFileError(path, .invalid("'\(stage.address())' is no stage of '\(path)'"))
        }
        guard !stage.isParametrized else {
            throw ProjectFileError(path, .invalid("cannot \(action) a parametrized stage: '\(stage.address())'"))
        }
        return name
    }

    /// Puts a data set (a mapping with `name`) in place of the one of its name, or after the last.
    package mutating func put(dataset: Mapping) {
        var datasets = value["datasets"]?.array ?? []
        if let index = datasets.firstIndex(where: { $0.mapping?["name"] == dataset["name"] }) {
            datasets[index] = .mapping(dataset)
        } else {
            datasets.append(.mapping(dataset))
        }
        value["datasets"] = .array(datasets)
    }

    /// Puts an artifact in place of the one of its name, or after the last.
    package mutating func put(artifact: Mapping, named name: String) {
        var artifacts = value["artifacts"]?.mapping ?? Mapping()
        artifacts[name] = .mapping(artifact)
        value["artifacts"] = .mapping(artifacts)
    }

    /// The text to write.
    package func text() -> String {
        guard let document else { return YAML.emit(.mapping(value)) }
        return document.text(updatedTo: .mapping(value))
    }
}

extension Stage {
    /// The stage as an entry of a pipeline file: fixed order of keys, lists sorted, nothing that says the default.
    package var pipelineEntry: Mapping {
        var entry = Mapping()
        func put(_ key: String, _ value: Value?) {
            if let value, value.isTruthy { entry[key] = value }
        }
        func list(_ role: (Output) -> Bool) -> Value {
            .array(outputs.filter(role).sorted { $0.path.precedes($1.path) }.map(\.pipelineEntry))
        }
        put("desc", description.map(Value.string))
        put("cmd", command?.value)
        put("wdir", dumpedWdir.map(Value.string))
        put("deps", .array(dataDependencies.map(\.path).sorted { $0.precedes($1) }.map(Value.string)))
        put("params", .array(parameterEntries))
        put("outs", list { $0.role == .data })
        put("metrics", list(\.isMetric))
        put("plots", list(\.isPlot))
        put("frozen", .bool(isFrozen))
        put("always_changed", .bool(alwaysChanged))
        put("meta", meta)
        return entry
    }

    /// Keys of the default file come first, then the other files with their keys.
    private var parameterEntries: [Value] {
        var entries: [Value] = []
        for dependency in parameterDependencies.sorted(by: { $0.path.precedes($1.path) }) {
            let keys = (dependency.parameters?.keys ?? []).sorted { $0.precedes($1) }.map(Value.string)
            if !keys.isEmpty, dependency.path.hasSameBytes(as: ParamsDependency.defaultFile) {
                entries = keys + entries
            } else {
                entries.append(.mapping(Mapping([(dependency.path, keys.isEmpty ? .null : .array(keys))])))
            }
        }
        return entries
    }
}

extension Output {
    /// A bare path, or the path with what differs from the defaults.
    fileprivate var pipelineEntry: Value {
        var options = Mapping()
        annotation.dumped(into: &options)
        if !isCached { options["cache"] = false }
        if isPersistent { options["persist"] = true }
        if case .plot(let properties) = role {
            for (key, value) in properties.entries { options[key] = value }
        }
        if let remote, !remote.isEmpty { options["remote"] = .string(remote) }
        if !canPush { options["push"] = false }
        return options.isEmpty ? .string(path) : .mapping(Mapping([(path, .mapping(options))]))
    }
}
