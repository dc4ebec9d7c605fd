import Basics
import Documents
import FileSystem
import Hashing
import Indexing
import Objects
package import ProjectFiles

/// What `commit` is asked to do.
package struct CommitRequest: Sendable {
    /// One word; `nil` for every stage.
    package var target: String?
    package var selection = TargetOptions()
    /// Record what changed without asking.
    package var force = false
    package var relinks = true
    /// Pass over stages that have a command.
    package var onlyDataSources = false
    /// Whether a changed stage may be recorded; asked with a full sentence.
    package var consent: @Sendable (String) -> Bool = { _ in false }

    package init(target: String? = nil) { self.target = target }
}

/// A stage whose change nobody agreed to record.
package struct UncommittedStage: UserFacingError {
    let stage: String

    package var summary: String { "unable to commit changed stage: '\(stage)'. Use `-f|--force` to force." }
}

/// Data of a stage that is to be recorded and isn't there.
package struct MissingStageData: UserFacingError {
    /// `output` or `dependency`.
    let role: String
    let shown: String

    package var summary: String { "\(role) '\(shown)' does not exist" }
    package var remedy: String? { "get the data back with `varve checkout`, or run its stage with `varve repro`" }
}

extension Repository {
    /// Records data as it is in the workspace now: contents into the cache, digests into the files of their stages.
    ///
    /// Stages of one project file are written together, and those of the files before stay written when one fails.
    package func commit(_ request: CommitRequest) async throws -> ProjectFilesResult {
        let snapshot = try workspace()
        let selected = try selectedStages(request.target.map { [$0] } ?? [], request.selection, in: snapshot)
            .filter { !request.onlyDataSources || $0.stage.isDataSource }
        let changes = ProjectFileChanges(self)
        var result = ProjectFilesResult()
        defer { index.save() }
        var position = selected.startIndex
        while position < selected.endIndex {
            let definition = selected[position].stage.definition
            let end =
                selected[position...].firstIndex { !$0.stage.definition.hasSameBytes(as: definition) }
                ?? selected.endIndex
            var recorded: [Stage] = []
            for target in selected[position..<end] {
                recorded.append(try await commit(target, request, changes, &result))
            }
            try record(recorded, changes)
            position = end
        }
        return result
    }

    private func commit(
        _ target: SelectedTarget, _ request: CommitRequest, _ changes: ProjectFileChanges,
        _ result: inout ProjectFilesResult
    ) async throws -> Stage {
        var stage = target.stage
        var stores = StoreStates(self)
        // Where an import came from is for `update` to look at.
        if !stage.isImport { try await stores.ask(for: stage) }
        let differences = try StageDifferences(of: stage, stores, in: self)
        if request.force || !differences.isEmpty {
            if !request.force, !request.consent(differences.question) {
                throw UncommittedStage(stage: differences.address)
            }
            stage = try saved(stage, stage.isImport ? nil : stores, changes)
        }
        for number in stage.outputs.indices {
            guard let path = stage.location(of: stage.outputs[number]).workspacePath.map({ RelativePath($0) }) else {
                continue
            }
            if let part = target.path, !part.isInside(path), !path.isInside(part) { continue }
            let part = target.path.flatMap { $0.isInside(path) && $0 != path ? $0 : nil }
            let output = stage.outputs[number]
            guard Files.exists(absolute(path)) else { throw MissingStageData(role: "output", shown: shown(path)) }
            guard output.isCached else { continue }
            try store(part ?? path, of: output, at: path)
            guard request.relinks else { continue }
            let algorithm = output.checksum.algorithm
            let item = try scanner().item(at: part ?? path, algorithm: algorithm)
            do {
                try relink(item, at: part ?? path, algorithm: algorithm)
            } catch is LinkingFailed {
                result.unlinked.append(shown(part ?? path))
            }
        }
        return stage
    }

    /// Puts the contents at a path of an output into the cache; a listing is stored whole even for a part of it.
    private func store(_ part: RelativePath, of output: Output, at path: RelativePath) throws {
        let algorithm = output.checksum.algorithm
        let item = try scanner().item(at: part, algorithm: algorithm, storingIn: cache)
        let whole = part == path ? item : try scanner().item(at: path, algorithm: algorithm)
        if case .folder(let state) = whole, try !cache.contains(state.id) {
            try cache.store(state.listing(), algorithm: algorithm)
        }
        scanner().markManaged(path)
    }

