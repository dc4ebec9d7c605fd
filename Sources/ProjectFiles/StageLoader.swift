import Documents

/// Turns what a pipeline file says of a stage, templates filled in, into a `Stage` with the lock file's checksums.
struct StageLoader {
    let file: String
    let lock: LockFile?

    func stage(_ name: String, _ definition: Mapping) throws(ProjectFileError) -> Stage {
        guard let command = definition["cmd"], command.mapping == nil else {
            throw wrong("Cannot interpolate data of type 'dict'", name, "cmd")
        }
        var stage = Stage(
            definition: file, name: name, wdir: definition["wdir"]?.pythonTextUnlessNull,
            command: StageCommand(command))
        stage.isFrozen = definition["frozen"]?.isTruthy ?? false
        stage.alwaysChanged = definition["always_changed"]?.isTruthy ?? false
        stage.description = definition["desc"]?.pythonTextUnlessNull
        stage.meta = definition["meta"]
        stage.dependencies = try dependencies(definition, name) + parameters(definition, name)
        stage.outputs =
            try outputs(definition, "outs", name) + outputs(definition, "metrics", name)
            + outputs(definition, "plots", name)
        if let entry = lock?.entry(for: name, workingDirectory: stage.workingDirectory) { stage.fill(from: entry) }
        return stage
    }

    private func dependencies(_ definition: Mapping, _ stage: String) throws(ProjectFileError) -> [Dependency] {
        var dependencies: [Dependency] = []
        for item in definition["deps"]?.array ?? [] {
            dependencies.append(Dependency(parsing: try path(item, stage, "deps")))
        }
        return dependencies
    }

    /// One dependency per file, in the order in which files are first named.
    private func parameters(_ definition: Mapping, _ stage: String) throws(ProjectFileError) -> [Dependency] {
        let items = definition["params"]?.array ?? []
        let whole = items.compactMap(\.mapping).flatMap(\.entries).filter { !$0.value.isTruthy }.map(\.key)
        func isWhole(_ file: String) -> Bool { whole.contains { $0.hasSameBytes(as: file) } }

        var files: [(path: String, keys: [String])] = []
        func add(_ keys: [String], of file: String) {
            if let index = files.firstIndex(where: { $0.path.hasSameBytes(as: file) }) {
                files[index].keys += keys
            } else {
                files.append((file, keys))
            }
        }
        for item in items {
            guard let mapping = item.mapping else {
                guard item.array == nil, !item.isNull else {
                    throw wrong(
                        "Only list of str/dict is supported. Got: '\(item.pythonTypeName)'", stage, "params")
                }
                if !isWhole(ParamsDependency.defaultFile) { add([item.pythonText], of: ParamsDependency.defaultFile) }
                continue
            }
            for (file, keys) in mapping.entries {
                if isWhole(file) {
                    add([], of: file)
                } else if let keys = keys.array {
                    add(keys.map(\.pythonText), of: file)
                } else {
                    throw wrong(
                        "Expected list of params for custom params file '\(file)', got '\(keys.pythonTypeName)'", stage,
                        "params")
                }
            }
        }
        return files.map {
            Dependency(path: $0.path, source: .parameters(ParamsDependency(keys: $0.keys)))
        }
    }

    private func outputs(
        _ definition: Mapping, _ section: String, _ stage: String
    ) throws(ProjectFileError) -> [Output] {
        var options = Mapping()
        for item in definition[section]?.array ?? [] {
            guard let mapping = item.mapping else {
                let path = try path(item, stage, section)
                if options[path] == nil { options[path] = .mapping(Mapping()) }
                continue
            }
            for (path, new) in mapping.entries {
                guard let new = new.mapping else {
                    throw wrong("Expected dict for '\(path)', got: '\(new.pythonTypeName)'", stage, section)
                }
                var merged = options[path]?.mapping ?? Mapping()
                for (key, value) in new.entries { merged[key] = value }
                options[path] = .mapping(merged)
            }
        }
        return options.entries.map { output($0.key, $0.value.mapping ?? Mapping(), section) }
    }

    private func output(_ path: String, _ options: Mapping, _ section: String) -> Output {
        let role: Output.Role
        switch section {
        case "metrics": role = .metric
        case "plots":
            let names = ["template", "x", "y", "x_label", "y_label", "title", "header"]
            role = .plot(Mapping(options.entries.filter { names.contains($0.key) }))
        default: role = .data
        }
        return Output(
            path: path,
            isCached: options["cache"]?.bool ?? true,
            isPersistent: options["persist"]?.bool ?? false,
            canPush: options["push"]?.bool ?? true,
            remote: options["remote"]?.string,
            annotation: Annotation(entry: options),
            role: role)
    }

    private func path(_ value: Value, _ stage: String, _ section: String) throws(ProjectFileError) -> String {
        guard let path = value.string, !path.isEmpty, !path.utf8.contains(0) else {
            throw wrong("expected a path, got '\(value.pythonText)'", stage, section)
        }
        return path
    }

    private func wrong(_ message: String, _ stage: String, _ section: String) -> ProjectFileError {
        ProjectFileError(file, .invalid("failed to parse 'stages.\(stage).\(section)' in '\(file)': \(message)"))
    }
}

extension Stage {
    /// Takes over checksums and parameter values of a lock entry, matched by path as written.
    package mutating func fill(from entry: LockEntry) {
        lock = entry
        for index in outputs.indices {
            if let item = entry.output(at: outputs[index].path) { outputs[index].checksum = item.checksum }
        }
        for index in dependencies.indices {
            let path = dependencies[index].path
            switch dependencies[index].source {
            case .parameters(var parameters):
                guard let values = entry.parameters[path]?.mapping else { continue }
                parameters.locked =
                    parameters.isWholeFile
                    ? values
                    : Mapping(
                        parameters.keys.compactMap { key in values[key].map { (key: key, value: $0) } })
                dependencies[index].source = .parameters(parameters)
            case .dataset(let name, _):
                dependencies[index].source = .dataset(name: name, locked: entry.dependency(at: path)?.dataset)
            default:
                if let item = entry.dependency(at: path) { dependencies[index].checksum = item.checksum }
            }
        }
    }
}

extension Value {
    fileprivate var pythonTextUnlessNull: String? { isNull ? nil : pythonText }
}
