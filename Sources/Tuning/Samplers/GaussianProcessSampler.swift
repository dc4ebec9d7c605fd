package import Basics

/// Bayesian optimisation with an exact Gaussian process and the logarithm of the expected improvement, with the priors
/// and defaults of Optuna's `GPSampler`.
///
/// Each draw fits anew, from the same start, so that it depends on the trials alone. Running trials count with what the
/// process expects of them.
package struct GaussianProcessSampler: Sampler {
    /// Complete trials that are drawn at random first.
    package var startup = 10
    /// Points at which the improvement is looked up before the best are followed uphill.
    package var candidates = 2048
    package var searches = 10
    /// More trials than that would take too long; the newest are taken.
    package var most = 500

    package init() {}

    package func check(_ space: SearchSpace, _ directions: [Direction]) throws(Failure) {
        guard directions.count == 1 else {
            throw Failure("'gp' has one objective only", remedy: "use 'tpe' or 'nsga2'", category: .usage)
        }
    }

    package func draw(_ context: SamplingContext, _ random: inout RandomSource) throws(Failure) -> Draw {
        let complete = context.finished.filter { trial in
            trial.state == .complete && trial.value.map { !$0.isNaN } ?? false
        }
        guard complete.count >= max(1, startup) else { return Draw() }
        let parameters = context.commonParameters(includingPruned: false)
        guard !parameters.isEmpty else { return Draw() }
        let trials = Array(complete.suffix(most))
        let isChoice = parameters.map(\.distribution.isCategorical)
        let points = trials.map { point($0, parameters) }
        let scores = trials.map { -context.directions[0].loss($0.value ?? .infinity) }
        guard let improvement = improvement(context, parameters, trials, points, isChoice, Self.clipped(scores))
        else { return Draw() }

        var starts: [(point: [Double], value: Double)] = []
        // Beyond the table of directions chance has to do.
        let sequence = SobolSequence(
            dimensions: min(parameters.count, QuasiRandom.sobolDimensions), scramble: random.next())
        for index in 0..<candidates {
            var place = sequence[index]
            while place.count < parameters.count { place.append(random.uniform()) }
            let point = zip(place, parameters).map { rounded($0, $1.distribution) }
            starts.append((point, improvement.value(at: point)))
        }
        func values(_ point: [Double]) -> [Double] {
            zip(parameters, point).map { $0.distribution.isCategorical ? $1 : $0.distribution.at($1) }
        }
        let allowed = starts.filter { context.isAllowed(parameters, values($0.point)) }
        if !allowed.isEmpty { starts = allowed }
        var best = starts[0].point
        var bestValue = -Double.infinity
        for start in chosen(starts, trials, points, scores, &random) {
            let summit = climb(start, improvement, parameters)
            // A summit beyond a limit is left for the place where the way up began.
            let end =
                context.isAllowed(parameters, values(summit.point))
                ? summit : (point: start, value: improvement.value(at: start))
            if end.value > bestValue { (best, bestValue) = (end.point, end.value) }
        }
        var result = Draw()
        for (parameter, value) in zip(parameters, values(best)) { result.values[parameter.name] = value }
        return result
    }

    // MARK: The process

    /// Choices are numbered; everything else lies between 0 and 1.
    private func point(_ trial: Trial, _ parameters: [(name: String, distribution: Distribution)]) -> [Double] {
        parameters.map { parameter in
            let inside = trial[parameter.name]?.inside ?? parameter.distribution.low
            return parameter.distribution.isCategorical ? inside : parameter.distribution.place(of: inside)
        }
    }

    private func improvement(
        _ context: SamplingContext, _ parameters: [(name: String, distribution: Distribution)], _ trials: [Trial],
        _ points: [[Double]], _ isChoice: [Bool], _ scores: [Double]
    ) -> ExpectedImprovement? {
        let (standard, _, _) = Self.standardised(scores)
        guard var process = GaussianProcess.fitted(points: points, values: standard, isChoice: isChoice) else {
            return nil
        }
        let running = context.running.filter { trial in parameters.allSatisfy { trial[$0.name] != nil } }
            .map { point($0, parameters) }
        if !running.isEmpty {
            let believed = standard + running.map { process.prediction(at: $0).mean }
            if let more = GaussianProcess(
                points: points + running, values: believed, isChoice: isChoice, shape: process.shape)
            {
                process = more
            }
        }
        let count = trials.map(\.constraints.count).max() ?? 0
        let isUniform = trials.allSatisfy { $0.constraints.count == count }
        guard count > 0, isUniform else { return ExpectedImprovement(objective: process, best: standard.max()) }
        let feasible = zip(trials, standard).filter { $0.0.isFeasible }.map(\.1)
        var result = ExpectedImprovement(objective: process, best: feasible.max())
        for index in 0..<count {
            let (values, mean, deviation) = Self.standardised(Self.clipped(trials.map { -$0.constraints[index] }))
            guard let process = GaussianProcess.fitted(points: points, values: values, isChoice: isChoice) else {
                continue
            }
            result.constraints.append((process, -mean / deviation))
        }
        return result
    }

    /// Infinite values become the largest or smallest that are not.
    private static func clipped(_ values: [Double]) -> [Double] {
        let finite = values.filter(\.isFinite)
        let low = finite.min() ?? 0
        let high = finite.max() ?? 0
        return values.map { min(max($0, low), high) }
    }

    private static func standardised(_ values: [Double]) -> (values: [Double], mean: Double, deviation: Double) {
        var sum = 0.0
        for value in values { sum += value }
        let mean = sum / Double(values.count)
        var squares = 0.0
        for value in values { squares += (value - mean) * (value - mean) }
        let deviation = max((squares / Double(values.count)).squareRoot(), 1e-10)
        return (values.map { ($0 - mean) / deviation }, mean, deviation)
    }

    // MARK: The search

    private func rounded(_ place: Double, _ distribution: Distribution) -> Double {
        if distribution.isCategorical { return distribution.at(place) }
        return distribution.step > 0 ? distribution.place(of: distribution.at(place)) : place
    }

    /// The best candidate, others by lot in proportion to their improvement, and the best trial so far.
    private func chosen(
        _ starts: [(point: [Double], value: Double)], _ trials: [Trial], _ points: [[Double]], _ scores: [Double],
        _ random: inout RandomSource
    ) -> [[Double]] {
        guard let top = starts.indices.max(by: { starts[$0].value < starts[$1].value }) else { return [] }
        var result = [starts[top].point]
        var shares = starts.map { Real.exp($0.value - starts[top].value) }
        shares[top] = 0
        while result.count < searches - 1 {
            var total = 0.0
            for share in shares { total += share }
            guard total > 0 else { break }
            var rest = random.uniform() * total
            guard
                let index = shares.indices.first(where: { index in
                    rest -= shares[index]
                    return rest < 0
                })
            else { break }
            result.append(starts[index].point)
            shares[index] = 0
        }
        let feasible = trials.indices.filter { trials[$0].isFeasible }
        if let best = feasible.max(by: { scores[$0] < scores[$1] }) { result.append(points[best]) }
        return result
    }

    /// Uphill on all real axes at once, then on one stepped axis or choice after the other, until nothing gets better.
    private func climb(
        _ start: [Double], _ improvement: ExpectedImprovement,
        _ parameters: [(name: String, distribution: Distribution)]
    ) -> (point: [Double], value: Double) {
        var point = start
        var value = improvement.value(at: point)
        let smooth = parameters.indices.filter { parameters[$0].distribution.isContinuous }
        let stepped = parameters.indices.filter { !parameters[$0].distribution.isContinuous }
        var minimizer = BoxMinimizer()
        minimizer.bounds = smooth.map { _ in (0, 1) }
        minimizer.tolerance = 1e-2
        for _ in 0..<20 {
            let before = value
            if !smooth.isEmpty {
                let found = minimizer.minimize(from: smooth.map { point[$0] }) { part in
                    var whole = point
                    for (axis, place) in zip(smooth, part) { whole[axis] = place }
                    let (value, gradient) = improvement.gradient(at: whole)
                    return (-value, smooth.map { -gradient[$0] })
                }
                if -found.value > value {
                    value = -found.value
                    for (axis, place) in zip(smooth, found.point) { point[axis] = place }
                }
            }
            for axis in stepped {
                for place in places(parameters[axis].distribution, around: point[axis]) {
                    var other = point
                    other[axis] = place
                    let otherValue = improvement.value(at: other)
                    if otherValue > value { (point, value) = (other, otherValue) }
                }
            }
            guard !stepped.isEmpty, value > before + 1e-9 else { break }
        }
        return (point, value)
    }

    /// All places of a stepped axis where there are few, else those near a place and some far from it.
    private func places(_ distribution: Distribution, around place: Double) -> [Double] {
        if distribution.isCategorical { return (0...Int(distribution.high)).map(Double.init) }
        let cells = (distribution.high - distribution.low) / distribution.step + 1
        if cells <= 16 {
            return (0..<Int(cells.rounded())).map {
                distribution.place(of: distribution.rounded(distribution.low + Double($0) * distribution.step))
            }
        }
        let here = distribution.at(place)
        let near = [-4, -2, -1, 1, 2, 4].map { here + Double($0) * distribution.step }
            .filter { $0 >= distribution.low && $0 <= distribution.high }
        let far = (0..<16).map { distribution.at(Double($0) / 15) }
        return (near + far).map { distribution.place(of: distribution.rounded($0)) }
    }
}

extension Distribution {
    /// Whether every number between its bounds is a value.
    var isContinuous: Bool { !isCategorical && step == 0 }
}
