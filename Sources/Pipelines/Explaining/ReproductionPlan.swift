import Basics
import Indexing
import ProjectFiles
package import Versioning

/// What `repro` would do, found out without doing any of it.
package struct ReproductionPlan: Sendable {
    /// In the order of one run at a time.
    package var steps: [Step] = []

    package struct Step: Sendable, Equatable {
        package enum Action: String, Sendable {
            case unchanged
            case run
            /// Outputs come from the run cache.
            case restore
            /// A stage that it reads from runs; whether it must follow depends on what comes out.
            case follow
            /// Data is looked at and recorded.
            case verify
        }

        package let stage: String
        package var action: Action
        /// Why, in a few words each.
        package var reasons: [String]
        /// The stages among these steps that must have ended before.
        package var needs: [String]
        /// Steps of one wave can run side by side; counted from 1, 0 for what is unchanged.
        package var wave: Int
        /// Seconds that its last good run took.
        package var lastSeconds: Double?
    }

    /// Seconds that all of it took last, one after the other; stages that never ran are not counted.
    package var sequentialSeconds: Double { steps.filter(\.runs).compactMap(\.lastSeconds).reduce(0, +) }

    /// Seconds along the longest chain.
    package var criticalSeconds: Double {
        var ends: [String: Double] = [:]
        for step in steps {
            let start = step.needs.compactMap { ends[$0] }.max() ?? 0
            ends[step.stage] = start + (step.runs ? step.lastSeconds ?? 0 : 0)
        }
        return ends.values.max() ?? 0
    }
}

extension ReproductionPlan.Step {
    /// Whether its command runs, or may.
    package var runs: Bool { action == .run || action == .follow }
}

extension Repository {
    package func plan(_ request: ReproductionRequest) async throws -> ReproductionPlan {
        defer { index.save() }
        let snapshot = try workspace()
        let steps = try plannedSteps(request, snapshot)
        let records = RunRecords(self)
        var check = StageCheck(self)
        var plan = ReproductionPlan()
        var waves: [Int: Int] = [:]
        let included = Set(steps.order)
        var forced: Set<Int> = request.force ? included : []
        for position in steps.order {
            let stage = snapshot.stages[position]
            let needs = (steps.graph?.upstream[position] ?? []).filter(included.contains)
            let changing = needs.filter { waves[$0, default: 0] > 0 }
            var step = ReproductionPlan.Step(
                stage: address(of: stage), action: .unchanged, reasons: [],
                needs: needs.map { address(of: snapshot.stages[$0]) }, wave: 0,
                lastSeconds: records.lastDuration(of: stage))
            try await check.ask(for: stage)
            step.reasons = try self.reasons(stage, request, &check)
            if forced.contains(position) { step.reasons.insert("forced", at: 0) }
            if !step.reasons.isEmpty {
                step.action = try action(
                    for: stage, isForced: forced.contains(position), changing.isEmpty, request, check)
            } else if !changing.isEmpty, !stage.isFrozen {
                step.action = .follow
                step.reasons = changing.map { "after '\(address(of: snapshot.stages[$0]))'" }
            }
            if step.action != .unchanged {
                step.wave = 1 + (changing.map { waves[$0, default: 0] }.max() ?? 0)
                waves[position] = step.wave
                if request.forcesDownstream { forced.formUnion(steps.graph?.downstream[position] ?? []) }
            }
            plan.steps.append(step)
        }
        return plan
    }

    private func reasons(
        _ stage: Stage, _ request: ReproductionRequest, _ check: inout StageCheck
    ) throws -> [String] {
        if request.allowsMissing {
            return try check.firstReason(stage, allowsMissing: true).map { [$0.text(in: stage, self)] } ?? []
        }
        var seen: Set<String> = []
        return try check.allReasons(stage).map { $0.text(in: stage, self) }.filter { seen.insert($0).inserted }
    }

    private func action(
        for stage: Stage, isForced: Bool, _ hasSettledDependencies: Bool, _ request: ReproductionRequest,
        _ check: StageCheck
    ) throws -> ReproductionPlan.Step.Action {
        guard stage.command != nil, !stage.isFrozen else { return .verify }
        guard !isForced, hasSettledDependencies, request.usesRunCache,
            let present = try? recordingDependencies(of: stage, check.stores), let entry = try recall(present),
            try check.areCached(asRemembered(present, entry).outputs)
        else { return .run }
        return .restore
    }
}

extension StageReason {
    /// The reason with the name of what it is about.
    func text(in stage: Stage, _ repository: Repository) -> String {
        switch self {
        case .dependency(let number, let state):
            let name = repository.shownName(of: stage.dependencies[number], in: stage)
            if case .values(let changes) = state {
                return changes.map { "\(name):\($0.key) \($0.change.rawValue)" }.joined(separator: ", ")
            }
            return "\(name) \(state.word.rawValue)"
        case .output(let number, let state):
            let output = stage.outputs[number]
            return "\(repository.shownName(stage.location(of: output), as: output.path)) \(state.word.rawValue)"
        default: return shortText
        }
    }
}
