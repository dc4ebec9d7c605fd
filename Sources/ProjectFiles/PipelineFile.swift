package import Documents

/// `dvc.yaml`: stages, and files that are parameters, metrics, plots, artifacts or data sets without belonging to one.
///
/// The variables are read and the names of generated stages are known once the file is loaded; templates of a stage are
/// filled in when it is asked for, so that a broken one does not hide the others.
package struct PipelineFile: Sendable {
    package static let fileName = "dvc.yaml"

    /// Relative to the root.
    package let path: String
    /// What the file literally says.
    package let value: Mapping
    /// Things a person should know about the file, such as a variable that `item` hides; sentences.
    package let warnings: [String]

    private let lock: LockFile?
    private let reader: any FileReader
    private let options: TemplateOptions
    private let context: TemplateContext
    /// The generated stages of each group, or why they cannot be generated.
    private let groups: [(name: String, group: Result<StageGroup, ProjectFileError>)]

    /// Reads a pipeline file.
    ///
    /// - Parameters:
    ///   - reader: for `params.yaml` and the files that `vars` name, at the same revision as the file.
    ///   - lock: the lock file beside it, if there is one.
    package init(
        parsing bytes: [UInt8], path: String, reader: any FileReader, lock: LockFile? = nil,
        options: TemplateOptions = TemplateOptions()
    ) throws(ProjectFileError) {
        self.path = path
        self.lock = lock
        self.reader = reader
        self.options = options
        value = try ProjectDocument(parsing: bytes, path: path, schema: .pipelineFile).value

        var context = TemplateContext()
        let vars = value["vars"]?.array ?? []
        try Self.checkNoTemplates(in: vars, place: "'vars'", file: path)
        do throws(TemplateError) {
            try context.load(
                vars, from: reader, directory: path.parentPath, defaultFile: ParamsDependency.defaultFile)
        } catch {
            throw error.located("'vars'", in: path)
        }
        self.context = context

        var warnings: [String] = []
        var groups: [(name: String, group: Result<StageGroup, ProjectFileError>)] = []
        for (name, definition) in value["stages"]?.mapping?.entries ?? [] {
            do throws(StageGroupError) {
                guard let group = try StageGroup(definition.mapping ?? Mapping(), context: context) else { continue }
                groups.append((name, .success(group)))
                let hidden = group.hidden(in: context)
                guard !hidden.isEmpty else { continue }
                warnings.append(
                    "\(hidden.joined(separator: " and ")) \(hidden.count > 1 ? "are" : "is") already specified, "
                        + "will be overwritten for stages generated from '\(name)'")
            } catch {
                groups.append((name, .failure(error.located(stage: name, in: path))))
            }
        }
        self.groups = groups
        self.warnings = warnings
    }

    private var definitions: Mapping { value["stages"]?.mapping ?? Mapping() }

    /// What `vars` and the parameter files together say is not itself a template.
    private static func checkNoTemplates(in vars: [Value], place: String, file: String) throws(ProjectFileError) {
        func hasTemplate(_ value: Value) -> Bool {
            switch value {
            case .string(let text): !Expression.all(in: text).isEmpty
            case .array(let items): items.contains(where: hasTemplate)
            case .mapping(let mapping):
                mapping.entries.contains { hasTemplate(.string($0.key)) || hasTemplate($0.value) }
            default: false
            }
        }
        guard vars.contains(where: hasTemplate) else { return }
        throw ProjectFileError(
            file, .invalid("failed to parse \(place) in '\(file)': interpolating is not allowed"))
    }
}

// MARK: - Stages

extension PipelineFile {
    /// Every stage in file order; generated ones stand in place of their group.
    ///
    /// Throws where the list that a group goes over cannot be found.
    package var stageNames: [String] {
        get throws(ProjectFileError) {
            var names: [String] = []
            for name in definitions.keys {
                guard let group = group(name) else {
                    names.append(name)
                    continue
                }
                names += try group.get().members.map { "\(name)@\($0.key)" }
            }
            return names
        }
    }

    /// Names in the file: stages, and groups of generated stages.
    package var definedNames: [String] { definitions.keys }

    /// The generated stages of a group, such as `train@1` of `train`; `nil` if no group has the name.
    package func stageNames(inGroup name: String) throws(ProjectFileError) -> [String]? {
        try group(name)?.get().members.map { "\(name)@\($0.key)" }
    }

    /// A stage with its templates filled in and the lock file's checksums; `nil` if there is none of that name.
    package func stage(named name: String) throws(ProjectFileError) -> Stage? {
        guard let resolved = try resolve(name) else { return nil }
        let loader = StageLoader(file: path, lock: lock)
        var stage = try loader.stage(name, resolved.definition)
        stage.group = resolved.group
        stage.usedVariables = resolved.used
        stage.isParametrized = definitions[name] != .mapping(resolved.definition)
        return stage
    }

