import Hashing
import ProjectFiles
package import Versioning

/// Why a stage must run.
package enum StageReason: Sendable, Equatable {
    /// Its last run was cut short.
    case interrupted(UnfinishedRun)
    case commandChanged
    /// The definition of an import is not the one that its data was taken by.
    case definitionChanged
    /// It has neither dependencies nor outputs that could tell.
    case callback
    case alwaysChanged
    /// Position in the stage, and how it differs.
    case dependency(Int, ItemState)
    case output(Int, ItemState)
}

/// Compares a stage with what was recorded of it, in DVC's order.
///
/// Looks at each path once; make a new one after anything changed.
struct StageCheck {
    private let repository: Repository
    private var inspector: StageInspector

    init(_ repository: Repository) {
        self.repository = repository
        inspector = StageInspector(repository)
    }

    /// What is known of data in stores: only what `ask(for:)` asked for.
    var stores: StoreStates { inspector.stores }

    /// Asks stores for the data that a stage has there; to be done before its reasons are looked for.
    mutating func ask(for stage: Stage) async throws {
        if stage.isFrozen {
            try await inspector.stores.ask(forOutputsOf: stage)
        } else {
            try await inspector.stores.ask(for: stage)
        }
    }

    /// The first reason to run, or `nil`.
    ///
    /// - Parameters:
    ///   - allowsMissing: whether data that is not there is no reason.
    ///   - upstream: stages that this one reads from, as they are recorded now.
    mutating func firstReason(
        _ stage: Stage, allowsMissing: Bool = false, upstream: [Stage] = []
    ) throws -> StageReason? {
        var found: StageReason?
        try forEachReason(stage) { reason in
            if allowsMissing, Self.isMissing(reason, of: stage, upstream) { return true }
            found = reason
            return false
        }
        return found
    }

    /// Every reason to run.
    mutating func allReasons(_ stage: Stage) throws -> [StageReason] {
        var reasons: [StageReason] = []
        try forEachReason(stage) { reason in
            reasons.append(reason)
            return true
        }
        return reasons
    }

    /// What stands for data as it is now, for people to compare; `nil` where there is none.
    mutating func mark(of dependency: Dependency, in stage: Stage) throws -> String? {
        try inspector.mark(of: dependency, in: stage)
    }

    mutating func mark(of output: Output, in stage: Stage) throws -> String? {
        try inspector.mark(of: output, in: stage)
    }

    /// Whether every dependency is as recorded.
    mutating func hasRecordedDependencies(_ stage: Stage) throws -> Bool {
        for dependency in stage.dependencies where try inspector.state(of: dependency, in: stage) != nil {
            return false
        }
        return true
    }

    /// Whether the cache holds all that the outputs are recorded as.
    func areCached(_ outputs: [Output]) throws -> Bool {
        try outputs.allSatisfy { output in
            guard let id = output.checksum.object else { return false }
            return try inspector.isCached(id, output.checksum)
        }
    }

    /// - Parameter body: returns whether it wants to hear more.
    private mutating func forEachReason(_ stage: Stage, _ body: (StageReason) -> Bool) throws {
        if !stage.isFrozen, let run = UnfinishedRun.of(stage, in: repository), run.isAbandoned, !run.hasFailed {
            guard body(.interrupted(run)) else { return }
        }
        if stage.name == nil {
            if PointerFile(stage: stage).definitionDigest?.hex != stage.md5, !body(.definitionChanged) { return }
        } else if stage.commandChanged, !body(.commandChanged) {
            return
        }
        if !stage.isFrozen {
            if stage.isCallback, !body(.callback) { return }
            if stage.alwaysChanged, !body(.alwaysChanged) { return }
            for (number, dependency) in stage.dependencies.enumerated() {
                // What another repository offers by now is for `update` to fetch.
                if dependency.repository != nil { continue }
                guard let state = try inspector.state(of: dependency, in: stage) else { continue }
                guard body(.dependency(number, state)) else { return }
            }
        }
        for (number, output) in stage.outputs.enumerated() {
            guard let state = try inspector.state(of: output, in: stage) else { continue }
            guard body(.output(number, state)) else { return }
        }
    }

    private static func isMissing(_ reason: StageReason, of stage: Stage, _ upstream: [Stage]) -> Bool {
        switch reason {
        case .output(_, .deleted), .output(_, .notInCache): return true
        case .dependency(let number, .deleted):
            let dependency = stage.dependencies[number]
            let place = stage.location(of: dependency)
            return !upstream.contains { source in
                source.outputs.contains { output in
                    source.location(of: output) == place && output.checksum.object != dependency.checksum.object
                }
            }
        default: return false
        }
    }
}
