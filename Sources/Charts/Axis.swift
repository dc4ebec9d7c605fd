/// A direction of a picture that has numbers or names.
package struct Axis: Sendable {
    package var label: String
    /// Names for whole numbers of an axis that has no numbers: 0 is the first.
    package var categories: [String]
    /// Whether equal factors lie equally far apart; numbers that are not above 0 have no place then.
    package var isLog: Bool
    /// Whether there is nothing between whole numbers.
    package var isWhole = false
    /// Numbers that have a place, whether something is drawn there or not.
    package var covered: [Double]

    package init(_ label: String, categories: [String] = [], isLog: Bool = false, covered: [Double] = []) {
        self.label = label
        self.categories = categories
        self.isLog = isLog
        self.covered = covered
    }

    /// Whether a number has a place on the axis.
    func holds(_ value: Double) -> Bool {
        categories.isEmpty
            ? value.isFinite && (!isLog || value > 0) : value > -0.5 && value < Double(categories.count) - 0.5
    }

    func scale(_ values: some Sequence<Double>, from start: Double, to end: Double, count: Int) -> Scale {
        if !categories.isEmpty { return Scale(categories: categories, from: start, to: end, count: count) }
        let all = covered + values
        return isLog
            ? Scale(logarithms: all, from: start, to: end, count: count)
            : Scale(all, from: start, to: end, count: count, isWhole: isWhole)
    }

    /// A number as people read it, or the name that it stands for.
    func text(_ value: Double) -> String {
        guard !categories.isEmpty else { return NumberText.short(value) }
        guard let place = Int(exactly: value.rounded()), categories.indices.contains(place) else { return "?" }
        return categories[place]
    }

    /// Whether numbers lie so far apart that only their logarithms tell them apart.
    package static func needsLogarithms(_ values: some Sequence<Double>) -> Bool {
        var lower = Double.infinity
        var upper = -Double.infinity
        for value in values where value.isFinite {
            lower = min(lower, value)
            upper = max(upper, value)
        }
        return lower > 0 && upper > lower && upper / lower > 100
    }
}
