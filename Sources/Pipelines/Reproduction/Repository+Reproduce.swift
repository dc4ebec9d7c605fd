import Basics
import FileSystem
import ProjectFiles
package import Versioning

extension Repository {
    /// Brings stages up to date: runs those that are stale, after those they read from.
    ///
    /// Takes the repository's lock itself, and gives it back while commands run; their paths are claimed meanwhile.
    ///
    /// - Throws: `ReproductionFailed` after all that could be done was done and recorded; `CancellationError` when
    ///   the user wants no more, with nothing recorded of stages that ran then.
    package func reproduce(
        _ request: ReproductionRequest, _ outlet: any StageOutlet
    ) async throws -> ReproductionResult {
        let run = try await Reproduction(self, request, outlet)
        return try await run.run()
    }

    /// Which stages a request is about, in the order in which they are reproduced.
    func plannedSteps(_ request: ReproductionRequest, _ snapshot: ProjectSnapshot) throws -> PlannedSteps {
        let targets = StageTargets(snapshot, in: self)
        var selected: [Int] = []
        var graph: StageGraph?
        if !request.allPipelines {
            let words = request.targets.isEmpty ? [PipelineFile.fileName] : request.targets
            var inside: ((RelativePath) -> [Int])?
            if request.isRecursive {
                let full = try StageGraph(snapshot, in: self)
                graph = full
                let all = full.order(of: [])
                inside = { targets.positions(among: all, inside: $0) }
            }
            selected = try targets.positions(of: words, matchesNames: request.usesPatterns, inside: inside)
        }
        let isWhole = request.allPipelines || request.wholePipelines
        if request.onlyTargets, !isWhole { return PlannedSteps(order: selected, graph: nil) }
        let active = try (graph ?? StageGraph(snapshot, in: self)).active
        let order = active.order(
            of: selected, downstream: request.downstream && !isWhole, wholePipelines: request.wholePipelines)
        return PlannedSteps(order: order, graph: active)
    }
}

/// Stages to reproduce.
struct PlannedSteps {
    /// Positions in the snapshot, each after those it reads from.
    let order: [Int]
    /// `nil` where nothing but the targets counts.
    let graph: StageGraph?
}
