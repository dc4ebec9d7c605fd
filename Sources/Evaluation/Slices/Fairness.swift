/// How differently groups of people are treated (Fairlearn's definitions).
package enum FairnessMeasure: String, Sendable, CaseIterable {
    /// The largest selection rate less the smallest.
    case demographicParityDifference = "demographic_parity_difference"
    /// The smallest selection rate over the largest.
    case demographicParityRatio = "demographic_parity_ratio"
    /// The largest true positive rate less the smallest.
    case equalOpportunityDifference = "equal_opportunity_difference"
    /// The larger of the differences in true and in false positive rates.
    case equalizedOddsDifference = "equalized_odds_difference"
    /// The smaller of the ratios of true and of false positive rates.
    case equalizedOddsRatio = "equalized_odds_ratio"

    /// Whether 1 is fair, not 0.
    package var isRatio: Bool { self == .demographicParityRatio || self == .equalizedOddsRatio }
}

/// What happens to the rows of one group.
package struct FairnessGroup: Sendable {
    package let name: String
    package let rows: Int
    /// `nil` for all of a group of too few rows.
    package let rates: Rates?

    /// NaN where a group has no rows to compute a rate from.
    package struct Rates: Sendable, Equatable {
        package let selection: Double
        package let truePositive: Double
        package let falsePositive: Double
        package let accuracy: Double
    }
}

/// How differently the groups of one column are treated.
package struct Fairness: Sendable {
    package let column: String
    package let groups: [FairnessGroup]
    package let measures: [Measured]

    package struct Measured: Sendable {
        package let measure: FairnessMeasure
        /// NaN where fewer than two groups have enough rows, or a rate has no value.
        package let value: Double
        package let interval: Interval?
        let draws: [Double]
    }

    package func value(_ measure: FairnessMeasure) -> Double {
        measures.first { $0.measure == measure }?.value ?? .nan
    }
}

/// Counts what happens to each group, again and again for other weights.
struct FairnessCount: Sendable {
    /// The group of each row among those with enough rows, or -1.
    private let groups: [Int32]
    private let groupCount: Int
    private let truth: [Int]
    private let decisions: [Int]
    private let weights: [Double]?

    init(_ data: EvaluationData, _ groups: [SliceGroup], decisions: [Int], leastRows: Int) {
        var codes = [Int32](repeating: -1, count: data.rows)
        var count: Int32 = 0
        for group in groups where group.rows.count >= leastRows {
            for row in group.rows { codes[Int(row)] = count }
            count += 1
        }
        self.groups = codes
        groupCount = Int(count)
        truth = data.truth
        self.decisions = decisions
        weights = data.weights
    }

    /// - Parameter counts: how often each row counts; once for `nil`.
    func rates(_ counts: [UInt32]? = nil) -> [FairnessGroup.Rates] {
        // By group: rows that are neither, only predicted, only true, both.
        var cells = [Double](repeating: 0, count: groupCount * 4)
        for row in groups.indices where groups[row] >= 0 {
            let weight = (weights?[row] ?? 1) * (counts.map { Double($0[row]) } ?? 1)
            cells[Int(groups[row]) * 4 + truth[row] * 2 + decisions[row]] += weight
        }
        return (0..<groupCount).map { group in
            let (trueNegative, falsePositive) = (cells[group * 4], cells[group * 4 + 1])
            let (falseNegative, truePositive) = (cells[group * 4 + 2], cells[group * 4 + 3])
            let all = trueNegative + falsePositive + falseNegative + truePositive
            return FairnessGroup.Rates(
                selection: (falsePositive + truePositive) / all,
                truePositive: truePositive / (truePositive + falseNegative),
                falsePositive: falsePositive / (falsePositive + trueNegative),
                accuracy: (truePositive + trueNegative) / all)
        }
    }

    static func measures(_ rates: [FairnessGroup.Rates]) -> [Double] {
        FairnessMeasure.allCases.map { value($0, rates) }
    }

    private static func value(_ measure: FairnessMeasure, _ rates: [FairnessGroup.Rates]) -> Double {
        guard rates.count > 1 else { return .nan }
        func difference(_ rate: (FairnessGroup.Rates) -> Double) -> Double {
            let values = rates.map(rate)
            guard !values.contains(where: \.isNaN) else { return .nan }
            return (values.max() ?? .nan) - (values.min() ?? .nan)
        }
        func ratio(_ rate: (FairnessGroup.Rates) -> Double) -> Double {
            let values = rates.map(rate)
            guard !values.contains(where: \.isNaN) else { return .nan }
            return (values.min() ?? .nan) / (values.max() ?? .nan)
        }
        func worse(_ one: Double, _ other: Double, _ choose: (Double, Double) -> Double) -> Double {
            one.isNaN || other.isNaN ? .nan : choose(one, other)
        }
        switch measure {
        case .demographicParityDifference: return difference(\.selection)
        case .demographicParityRatio: return ratio(\.selection)
        case .equalOpportunityDifference: return difference(\.truePositive)
        case .equalizedOddsDifference: return worse(difference(\.truePositive), difference(\.falsePositive), max)
        case .equalizedOddsRatio: return worse(ratio(\.truePositive), ratio(\.falsePositive), min)
        }
    }
}
