package import Basics
import Documents

/// Every combination once, in an order that the seed shuffles.
package struct GridSampler: Sampler {
    /// How many values of a real parameter without a step stand in the grid; `nil` refuses such parameters.
    package let points: Int?

    private static let limit = 1_000_000

    package init(points: Int? = nil) { self.points = points }

    package func check(_ space: SearchSpace, _ directions: [Direction]) throws(Failure) { _ = try cells(space) }

    package func capacity(_ space: SearchSpace) throws(Failure) -> Int? { try cells(space).count }

    package func draw(_ context: SamplingContext, _ random: inout RandomSource) throws(Failure) -> Draw {
        var cells = try cells(context.space)
        guard !cells.isEmpty else { return Draw() }
        var shuffling = RandomSource(seed: context.seed)
        shuffling.shuffle(&cells)
        let cell = cells[context.drawn % cells.count]
        var values: [String: Double] = [:]
        for setting in cell { values[setting.name] = setting.inside }
        return Draw(values: values)
    }

    /// All points that keep the limits, each once, in the order of the sorted names.
    private func cells(_ space: SearchSpace) throws(Failure) -> [[Trial.Setting]] {
        let axes = try space.parameters.map { (parameter) throws(Failure) in
            (parameter: parameter, values: try values(parameter))
        }
        var size = 1
        for axis in axes {
            let (product, overflow) = size.multipliedReportingOverflow(by: axis.values.count)
            guard !overflow, product <= Self.limit else {
                throw Failure(
                    "the grid has more than \(Self.limit) cells", remedy: "use coarser steps, or another sampler",
                    category: .usage)
            }
            size = product
        }
        // The last name turns fastest, as in a product of sorted names.
        let turning = axes.indices.sorted {
            axes[$0].parameter.name.utf8.lexicographicallyPrecedes(axes[$1].parameter.name.utf8)
        }
        var counters = axes.map { _ in 0 }
        var result: [[Trial.Setting]] = []
        var seen: Set<[Double]> = []
        for _ in 0..<size {
            var settings: [Trial.Setting] = []
            // What is not active does not tell cells apart.
            var key: [Double] = []
            for (index, axis) in axes.enumerated() {
                let isActive = try space.isActive(axis.parameter, settings)
                key.append(isActive ? axis.values[counters[index]] : -.infinity)
                guard isActive else { continue }
                settings.append(
                    Trial.Setting(
                        name: axis.parameter.name, inside: axis.values[counters[index]],
                        distribution: axis.parameter.distribution))
            }
            if !space.isConditional || seen.insert(key).inserted, try space.violation(settings) <= 0 {
                result.append(settings)
            }
            for axis in turning.reversed() {
                counters[axis] += 1
                if counters[axis] < axes[axis].values.count { break }
                counters[axis] = 0
            }
        }
        return result
    }

    private func values(_ parameter: Parameter) throws(Failure) -> [Double] {
        let distribution = parameter.distribution
        switch distribution {
        case .categorical(let choices): return choices.indices.map(Double.init)
        case .int(let range) where !range.isLog || points == nil:
            guard (range.high - range.low) / range.step < Self.limit else { break }
            return stride(from: range.low, through: range.high, by: range.step).map(Double.init)
        case .float(let range):
            guard let step = range.step else { break }
            let count = ((range.high - range.low) / step).rounded()
            guard count < Double(Self.limit) else { break }
            return (0...Int(count)).map { distribution.rounded(range.low + Double($0) * step) }
        case .int: break
        }
        guard let points, points > 0 else {
            throw Failure(
                "the parameter '\(parameter.name)' has no steps, which a grid needs",
                remedy: "give it a step or choices, or set 'points' of the grid", category: .usage)
        }
        var result: [Double] = []
        for index in 0..<points {
            // Both ends stand in the grid.
            let place = points == 1 ? 0.5 : Double(index) / Double(points - 1)
            let (low, high) =
                distribution.isLog
                ? (Real.log(distribution.low), Real.log(distribution.high)) : (distribution.low, distribution.high)
            let number = low + place * (high - low)
            let value = distribution.rounded(distribution.isLog ? Real.exp(number) : number)
            if result.last != value { result.append(value) }
        }
        return result
    }
}
