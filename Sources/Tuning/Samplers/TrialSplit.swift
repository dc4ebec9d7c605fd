/// The trials that a tree-structured Parzen estimator takes for good ones, and all the others.
struct TrialSplit {
    /// By number.
    let below: [Trial]
    /// By number; running trials are among them, so that parallel ones do not crowd (the constant liar).
    let above: [Trial]

    /// - Parameter count: How many are good.
    init(finished: [Trial], running: [Trial], directions: [Direction], count: Int) {
        var complete: [Trial] = []
        var pruned: [Trial] = []
        var broken: [Trial] = []
        for trial in finished {
            if trial.violation > 0 {
                broken.append(trial)
            } else if trial.state == .complete {
                complete.append(trial)
            } else if trial.state == .pruned {
                pruned.append(trial)
            }
        }
        var below: [Trial] = []
        var above = running
        func take(_ trials: (below: [Trial], above: [Trial])) {
            below += trials.below
            above += trials.above
        }
        take(Self.complete(complete, directions, min(count, complete.count)))
        let orders: [([Trial], (Trial) -> (Double, Double))] = [
            (pruned, { Self.score(ofPruned: $0, directions.first ?? .minimize) }), (broken, { ($0.violation, 0) }),
        ]
        for (trials, score) in orders {
            let wanted = min(max(0, count - below.count), trials.count)
            let sorted = Self.sorted(trials, by: score)
            take((Array(sorted[..<wanted]), Array(sorted[wanted...])))
        }
        self.below = below.sorted { $0.number < $1.number }
        self.above = above.sorted { $0.number < $1.number }
    }

    /// Sorted without disturbing the order of equals.
    private static func sorted(_ trials: [Trial], by score: (Trial) -> (Double, Double)) -> [Trial] {
        let scored = trials.enumerated().map { (offset: $0.offset, score: score($0.element), trial: $0.element) }
        return scored.sorted { a, b in
            if a.score.0 != b.score.0 { return a.score.0 < b.score.0 }
            if a.score.1 != b.score.1 { return a.score.1 < b.score.1 }
            return a.offset < b.offset
        }.map(\.trial)
    }

    /// Those that came far first, and among them the better ones.
    private static func score(ofPruned trial: Trial, _ direction: Direction) -> (Double, Double) {
        guard let last = trial.lastReport else { return (1, 0) }
        return (-Double(last.step), last.value.isNaN ? .infinity : direction.loss(last.value))
    }

    private static func complete(
        _ trials: [Trial], _ directions: [Direction], _ count: Int
    ) -> (below: [Trial], above: [Trial]) {
        guard directions.count > 1 else {
            let direction = directions.first ?? .minimize
            let sorted = sorted(trials) { (direction.loss($0.value ?? .infinity), 0) }
            return (Array(sorted[..<count]), Array(sorted[count...]))
        }
        guard count > 0, count < trials.count else {
            return count == 0 ? ([], trials) : (trials, [])
        }
        let losses = trials.map { trial in
            directions.indices.map { index in
                let value = trial.values.flatMap { $0.indices.contains(index) ? $0[index] : nil }
                return directions[index].loss(value ?? .infinity)
            }
        }
        let good = good(losses, count)
        return (
            trials.indices.filter { good.contains($0) }.map { trials[$0] },
            trials.indices.filter { !good.contains($0) }.map { trials[$0] }
        )
    }

    /// Whole layers of the front, and of the one that fits in part those that cover most together.
    static func good(_ losses: [[Double]], _ count: Int) -> Set<Int> {
        let ranks = ParetoFront.ranks(losses, needed: count)
        var good: Set<Int> = []
        var rank = 0
        while good.count < count {
            let layer = losses.indices.filter { ranks[$0] == rank }
            guard !layer.isEmpty else { break }
            if good.count + layer.count <= count {
                good.formUnion(layer)
            } else {
                let layerLosses = layer.map { losses[$0] }
                let chosen = Hypervolume.subset(
                    layerLosses, count: count - good.count, reference: reference(layerLosses))
                good.formUnion(chosen.map { layer[$0] })
            }
            rank += 1
        }
        return good
    }

    /// A point a little beyond the worst of each objective.
    private static func reference(_ losses: [[Double]]) -> [Double] {
        (losses.first ?? []).indices.map { objective in
            var worst = -Double.infinity
            for loss in losses { worst = max(worst, loss[objective]) }
            let point = max(1.1 * worst, 0.9 * worst)
            return point == 0 ? 1e-12 : point
        }
    }
}
