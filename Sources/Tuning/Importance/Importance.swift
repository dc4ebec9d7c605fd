package import Basics

/// How much each parameter has to do with the objective, most important first.
package struct ParameterImportance: Sendable, Equatable {
    package let name: String
    /// The shares of all add up to 1, unless nothing can be said.
    package let share: Double
}

package enum Importance {
    /// PED-ANOVA (Watanabe et al., arXiv:2304.10255) as Optuna 5 has it by default: how the values of a parameter in the
    /// best tenth of the trials differ from its values in all of them.
    case ped
    /// fANOVA (Hutter et al. 2014): the share of the variance of a random forest that each parameter explains alone.
    case forest(seed: UInt64)

    /// - Parameter objective: Which of several; PED-ANOVA takes the front of all of them without.
    package func shares(_ record: StudyRecord, objective: Int? = nil) throws(Failure) -> [ParameterImportance] {
        let trials = record.trials.filter { trial in
            trial.state == .complete && trial.values?.count == record.directions.count
                && trial.values?.allSatisfy(\.isFinite) ?? false
        }
        if let objective, !record.directions.indices.contains(objective) {
            throw Failure("the study has no objective \(objective)", category: .usage)
        }
        let losses = trials.map { trial in
            let all = record.losses(trial)
            return objective.map { [all[$0]] } ?? all
        }
        let raw: [(name: String, amount: Double)]
        switch self {
        case .ped: raw = PedAnova.amounts(trials, losses)
        case .forest(let seed):
            guard losses.first.map({ $0.count == 1 }) ?? true else {
                throw Failure(
                    "fANOVA needs one objective", remedy: "choose one with --objective", category: .usage)
            }
            raw = ForestAnova.amounts(trials, losses.map { $0[0] }, seed: seed)
        }
        var sum = 0.0
        for item in raw { sum += item.amount }
        // Where nothing can be said, all are alike.
        let shares = raw.map { item in
            ParameterImportance(
                name: item.name, share: sum > 0 ? item.amount / sum : 1 / Double(max(1, raw.count)))
        }
        return shares.enumerated().sorted { a, b in
            a.element.share != b.element.share ? a.element.share > b.element.share : a.offset < b.offset
        }.map(\.element)
    }
}

enum PedAnova {
    static let quantile = 0.1
    static let steps = 50

    static func amounts(_ trials: [Trial], _ losses: [[Double]]) -> [(name: String, amount: Double)] {
        var names: [String] = []
        for trial in trials {
            for setting in trial.settings where !names.contains(setting.name) { names.append(setting.name) }
        }
        names.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        guard trials.count > 1 else { return names.map { ($0, 0) } }
        let top = top(losses)
        return names.map { name in
            var amount = 0.0
            for (distribution, members) in regimes(name, trials) where members.count >= 2 {
                guard let distribution, !distribution.isSingle else { continue }
                let good = members.filter { top.contains($0) }
                guard !good.isEmpty else { continue }
                let share = Double(good.count) / Double(top.count)
                let weight = share * share / (Double(members.count) / Double(trials.count))
                amount += weight * divergence(name, distribution, good.map { trials[$0] }, members.map { trials[$0] })
            }
            let part = Double(top.count) / Double(trials.count)
            return (name, amount * part * part)
        }
    }

    /// The trials no worse than the value that bounds the best tenth.
    private static func top(_ losses: [[Double]]) -> Set<Int> {
        let count = Int((quantile * Double(losses.count)).rounded(.up))
        guard losses.first.map({ $0.count == 1 }) ?? true else { return TrialSplit.good(losses, count) }
        let limit = losses.map { $0[0] }.sorted()[max(0, count - 1)]
        return Set(losses.indices.filter { losses[$0][0] <= limit })
    }

    /// The trials by the distribution that they had for a parameter; `nil` for those without it.
    private static func regimes(_ name: String, _ trials: [Trial]) -> [(Distribution?, [Int])] {
        var result: [(Distribution?, [Int])] = []
        for (index, trial) in trials.enumerated() {
            let distribution = trial[name]?.distribution
            if let place = result.firstIndex(where: { $0.0 == distribution }) {
                result[place].1.append(index)
            } else {
                result.append((distribution, [index]))
            }
        }
        return result
    }

