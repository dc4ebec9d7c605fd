extension StageGraph {
    /// In which order stages are reproduced: each after those it reads from.
    ///
    /// - Parameters:
    ///   - selected: positions; none for all stages.
    ///   - downstream: from the selected ones on, instead of up to them.
    ///   - wholePipelines: every stage that is connected with a selected one.
    package func order(of selected: [Int], downstream: Bool = false, wholePipelines: Bool = false) -> [Int] {
        guard !selected.isEmpty else { return postorder(of: Array(stages.indices)) }
        if wholePipelines {
            var nodes: [Int] = []
            for pipeline in pipelines(of: selected) { nodes += pipeline }
            return postorder(of: nodes)
        }
        let reached = reachable(from: selected, along: downstream ? self.downstream : upstream)
        return postorder(of: stages.indices.filter { reached.contains($0) })
    }

    /// Depth first along what stages read from, each after all of it; only the given ones.
    func postorder(of nodes: [Int]) -> [Int] {
        let allowed = Set(nodes)
        var seen: Set<Int> = []
        var order: [Int] = []
        for start in nodes where seen.insert(start).inserted {
            var path: [(stage: Int, next: Int)] = [(start, 0)]
            while let (stage, next) = path.last {
                guard next < upstream[stage].count else {
                    order.append(stage)
                    path.removeLast()
                    continue
                }
                path[path.count - 1].next += 1
                let target = upstream[stage][next]
                if allowed.contains(target), seen.insert(target).inserted { path.append((target, 0)) }
            }
        }
        return order
    }

    /// The given stages and all that edges lead to from them.
    package func reachable(from starts: [Int], along edges: [[Int]]) -> Set<Int> {
        var reached = Set(starts)
        var pending = starts
        while let stage = pending.popLast() {
            for next in edges[stage] where reached.insert(next).inserted { pending.append(next) }
        }
        return reached
    }

    /// Stages that read, directly or not, from a stage.
    package func dependents(of stage: Int) -> Set<Int> {
        reachable(from: [stage], along: downstream).subtracting([stage])
    }

    /// The connected parts of the graph, each in the order of the stages.
    package var pipelines: [[Int]] {
        var parts: [[Int]] = []
        var seen: Set<Int> = []
        let neighbours = stages.indices.map { upstream[$0] + downstream[$0] }
        for start in stages.indices where !seen.contains(start) {
            let part = reachable(from: [start], along: neighbours)
            seen.formUnion(part)
            parts.append(part.sorted())
        }
        return parts
    }

    private func pipelines(of selected: [Int]) -> [[Int]] {
        let wanted = Set(selected)
        return pipelines.filter { !wanted.isDisjoint(with: $0) }
    }
}
