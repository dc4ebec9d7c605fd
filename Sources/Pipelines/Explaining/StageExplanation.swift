import Basics
package import Documents
import FileSystem
import Indexing
import Objects
import ProjectFiles
package import Versioning

/// Why a stage must run, or what keeps it fresh: everything that counts, with what it was and what it is.
package struct StageExplanation: Sendable {
    package let stage: String
    package var items: [Item] = []
    /// Reasons that belong to no item, as sentences.
    package var remarks: [String] = []
    /// Whether the stage must run.
    package var isStale = false
    /// The record in the run cache, relative to the cache, that would give the outputs back.
    package var remembered: String?
    /// Seconds that its last good run took.
    package var lastSeconds: Double?

    /// One thing that is compared.
    package struct Item: Sendable, Equatable {
        package enum Role: String, Sendable {
            case command, dependency, parameter, output
        }

        package enum State: String, Sendable {
            case unchanged, new, modified, deleted
            case notInCache = "not in cache"
            case updateAvailable = "update available"
        }

        package let role: Role
        package let name: String
        package var state: State
        package var old: Value?
        package var new: Value?
        /// The stage that makes it.
        package var maker: String?
    }
}

/// Explains stages of one state of the workspace.
package struct StageExplainer {
    private let repository: Repository
    private let graph: StageGraph
    private var check: StageCheck
    private let records: RunRecords

    package init(_ graph: StageGraph, in repository: Repository) {
        self.repository = repository
        self.graph = graph
        check = StageCheck(repository)
        records = RunRecords(repository)
    }

    package mutating func explain(_ position: Int) async throws -> StageExplanation {
        let stage = graph.stages[position]
        var explanation = StageExplanation(stage: repository.address(of: stage))
        try await check.ask(for: stage)
        let reasons = try check.allReasons(stage)
        explanation.isStale = !reasons.isEmpty
        explanation.lastSeconds = records.lastDuration(of: stage)
        explanation.remarks = reasons.compactMap(\.remark)
        if stage.isFrozen { explanation.remarks.append("it is frozen: its dependencies do not count") }
        if stage.command != nil {
            if stage.lock == nil { explanation.remarks.append("no run of it is recorded") }
            if let command = commandItem(of: stage) { explanation.items.append(command) }
        }
        for (number, dependency) in stage.dependencies.enumerated() {
            let state = state(of: number, reasons) {
                if case .dependency(number, let state) = $0 { state } else { nil }
            }
            explanation.items += try items(of: dependency, in: stage, state, position)
        }
        for (number, output) in stage.outputs.enumerated() {
            let state = state(of: number, reasons) { if case .output(number, let state) = $0 { state } else { nil } }
            let location = stage.location(of: output)
            var item = StageExplanation.Item(
                role: .output, name: repository.shownName(location, as: output.path), state: state?.word ?? .unchanged)
            item.old = output.checksum.mark.map(Value.string)
            item.new = try check.mark(of: output, in: stage).map(Value.string)
            explanation.items.append(item)
        }
        if explanation.isStale { explanation.remembered = try remembered(stage) }
        return explanation
    }

    private func state(
        of number: Int, _ reasons: [StageReason], _ matching: (StageReason) -> ItemState?
    ) -> ItemState? {
        reasons.lazy.compactMap(matching).first
    }

    private func commandItem(of stage: Stage) -> StageExplanation.Item? {
        guard let lock = stage.lock, let command = stage.command else { return nil }
        return StageExplanation.Item(
            role: .command, name: "cmd", state: stage.commandChanged ? .modified : .unchanged, old: lock.command,
            new: command.value)
    }

    private mutating func items(
        of dependency: Dependency, in stage: Stage, _ state: ItemState?, _ position: Int
    ) throws -> [StageExplanation.Item] {
        let name = repository.shownName(of: dependency, in: stage)
        let location = stage.location(of: dependency)
        if let parameters = dependency.parameters {
            let file = try repository.parametersFile(location)
            let current = file?.values(for: parameters).found ?? Mapping()
            let locked = parameters.locked ?? Mapping()
            let keys =
                parameters.isWholeFile
                ? current.keys + locked.keys.filter { current[$0] == nil } : parameters.keys
            return keys.map { key in
                let (old, new) = (locked[key], current[key])
                let state: StageExplanation.Item.State =
                    switch (old, new) {
                    case (_, nil): .deleted
                    case (nil, _): .new
                    case (.some(let old), .some(let new)): old.isPythonEqual(to: new) ? .unchanged : .modified
                    }
                return StageExplanation.Item(role: .parameter, name: "\(name):\(key)", state: state, old: old, new: new)
            }
        }
        var item = StageExplanation.Item(role: .dependency, name: name, state: state?.word ?? .unchanged)
        item.old = dependency.checksum.mark.map(Value.string)
        if case .data = dependency.source {
            item.new = try check.mark(of: dependency, in: stage).map(Value.string)
        }
        item.maker = graph.upstream[position].first { source in
            let maker = graph.stages[source]
            return maker.outputs.contains { output in
                guard let path = repository.absolute(maker.location(of: output)),
                    let own = repository.absolute(location)
                else { return false }
                return Paths.isInside(own, path) || Paths.isInside(path, own)
            }
        }.map { repository.address(of: graph.stages[$0]) }
        return [item]
    }

    /// Where the run cache has the stage's outputs for what its dependencies are now.
    private func remembered(_ stage: Stage) throws -> String? {
        guard stage.command != nil, !stage.isFrozen,
            let present = try? repository.recordingDependencies(of: stage, check.stores),
            let entry = try repository.recall(present),
            try check.areCached(repository.asRemembered(present, entry).outputs)
        else { return nil }
        return RunCacheEntry(entry).path
    }
}

extension StageReason {
    /// The reason as a sentence, where it is about the stage as a whole.
    var remark: String? {
        switch self {
        case .interrupted: "its last run was interrupted"
        case .definitionChanged: "its definition is not the one that its data was taken by"
        case .callback: "it has neither dependencies nor outputs, so it runs every time"
        case .alwaysChanged: "it is marked always_changed, so it runs every time"
        case .commandChanged, .dependency, .output: nil
        }
    }

    /// The reason in a few words.
    package var shortText: String {
        switch self {
        case .interrupted: "interrupted"
        case .commandChanged: "command changed"
        case .definitionChanged: "definition changed"
        case .callback, .alwaysChanged: "always changed"
        case .dependency(_, let state): "dependency \(state.word.rawValue)"
        case .output(_, let state): "output \(state.word.rawValue)"
        }
    }
}

extension ItemState {
    var word: StageExplanation.Item.State {
        switch self {
        case .new: .new
        case .modified, .values: .modified
        case .deleted: .deleted
        case .notInCache: .notInCache
        case .updateAvailable: .updateAvailable
        }
    }
}

extension Repository {
    /// Why stages must run or need not.
    ///
    /// - Parameter targets: as `repro` takes them; none for all stages with a command.
    package func explain(_ targets: [String]) async throws -> [StageExplanation] {
        defer { index.save() }
        let snapshot = try workspace()
        let graph = try StageGraph(snapshot, in: self)
        var positions = graph.order(of: []).filter { snapshot.stages[$0].command != nil }
        if !targets.isEmpty { positions = try StageTargets(snapshot, in: self).positions(of: targets) }
        var explainer = StageExplainer(graph, in: self)
        var explanations: [StageExplanation] = []
        for position in positions { explanations.append(try await explainer.explain(position)) }
        return explanations
    }
}
