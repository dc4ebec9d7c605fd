import Basics
import Documents
import FileSystem
import Git
import Indexing
import ProjectFiles
package import Versioning

/// A stage to write into the pipeline file beside the user.
package struct StageAddition: Sendable {
    package var name: String
    package var command: String
    package var dependencies: [String] = []
    /// `file:key,key`, `key,key` of the default file, or `file:` for all of it.
    package var parameters: [String] = []
    package var outputs = Outputs()
    package var wdir: String?
    package var alwaysChanged = false
    package var description: String?
    /// Replace a stage of the name.
    package var force = false

    /// Paths by what they are good for and whether the cache holds them.
    package struct Outputs: Sendable {
        package var cached: [String] = []
        package var uncached: [String] = []
        package var persistent: [String] = []
        package var persistentUncached: [String] = []
        package var metrics: [String] = []
        package var metricsUncached: [String] = []
        package var plots: [String] = []
        package var plotsUncached: [String] = []

        package init() {}

        fileprivate var all: [Output] {
            func outputs(
                _ paths: [String], _ role: Output.Role = .data, isCached: Bool = true, isPersistent: Bool = false
            ) -> [Output] {
                paths.map { Output(path: $0, isCached: isCached, isPersistent: isPersistent, role: role) }
            }
            return outputs(persistent, isPersistent: true)
                + outputs(persistentUncached, isCached: false, isPersistent: true)
                + outputs(metrics, .metric) + outputs(metricsUncached, .metric, isCached: false)
                + outputs(plots, .plot(Mapping())) + outputs(plotsUncached, .plot(Mapping()), isCached: false)
                + outputs(uncached, isCached: false) + outputs(cached)
        }
    }

    package init(name: String, command: String) {
        self.name = name
        self.command = command
    }

    /// The command that words of a command line mean, as DVC puts them together.
    ///
    /// A single word is a whole command. Of several, one that holds spaces gets double quotes, unless it has some.
    package static func command(from words: [String]) -> String {
        guard words.count > 1 else { return words.first ?? "" }
        return words.map { word in
            if word.isEmpty { return "\"\"" }
            let needsQuotes = word.utf8.contains(0x20) && !word.utf8.contains(UInt8(ascii: "\""))
            return needsQuotes ? "\"\(word)\"" : word
        }.joined(separator: " ")
    }

    /// The stage as it is to stand in a pipeline file.
    ///
    /// - Parameters:
    ///   - definition: the pipeline file, relative to the root.
    ///   - directory: the working directory, relative to the file's folder.
    fileprivate func stage(in definition: String, directory: String?) -> Stage {
        var stage = Stage(definition: definition, name: name, wdir: directory, command: StageCommand(command))
        stage.dependencies = dependencies.map { Dependency(parsing: $0) } + parameterDependencies
        stage.outputs = outputs.all
        stage.alwaysChanged = alwaysChanged
        stage.description = description
        return stage
    }

    private var parameterDependencies: [Dependency] {
        var files: [(path: String, keys: [String])] = []
        for word in parameters {
            var path = ParamsDependency.defaultFile
            var list = word
            if let colon = word.utf8.lastIndex(of: UInt8(ascii: ":")) {
                if colon != word.startIndex { path = String(word[..<colon]) }
                list = String(word[word.utf8.index(after: colon)...])
            }
            let keys = list.split(separator: ",").map(String.init)
            if let index = files.firstIndex(where: { $0.path.hasSameBytes(as: path) }) {
                files[index].keys += keys
            } else {
                files.append((path, keys))
            }
        }
        return files.map { Dependency(path: $0.path, source: .parameters(ParamsDependency(keys: $0.keys))) }
    }
}

/// What `stage add` did.
package struct StageAdditionResult: Sendable {
    /// The stage as messages name it, and the pipeline file.
    package let address: String
    package let file: String
    package let filesToStage: [String]
    private let changes: ProjectFileChanges

    fileprivate init(address: String, file: String, _ changes: ProjectFileChanges) throws {
        self.address = address
        self.file = file
        self.changes = changes
        filesToStage = try changes.finish()
    }

    /// Shows to Git again what was hidden from it, as DVC does where the stage was to run at once and failed.
    package func withdrawIgnores() { changes.withdrawIgnores() }
}

