/// How much a metric differs between two models that were judged on the same rows.
package struct PairedDifference: Sendable, Equatable {
    package let old: Double
    package let new: Double
    /// Of `new - old`; `nil` where nothing was drawn.
    package let interval: Interval?
    /// How likely a difference as large as this in either direction would be if there were none; `nil` as above.
    package let pValue: Double?

    package var difference: Double { new - old }

    /// The share of draws, plus one on either side so that it is never zero, that lie on the far side of no difference,
    /// doubled for both directions.
    ///
    /// - Parameter differences: NaN where there was no value.
    static func pValue(_ differences: [Double]) -> Double? {
        let defined = differences.filter { !$0.isNaN }
        guard defined.count * 2 >= differences.count, defined.count > 1 else { return nil }
        let low = defined.count { $0 <= 0 }
        let high = defined.count { $0 >= 0 }
        return min(1, 2 * Double(1 + min(low, high)) / Double(defined.count + 1))
    }
}