    /// The stage with what its dependencies and outputs are now.
    private func saved(_ stage: Stage, _ stores: StoreStates?, _ changes: ProjectFileChanges) throws -> Stage {
        var stage = try recordingDependencies(of: stage, stores)
        stage = try recordingOutputs(of: stage, changes, stores)
        try remember(stage)
        return stage
    }

    /// A parameter file of the workspace; `nil` where there is none.
    package func parametersFile(_ location: Location) throws -> ParamsFile? {
        let path =
            switch location {
            case .workspace(let path), .outside(let path): Paths.absolute(path, from: root)
            case .absolute(let path): path
            case .url(let url): throw Failure("'\(url)' cannot be a parameters file")
            }
        if Files.isDirectory(path) {
            throw Failure("'\(location.text)' is a directory, expected a parameters file")
        }
        guard let bytes = try Files.readIfPresent(path) else { return nil }
        return try ParamsFile(parsing: bytes, path: location.text)
    }
}

/// How a stage differs from what its project file says, for the question whether to record it.
private struct StageDifferences {
    let address: String
    private var dependencies: [String] = []
    private var outputs: [String] = []
    private var definition: String?

    init(of stage: Stage, _ stores: StoreStates, in repository: Repository) throws {
        func isInStore(_ location: Location) -> Bool { !stage.isImport && repository.absolute(location) == nil }
        address = stage.address(relativeTo: repository.workingDirectory.string)
        for dependency in stage.dependencies {
            let location = stage.location(of: dependency)
            let differs =
                if dependency.source == .data, isInStore(location) {
                    try stores.state(of: dependency, in: stage) != nil
                } else {
                    try repository.differs(dependency, of: stage)
                }
            if differs { dependencies.append(repository.shown(location)) }
        }
        for output in stage.outputs {
            let location = stage.location(of: output)
            let differs =
                if isInStore(location) {
                    try stores.state(of: output, in: stage) != nil
                } else {
                    try repository.differs(output.checksum, at: location)
                }
            if differs { outputs.append(repository.shown(location)) }
        }
        if stage.command != nil {
            if stage.commandChanged { definition = "'cmd' of stage: '\(address)' has changed." }
        } else if stage.isImport, stage.md5 != PointerFile(stage: stage).definitionDigest?.hex {
            definition = "'md5' of stage: '\(address)' changed."
        }
    }

    var isEmpty: Bool { dependencies.isEmpty && outputs.isEmpty && definition == nil }

    var question: String {
        func list(_ names: [String]) -> String { "[" + names.map { "'\($0)'" }.joined(separator: ", ") + "]" }
        var parts: [String] = []
        if !dependencies.isEmpty { parts.append("dependencies \(list(dependencies))") }
        if !outputs.isEmpty { parts.append("outputs \(list(outputs))") }
        let what =
            parts.isEmpty
            ? definition ?? "" : "\(parts.joined(separator: " and ")) of stage: '\(address)' changed."
        return what + " Are you sure you want to commit it?"
    }
}

extension Repository {
    fileprivate func shown(_ location: Location) -> String {
        location.workspacePath.map { shown(RelativePath($0)) } ?? location.text
    }

    fileprivate func differs(_ dependency: Dependency, of stage: Stage) throws -> Bool {
        switch dependency.source {
        case .repository, .database, .dataset: return false
        case .parameters(let parameters):
            return try !parameters.status(current: parametersFile(stage.location(of: dependency))).isUnchanged
        case .data: return try differs(dependency.checksum, at: stage.location(of: dependency))
        }
    }

    /// Whether the data at a place is another than was recorded. What lies outside the repository is not looked at.
    fileprivate func differs(_ recorded: OutputChecksum, at location: Location) throws -> Bool {
        guard let path = location.workspacePath.map({ RelativePath($0) }) else { return false }
        let item = try scanner().item(at: path, algorithm: recorded.algorithm)
        return item.isAbsent || objectID(of: item, algorithm: recorded.algorithm) != recorded.object
    }
}