extension Repository {
    /// Writes a stage into the pipeline file beside the user; everything else in it stays as it is.
    package func addStage(_ addition: StageAddition) throws -> StageAdditionResult {
        guard !addition.command.isEmpty else { throw Failure("command is not specified") }
        guard Stage.isValidName(addition.name) else {
            throw Failure("Stage name cannot contain punctuation characters.", remedy: "use letters, digits, - and _")
        }
        let file = workingDirectory.appending(PipelineFile.fileName)
        let shownFile = shown(file)
        if let git = try git, try git.isIgnored(absolute(file)) {
            throw Failure(
                "bad DVC file name '\(shownFile)' is git-ignored.",
                remedy: "change .gitignore so that Git keeps dvc.yaml files")
        }
        let snapshot = try workspace()
        let original = try Files.readIfPresent(absolute(file))
        var edit = try PipelineFileEdit(original, path: file.string)
        let existing = snapshot.stages.firstIndex {
            $0.definition.hasSameBytes(as: file.string) && $0.name?.hasSameBytes(as: addition.name) == true
        }
        if edit.contains(addition.name), !addition.force {
            throw Failure("Stage '\(addition.name)' already exists in '\(shownFile)'. Use '--force' to overwrite.")
        }
        var stage = addition.stage(in: file.string, directory: try stageDirectory(addition.wdir))
        try normalisePaths(of: &stage)
        try refuseContradictions(in: stage)
        var stages = snapshot.stages
        if let existing {
            takeOver(stages[existing], into: &stage)
            stages[existing] = stage
        } else {
            stages.append(stage)
        }
        _ = try StageGraph(stages, adding: existing ?? stages.count - 1, in: self)
        let changes = ProjectFileChanges(self)
        for output in stage.outputs where output.isCached {
            if let path = stage.location(of: output).workspacePath { try changes.refuseIfTracked(RelativePath(path)) }
        }
        try edit.put(stage)
        try changes.write(edit.text(), to: file)
        for output in stage.outputs where output.isCached {
            guard let path = stage.location(of: output).workspacePath.map({ RelativePath($0) }) else { continue }
            guard Files.isDirectory(absolute(path.parent)) else {
                progress.report(
                    .warning(
                        "Could not create .gitignore entry in \(absolute(path.parent))/.gitignore. DVC will attempt to "
                            + "create .gitignore entry again when the stage is run."))
                continue
            }
            try changes.ignore(path)
        }
        return try StageAdditionResult(address: address(of: stage), file: shownFile, changes)
    }

    /// The working directory as the pipeline file beside the user says it.
    private func stageDirectory(_ word: String?) throws -> String? {
        guard let word, !word.isEmpty else { return nil }
        let path = Paths.absolute(word, from: environment.workingDirectory)
        guard Files.exists(path) else {
            throw Failure("stage working dir '\(path)' does not exist", remedy: "make the folder first")
        }
        guard Files.isDirectory(path) else { throw Failure("stage working dir '\(path)' is not directory") }
        guard let inside = relativePath(of: word) else {
            throw Failure("stage working dir '\(path)' is outside of DVC repo")
        }
        let relative = Paths.relative(absolute(inside), to: environment.workingDirectory)
        return relative == "." ? nil : relative
    }

    /// Absolute paths inside the repository become relative ones.
    private func normalisePaths(of stage: inout Stage) throws {
        let directory = Paths.absolute(stage.workingDirectory, from: root)
        func normalised(_ path: String) throws -> String {
            guard !path.isEmpty, !path.utf8.contains(0) else { throw Failure("a path is empty") }
            guard Paths.isAbsolute(path), let inside = relativePath(of: path) else { return path }
            return Paths.relative(absolute(inside), to: directory)
        }
        for number in stage.outputs.indices {
            stage.outputs[number].path = try normalised(stage.outputs[number].path)
        }
        for number in stage.dependencies.indices {
            stage.dependencies[number].path = try normalised(stage.dependencies[number].path)
        }
    }

    private func refuseContradictions(in stage: Stage) throws {
        for output in stage.outputs {
            let location = stage.location(of: output)
            if Paths.name(output.path) == PipelineFile.fileName || output.path.hasSuffix(PointerFile.suffix) {
                throw Failure("DVC file '\(output.path)' cannot be an output.")
            }
            guard let path = location.workspacePath else {
                guard output.isCached else { continue }
                throw Failure(
                    "Cached output(s) outside of DVC project: \(absolute(location) ?? output.path). See "
                        + "<https://dvc.org/doc/user-guide/pipelines/external-dependencies-and-outputs> for more info.",
                    remedy: "declare it with --outs-no-cache")
            }
            guard !path.isEmpty, !location.touchesMetadata else {
                throw Failure("'\(output.path)' is no place for an output", remedy: "name a file or folder of its own")
            }
            if let rule = try ignore.match(path, isDirectory: false), rule.isIgnored {
                throw Failure("Path '\(output.path)' is ignored by\n\(rule.source):\(rule.line):\(rule.pattern)")
            }
        }
        let read = stage.dependencies.map { stage.location(of: $0) }
        let written = stage.outputs.map { stage.location(of: $0) }
        if let both = written.first(where: read.contains) {
            throw Failure(
                "'\(absolute(both) ?? both.text)' is specified as an output and as a dependency.")
        }
        var seen: Set<Location> = []
        for location in read + written where !seen.insert(location).inserted {
            throw Failure("file '\(absolute(location) ?? location.text)' is specified more than once.")
        }
    }

    /// What the command line cannot say stays as it was.
    private func takeOver(_ old: Stage, into stage: inout Stage) {
        stage.meta = old.meta
        if stage.description == nil { stage.description = old.description }
        for number in stage.outputs.indices {
            guard let output = old.outputs.first(where: { $0.path.hasSameBytes(as: stage.outputs[number].path) }) else {
                continue
            }
            stage.outputs[number].annotation = output.annotation
            stage.outputs[number].remote = output.remote
            stage.outputs[number].canPush = output.canPush
        }
    }
}