    /// Pearson's divergence between the densities of the good trials and of all, on a grid.
    private static func divergence(
        _ name: String, _ distribution: Distribution, _ good: [Trial], _ all: [Trial]
    ) -> Double {
        func density(_ trials: [Trial]) -> [Double] {
            GridDensity(distribution, trials.compactMap { $0[name]?.inside }).values.map { $0 + 1e-12 }
        }
        var sum = 0.0
        for (top, local) in zip(density(good), density(all)) {
            let ratio = top / local - 1
            sum += local * ratio * ratio
        }
        return sum
    }
}

/// A Parzen estimate on a grid with Scott's rule, whose kernels are the cells that occur.
struct GridDensity {
    let values: [Double]

    init(_ distribution: Distribution, _ observed: [Double]) {
        let cells = Self.counts(distribution, observed)
        let places = cells.indices.filter { cells[$0] > 0 }
        let counts = places.map { Double(cells[$0]) }
        let total = Double(observed.count)
        if distribution.isCategorical {
            let base = 1 / Double(places.count + 1)
            var result = [Double](repeating: 1 / Double(cells.count) / (total + 1), count: cells.count)
            for (place, count) in zip(places, counts) {
                for cell in cells.indices {
                    let share = (base + (cell == place ? 1 : 0)) / (base * Double(cells.count) + 1)
                    result[cell] += share * count / (total + 1)
                }
            }
            values = result
            return
        }
        let high = Double(cells.count - 1)
        let deviation = max(Self.deviation(places.map(Double.init), counts), 0.5 / 1.64)
        var kernels = zip(places, counts).map { (mean: Double($0), deviation: deviation, weight: $1 / (total + 1)) }
        kernels.append((high / 2, high + 1, 1 / (total + 1)))
        let norms = kernels.map { kernel in
            NormalDistribution.logMass(
                (-0.5 - kernel.mean) / kernel.deviation, (high + 0.5 - kernel.mean) / kernel.deviation)
        }
        values = cells.indices.map { cell in
            let x = Double(cell)
            var sum = 0.0
            for (kernel, norm) in zip(kernels, norms) {
                let mass = NormalDistribution.logMass(
                    (x - 0.5 - kernel.mean) / kernel.deviation, (x + 0.5 - kernel.mean) / kernel.deviation)
                sum += kernel.weight * Real.exp(mass - norm)
            }
            return sum
        }
    }

    /// Scott's rule for weighted observations.
    private static func deviation(_ places: [Double], _ counts: [Double]) -> Double {
        var cumulative: [Double] = []
        var total = 0.0
        var sum = 0.0
        for (place, count) in zip(places, counts) {
            total += count
            sum += place * count
            cumulative.append(total)
        }
        let mean = sum / total
        var squares = 0.0
        for (place, count) in zip(places, counts) { squares += (place - mean) * (place - mean) * count }
        let spread = (squares / max(1, total - 1)).squareRoot()
        let quarter = (total / 4).rounded(.down)
        let threeQuarters = (total * 3 / 4).rounded(.down)
        let first = cumulative.firstIndex { $0 >= quarter } ?? 0
        let third = min(places.count - 1, cumulative.firstIndex { $0 > threeQuarters } ?? places.count)
        let range = places[third] - places[first]
        return 1.059 * min(range / 1.34, spread) * Real.power(total, -0.2)
    }

    private static func counts(_ distribution: Distribution, _ observed: [Double]) -> [Int] {
        if distribution.isCategorical {
            var counts = [Int](repeating: 0, count: Int(distribution.high) + 1)
            for value in observed {
                if let choice = Int(exactly: value), counts.indices.contains(choice) { counts[choice] += 1 }
            }
            return counts
        }
        var steps = PedAnova.steps
        if case .int(let range) = distribution, range.isLog {
            let size = Real.log(Double(range.high - range.low + 1)) / Real.log(2)
            steps = min(steps, Int(size.rounded(.up)) + 1)
        } else if distribution.step > 0 {
            let cells = ((distribution.high - distribution.low) / distribution.step).rounded() + 1
            steps = cells < Double(steps) ? Int(cells) : steps
        }
        let isLog = distribution.isLog
        let low = isLog ? Real.log(distribution.low) : distribution.low
        let high = isLog ? Real.log(distribution.high) : distribution.high
        let width = (high - low) / Double(steps - 1)
        var counts = [Int](repeating: 0, count: steps)
        for value in observed {
            let place = (((isLog ? Real.log(value) : value) - low) / width - 0.5).rounded(.up)
            // A value beyond the range of its distribution, which other programs may write, has no logarithm.
            counts[place.isNaN ? 0 : Int(min(max(place, 0), Double(steps - 1)))] += 1
        }
        return counts
    }
}
