import Basics
package import FileSystem
import Indexing
package import ProjectFiles

/// What a command-line word means: a stage as a whole, one of its outputs, or something inside an output.
package struct SelectedTarget: Sendable {
    package let stage: Stage
    package let stageNumber: Int
    /// The path that was named, where it lies in one of the stage's outputs; `nil` for the whole stage.
    package let path: RelativePath?

    package init(stage: Stage, stageNumber: Int, path: RelativePath? = nil) {
        self.stage = stage
        self.stageNumber = stageNumber
        self.path = path
    }
}

/// A word that names neither a stage nor an output.
package struct UnknownTarget: UserFacingError {
    package let target: String
    /// Whether the word could only have been a stage's name.
    package var onlyStage = false

    package var summary: String {
        let stage = "Stage '\(target)' not found inside 'dvc.yaml' file"
        if onlyStage { return stage }
        return "'\(target)' does not exist as an output or a stage name in 'dvc.yaml': \(stage)"
    }
    package var remedy: String? { "`varve status` and `varve stage list --all` show what is tracked" }
}

/// How words select stages.
package struct TargetOptions: Sendable {
    /// Take all stages below a folder.
    package var recursive = false
    /// Take the stages that a selected one depends on, too.
    package var withDependencies = false

    package init(recursive: Bool = false, withDependencies: Bool = false) {
        self.recursive = recursive
        self.withDependencies = withDependencies
    }
}

extension Repository {
    /// The outputs that words select, each with the paths in it that were named.
    package struct SelectedOutput: Sendable {
        package let output: TrackedOutput
        /// Relative to the repository, each inside the output; empty for the whole output.
        package var paths: [RelativePath]

        /// Whether a path of the output is selected.
        package func selects(_ path: RelativePath) -> Bool {
            paths.isEmpty || paths.contains { path.isInside($0) }
        }
    }

    /// All outputs for no words at all; else those of the selected stages and paths, sorted by path.
    package func selectedOutputs(
        _ targets: [String], _ options: TargetOptions = TargetOptions(), in snapshot: ProjectSnapshot
    ) throws -> [SelectedOutput] {
        if targets.isEmpty { return snapshot.outputs.map { SelectedOutput(output: $0, paths: []) } }
        var selected: [RelativePath: SelectedOutput] = [:]
        for target in targets {
            for match in try select(target, options, in: snapshot) {
                for output in snapshot.outputs where output.stageNumber == match.stageNumber {
                    guard let path = match.path else {
                        selected[output.path] = SelectedOutput(output: output, paths: [])
                        continue
                    }
                    if output.path == path {
                        selected[output.path] = SelectedOutput(output: output, paths: [])
                    } else if path.isInside(output.path) {
                        if selected[output.path]?.paths.isEmpty == true { continue }
                        var entry = selected[output.path] ?? SelectedOutput(output: output, paths: [])
                        entry.paths.append(path)
                        selected[output.path] = entry
                    }
                }
            }
        }
        return selected.values.sorted { $0.output.path < $1.output.path }
    }

    /// The stages that words select; all of them for no words.
    package func selectedStages(
        _ targets: [String], _ options: TargetOptions = TargetOptions(), in snapshot: ProjectSnapshot
    ) throws -> [SelectedTarget] {
        if targets.isEmpty {
            return snapshot.stages.enumerated().map { SelectedTarget(stage: $1, stageNumber: $0) }
        }
        var seen: Set<Int> = []
        return try targets.flatMap { try select($0, options, in: snapshot) }.filter {
            $0.path != nil || seen.insert($0.stageNumber).inserted
        }
    }

    /// What one word means, in DVC's order: a pointer file, a pipeline file's stage, a stage's name, a path of an
    /// output, a folder with `--recursive`.
    package func select(
        _ target: String, _ options: TargetOptions, in snapshot: ProjectSnapshot
    ) throws -> [SelectedTarget] {
        var found = try directMatches(target, options, in: snapshot)
        if options.withDependencies { found = closure(of: found, in: snapshot) }
        return found
    }

    private func directMatches(
        _ target: String, _ options: TargetOptions, in snapshot: ProjectSnapshot
    ) throws -> [SelectedTarget] {
        func matches(_ isMatch: (Stage) -> Bool) -> [SelectedTarget] {
            snapshot.stages.enumerated().compactMap { number, stage in
                isMatch(stage) ? SelectedTarget(stage: stage, stageNumber: number) : nil
            }
        }
        let path = relativePath(of: target)
        if options.recursive, let path, Files.isDirectory(absolute(path)) {
            return matches { RelativePath($0.definition).isInside(path) }
        }
        if let path, StageLoading.isPointerFile(path.name) {
            let found = matches { $0.name == nil && $0.definition.utf8.elementsEqual(path.string.utf8) }
            guard found.isEmpty else { return found }
            if !Files.exists(absolute(path)) {
                throw Failure("'\(target)' does not exist", remedy: "check the name; pointer files end in .dvc")
            }
            throw UnknownTarget(target: target)
        }
        if let path, path.name == PipelineFile.fileName {
            let found = matches { $0.name != nil && $0.definition.utf8.elementsEqual(path.string.utf8) }
            guard found.isEmpty, !Files.exists(absolute(path)) else { return found }
            throw Failure("'\(target)' does not exist", remedy: "run `varve stage add` to start a pipeline")
        }
        // `folder/dvc.yaml:name`, or a bare name of a stage beside the user.
        var file = workingDirectory.appending(PipelineFile.fileName)
        var name = target
        if let colon = target.utf8.lastIndex(of: UInt8(ascii: ":")) {
            let left = String(target[..<colon])
            if Paths.name(left) == PipelineFile.fileName, let path = relativePath(of: left) {
                file = path
                name = String(target[target.utf8.index(after: colon)...])
            } else if left.isEmpty {
                name = String(target[target.utf8.index(after: colon)...])
            }
        }
        let named = matches {
            $0.definition.utf8.elementsEqual(file.string.utf8)
                && ($0.name?.utf8.elementsEqual(name.utf8) == true || $0.group?.utf8.elementsEqual(name.utf8) == true)
        }
        if !named.isEmpty { return named }
        if let path, let output = snapshot.output(holding: path) {
            return [SelectedTarget(stage: output.stage, stageNumber: output.stageNumber, path: path)]
        }
        throw UnknownTarget(target: target)
    }

    /// Adds the stages whose outputs the given ones read, and so on.
    private func closure(of targets: [SelectedTarget], in snapshot: ProjectSnapshot) -> [SelectedTarget] {
        var result = targets
        var seen = Set(targets.map(\.stageNumber))
        var pending = targets.map(\.stage)
        while let stage = pending.popLast() {
            for dependency in stage.dependencies where dependency.parameters == nil {
                guard let path = stage.location(of: dependency).workspacePath.map({ RelativePath($0) }) else {
                    continue
                }
                let sources = snapshot.outputs.filter { $0.path.isInside(path) || path.isInside($0.path) }
                for source in sources where seen.insert(source.stageNumber).inserted {
                    result.append(SelectedTarget(stage: source.stage, stageNumber: source.stageNumber))
                    pending.append(source.stage)
                }
            }
        }
        return result
    }
}