    /// All stages in file order.
    package func stages() throws(ProjectFileError) -> [Stage] {
        var stages: [Stage] = []
        for name in try stageNames {
            if let stage = try stage(named: name) { stages.append(stage) }
        }
        return stages
    }

    private func group(_ name: String) -> Result<StageGroup, ProjectFileError>? {
        groups.first { $0.name.hasSameBytes(as: name) }?.group
    }

    private struct Resolved {
        let definition: Mapping
        let group: String?
        let used: [UsedVariables]
    }

    private func resolve(_ name: String) throws(ProjectFileError) -> Resolved? {
        if let definition = definitions[name]?.mapping, group(name) == nil {
            return try resolve(definition, name: name, syntaxName: name, group: nil, context: context)
        }
        guard let at = name.utf8.lastIndex(of: UInt8(ascii: "@")) else { return nil }
        let groupName = String(name[..<at])
        let key = String(name[name.utf8.index(after: at)...])
        guard let group = group(groupName), var definition = definitions[groupName]?.mapping,
            let member = try group.get().member(key)
        else { return nil }
        definition["matrix"] = nil
        return try resolve(
            definition["do"]?.mapping ?? definition, name: name, syntaxName: groupName, group: groupName,
            context: context.with(locals: member.locals))
    }

    private func resolve(
        _ definition: Mapping, name: String, syntaxName: String, group: String?, context: TemplateContext
    ) throws(ProjectFileError) -> Resolved {
        var definition = definition
        for (key, value) in definition.entries {
            do throws(TemplateError) {
                try Template.checkSyntax(of: value)
            } catch {
                throw error.located("'stages.\(syntaxName).\(key)'", in: path)
            }
        }
        var context = context
        if let vars = definition["vars"]?.array {
            try load(vars, of: name, wdir: definition["wdir"]?.string, into: &context)
            definition["vars"] = nil
        }
        var template = Template(context: context, options: options)
        var resolved = Mapping()
        for (key, value) in definition.entries {
            do throws(TemplateError) {
                resolved[key] = try template.resolve(value, key == "cmd" ? .command : .plain)
            } catch {
                throw error.located("'stages.\(name).\(key)'", in: path)
            }
        }
        return Resolved(definition: resolved, group: group, used: template.used)
    }

    /// Adds a stage's own `vars`, which are relative to its working directory.
    private func load(
        _ vars: [Value], of name: String, wdir: String?, into context: inout TemplateContext
    ) throws(ProjectFileError) {
        var directory = path.parentPath
        if let wdir {
            var template = Template(context: context)
            do throws(TemplateError) {
                let resolved = try template.resolve(wdir, .free).pythonText
                directory = Location(resolved, relativeTo: directory).text
            } catch {
                throw error.located("'stages.\(name).wdir'", in: path)
            }
        }
        try Self.checkNoTemplates(in: vars, place: "'stages.\(name).vars'", file: path)
        do throws(TemplateError) {
            try context.load(vars, from: reader, directory: directory, stage: name)
        } catch {
            if case .alreadyLoaded = error { throw error.located("'stages.\(name).vars'", in: path) }
            throw error.located("stage '\(name)'", in: path)
        }
    }
}

// MARK: - Top-level sections

extension PipelineFile {
    /// A top-level section with its templates filled in.
    package enum Section: String, Sendable {
        /// Files of parameters beyond those of stages.
        case params
        case metrics
        /// Paths, or mappings from a path or an ID to what to draw.
        case plots
        /// Mappings with `name`, `type`, `url` …
        case datasets
    }

    /// The items of a section, in file order; empty where the file has none.
    package func items(of section: Section) throws(ProjectFileError) -> [Value] {
        var items: [Value] = []
        for (index, item) in (value[section.rawValue]?.array ?? []).enumerated() {
            items.append(try resolve(item, place: "'\(section.rawValue).\(index)'"))
        }
        return items
    }

    /// Artifacts by name.
    package func artifacts() throws(ProjectFileError) -> Mapping {
        var artifacts = Mapping()
        for (name, artifact) in value["artifacts"]?.mapping?.entries ?? [] {
            let place = "'artifacts.\(name)'"
            let resolved = try resolve(.string(name), place: place)
            guard let key = resolved.string else {
                throw ProjectFileError(
                    path,
                    .invalid(
                        "failed to resolve \(place) in '\(path)': expected str, got \(resolved.pythonTypeName)"))
            }
            artifacts[key] = try resolve(artifact, place: place)
        }
        return artifacts
    }

    private func resolve(_ value: Value, place: String) throws(ProjectFileError) -> Value {
        var template = Template(context: context, options: options)
        do throws(TemplateError) {
            return try template.resolve(value, .free)
        } catch {
            throw error.located(place, in: path)
        }
    }
}
