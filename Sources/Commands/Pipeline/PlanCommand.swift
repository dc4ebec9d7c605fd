import ArgumentParser
import Documents
import Pipelines
import Rendering
import Versioning

/// `varve plan`: what `repro` would do.
struct PlanCommand: RepositoryCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Show what `repro` would do, in which order, and what can run side by side",
        discussion: examples(("varve plan", "Everything in dvc.yaml"), ("varve plan train --json", "For a program")))

    @Argument(help: "Stages, pipeline files or pointer files; dvc.yaml by default", completion: .targets)
    var targets: [String] = []
    @Flag(name: [.customShort("f"), .customLong("force")], help: "As if stages that have not changed ran, too")
    var force = false
    @Flag(name: [.customShort("s"), .customLong("single-item")], help: "Only the targets") var singleItem = false
    @Flag(name: [.customShort("p"), .customLong("pipeline")], help: "The whole pipelines of the targets")
    var pipeline = false
    @Flag(name: [.customShort("P"), .customLong("all-pipelines")], help: "All pipelines") var allPipelines = false
    @Flag(name: [.customShort("R"), .customLong("recursive")], help: "All stages below target directories")
    var recursive = false
    @Flag(help: "From the targets on instead of up to them") var downstream = false
    @Flag(name: .customLong("force-downstream"), help: "With everything that reads from a stage that runs")
    var forceDownstream = false
    @Flag(name: .customLong("allow-missing"), help: "Missing data alone is no reason to run") var allowMissing = false
    @Flag(help: "Targets are patterns of stage names") var glob = false
    @Flag(name: .customLong("no-run-cache"), help: "As if nothing had been run before") var noRunCache = false
    @Flag(help: "Print JSON") var json = false
    @OptionGroup var global: GlobalOptions

    func run(in repository: Repository, _ console: Console) async throws {
        var request = ReproductionRequest()
        request.targets = targets
        request.force = force
        request.onlyTargets = singleItem
        request.wholePipelines = pipeline
        request.allPipelines = allPipelines
        request.isRecursive = recursive
        request.downstream = downstream
        request.forcesDownstream = forceDownstream
        request.allowsMissing = allowMissing
        request.usesPatterns = glob
        request.usesRunCache = !noRunCache
        let view = PlanView(try await repository.plan(request))
        if json { console.showJSON(JSON.emitPython(.mapping(view.value))) } else { console.show(view.text) }
    }
}

/// A plan as text and as JSON.
struct PlanView {
    private let plan: ReproductionPlan

    init(_ plan: ReproductionPlan) { self.plan = plan }

    var value: Mapping {
        Mapping([
            (
                "steps",
                .array(
                    plan.steps.map { step in
                        .mapping(
                            Mapping([
                                ("stage", .string(step.stage)), ("action", .string(step.action.rawValue)),
                                ("reasons", .array(step.reasons.map(Value.string))),
                                ("needs", .array(step.needs.map(Value.string))), ("wave", .int(step.wave)),
                                ("last_seconds", step.lastSeconds.map(Value.float) ?? .null),
                            ]))
                    })
            ),
            ("sequential_seconds", .float(plan.sequentialSeconds)),
            ("critical_seconds", .float(plan.criticalSeconds)),
        ])
    }

    var text: String {
        let active = plan.steps.filter { $0.action != .unchanged }
        guard !active.isEmpty else { return "Data and pipelines are up to date." }
        var table = Table(["Wave", "Stage", "Action", "Last", "Because"])
        // Stable, so that the order of one run at a time stays within a wave.
        for step in active.enumerated().sorted(by: { ($0.element.wave, $0.offset) < ($1.element.wave, $1.offset) }) {
            let step = step.element
            table.rows.append([
                String(step.wave), step.stage, word(step.action),
                step.lastSeconds.map { Duration.seconds($0).shortText } ?? "-",
                step.reasons.joined(separator: "; "),
            ])
        }
        let fresh = plan.steps.count - active.count
        var lines = [table.plain]
        if fresh > 0 { lines.append("\n\(counted(fresh, "stage")) unchanged") }
        if plan.sequentialSeconds > 0 {
            lines.append(
                "\(fresh > 0 ? "" : "\n")about \(Duration.seconds(plan.sequentialSeconds).shortText) one at a time, "
                    + "\(Duration.seconds(plan.criticalSeconds).shortText) side by side, as far as known")
        }
        return lines.joined(separator: "\n")
    }

    private func word(_ action: ReproductionPlan.Step.Action) -> String {
        switch action {
        case .unchanged: "unchanged"
        case .run: "run"
        case .restore: "restore from run cache"
        case .follow: "run if changed"
        case .verify: "verify"
        }
    }
}
