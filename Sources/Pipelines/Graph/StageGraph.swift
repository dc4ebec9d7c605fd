// Pipelines runs stages: which of them must run, in which order and side by side, and what came out.
//
// Words: a stage is upstream of those that read its outputs; a stage is stale when something it depends on, its command
// or its outputs are not as its last run left them; to reproduce is to run what is stale. Versioning knows what a stage
// is and what was recorded of it, Processes runs its command; here lies the decision between the two.
//
// Promises: an output enters the cache, and the lock file names it, only after its command ended well; the lock file is
// replaced whole after every stage; a run that was cut short is known as such and never taken for done.

import Basics
import FileSystem
package import ProjectFiles
package import Versioning

/// Which stage reads what which other stage makes.
package struct StageGraph: Sendable {
    /// In the order of the project files.
    package let stages: [Stage]
    /// For each stage the positions of those it reads from, in the order of its dependencies.
    package private(set) var upstream: [[Int]]
    /// For each stage the positions of those that read from it.
    package private(set) var downstream: [[Int]]

    /// - Throws: what contradicts itself: two stages with one output, outputs in one another, a cycle.
    package init(_ snapshot: ProjectSnapshot, in repository: Repository) throws {
        try self.init(snapshot.stages, in: repository)
    }

    /// - Parameter added: the position of a stage that is about to be added, which messages blame the others for.
    package init(_ stages: [Stage], adding added: Int? = nil, in repository: Repository) throws {
        self.stages = stages
        let table = try OutputTable(stages, adding: added, in: repository)
        for stage in stages {
            guard let output = table.nearest(holding: Paths.join(repository.root, stage.definition)) else { continue }
            throw Failure(
                "stage: '\(repository.address(of: stage))' is within an output '\(output.shown)' of another stage",
                remedy: "move the file that defines the stage out of the output", category: .unexpected)
        }
        upstream = stages.map { stage in
            guard !stage.isRepositoryImport else { return [] }
            var found: [Int] = []
            for dependency in stage.dependencies {
                switch dependency.source {
                case .repository, .database, .dataset: continue
                case .data, .parameters: break
                }
                guard let place = OutputTable.place(of: stage.location(of: dependency), in: repository) else {
                    continue
                }
                for source in table.overlapping(place) where !found.contains(source) { found.append(source) }
            }
            return found
        }
        downstream = Self.reversed(upstream)
        try refuseCycle(in: repository)
    }

    private static func reversed(_ edges: [[Int]]) -> [[Int]] {
        var result = [[Int]](repeating: [], count: edges.count)
        for (from, targets) in edges.enumerated() {
            for target in targets { result[target].append(from) }
        }
        return result
    }

    private func refuseCycle(in repository: Repository) throws {
        guard let cycle = cycle() else { return }
        let names = cycle.sorted().map { repository.address(of: stages[$0]) }.joined(separator: ", ")
        throw Failure(
            "Same item(s) are defined as both a dependency and an output in "
                + "\(cycle.count == 1 ? "stage" : "stages"): \(names).",
            remedy: "a stage cannot read what it makes, nor what is made from that", category: .unexpected)
    }

    /// The stages of a cycle, if there is one.
    private func cycle() -> [Int]? {
        enum Mark { case new, open, done }
        var marks = [Mark](repeating: .new, count: stages.count)
        for start in stages.indices where marks[start] == .new {
            var path: [(stage: Int, next: Int)] = [(start, 0)]
            marks[start] = .open
            while let (stage, next) = path.last {
                guard next < upstream[stage].count else {
                    marks[stage] = .done
                    path.removeLast()
                    continue
                }
                path[path.count - 1].next += 1
                let target = upstream[stage][next]
                switch marks[target] {
                case .open: return path.map(\.stage).drop { $0 != target }.map { $0 }
                case .new:
                    marks[target] = .open
                    path.append((target, 0))
                case .done: break
                }
            }
        }
        return nil
    }

    /// The graph in which frozen stages read from nobody, since what they depend on is not to be reproduced.
    package var active: StageGraph {
        var graph = self
        for (position, stage) in stages.enumerated() where stage.isFrozen { graph.upstream[position] = [] }
        graph.downstream = Self.reversed(graph.upstream)
        return graph
    }
}

extension Repository {
    /// How a person names a stage from where they stand.
    package func address(of stage: Stage) -> String { stage.address(relativeTo: workingDirectory.string) }
}
