import Basics
import Documents
import FileSystem
import ProjectFiles
package import Processes
import Storage
package import Tuning
package import Versioning

/// Trials that bring targets of a pipeline up to date, each in a copy of the workspace that belongs to its slot.
///
/// What a trial makes goes to the cache, and its run to the run cache: `apply` and `repro` then restore it.
package struct PipelineTrials: TrialRunner {
    private let targets: [String]
    private let template: WorkspaceTemplate
    /// Absolute path of varve itself, which each trial runs as a process of its own.
    private let program: String
    private let limits: ProgramLimits

    /// - Parameter template: Its copies, one for each slot, lie beside it.
    package init(
        _ targets: [String], from template: WorkspaceTemplate, program: String, limits: ProgramLimits
    ) {
        self.targets = targets
        self.template = template
        self.program = program
        self.limits = limits
    }

    package func begin(_ place: TrialPlace) async throws -> any RunningTrial {
        let name = String(place.slot.map { $0 == "/" ? "_" : $0 })
        let copy = WorkspaceCopy(of: template, at: Paths.join(Paths.parent(template.folder), "copies/\(name)"))
        let environment = try await onOwnThread { _ in
            let environment = try copy.refresh(Self.endLeftovers).environment
            try ParameterPoint(place.trial.settings.map { ($0.name, $0.value) })
                .write(in: environment.workingDirectory)
            return environment
        }
        let directory = environment.workingDirectory
        return try ProgramTrial(
            [program, "repro"] + targets, place, workingDirectory: directory, metricsFolder: directory,
            variables: environment.variables, limits: limits
        ) { try Self.keepFiles(of: copy, in: Paths.join(place.folder, "files")) }
    }

    /// Takes the copies away; the template stays for trials to come.
    package func removeCopies() throws {
        try Files.removeTree(Paths.join(Paths.parent(template.folder), "copies"))
    }

    private static func endLeftovers(in repository: Repository) throws {
        for stage in try repository.workspace().stages { UnfinishedRun.of(stage, in: repository)?.endLeftovers() }
    }

    /// Keeps what a trial has made beside data: metrics, parameters, `dvc.lock`.
    private static func keepFiles(of copy: WorkspaceCopy, in folder: String) throws {
        for path in try copy.changedFiles() {
            let source = Paths.join(copy.folder, path.string)
            guard let status = try Files.status(source), status.kind == .file, status.size <= keptSize else { continue }
            let destination = Paths.join(folder, path.string)
            try Files.makeDirectory(Paths.parent(destination))
            try Files.copy(from: source, to: destination)
        }
    }

    /// Larger files belong into the cache. Bytes.
    private static let keptSize: Int64 = 1 << 26
}

extension PipelineTrials {
    /// Refuses a space that the targets could not see: parameters that no file has or no stage reads.
    ///
    /// - Parameter targets: Seen from the repository's working directory.
    package static func check(_ space: SearchSpace, _ targets: [String], in repository: Repository) throws {
        let here = repository.environment.workingDirectory
        var request = ReproductionRequest()
        request.targets = targets
        let snapshot = try repository.workspace()
        let stages = try repository.plannedSteps(request, snapshot).order.map { snapshot.stages[$0] }
        guard stages.contains(where: { !$0.isDataSource }) else {
            throw Failure("the targets have no stage that runs a command", category: .usage)
        }
        for parameter in space.parameters {
            let (file, key) = ParameterPoint.place(parameter.name)
            guard let bytes = try Files.readIfPresent(Paths.absolute(file, from: here)) else {
                throw Failure(
                    "there is no file '\(file)' for the parameter '\(parameter.name)'",
                    remedy: "name another file as FILE:\(key)", category: .usage)
            }
            let document = try ParamsFile(parsing: bytes, path: file)
            guard document.lookup(key) != nil else {
                let near = nearest(to: key, among: document.keyPaths)
                throw Failure(
                    "'\(file)' has no '\(key)'",
                    remedy: near.map { "did you mean '\($0)'?" } ?? "add it with the value that it has without a study",
                    category: .usage)
            }
            guard let path = repository.relativePath(of: file),
                stages.contains(where: { $0.reads(key, of: path.string) })
            else {
                throw Failure(
                    "no stage of the targets reads '\(key)' of '\(file)'",
                    remedy: "name it in `params` of the stage that uses it, or it would not run again",
                    category: .usage)
            }
        }
    }
}

extension Stage {
    /// Whether another value of a parameter makes the stage stale. A file is named relative to the root.
    fileprivate func reads(_ key: String, of file: String) -> Bool {
        for dependency in dependencies where location(of: dependency).text == file {
            guard let parameters = dependency.parameters, !parameters.isWholeFile else { return true }
            if parameters.keys.contains(where: { Self.touches(key, $0) }) { return true }
        }
        return usedVariables.contains { used in
            used.file == file && used.values.keys.contains { Self.touches(key, $0) }
        }
    }

    private static func touches(_ key: String, _ other: String) -> Bool {
        key == other || key.hasPrefix(other + ".") || other.hasPrefix(key + ".")
    }
}

extension ParamsFile {
    /// Every key path that leads to a value without keys of its own.
    fileprivate var keyPaths: [String] {
        func paths(_ value: Value, _ prefix: String, _ depth: Int) -> [String] {
            guard depth < 32, let mapping = value.mapping, !mapping.isEmpty else { return [prefix] }
            return mapping.entries.flatMap {
                paths($0.value, prefix.isEmpty ? $0.key : "\(prefix).\($0.key)", depth + 1)
            }
        }
        return paths(value, "", 0)
    }
}
