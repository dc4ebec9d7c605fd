/// How one number is made of the numbers of several classes or labels.
package enum Averaging: String, Sendable, CaseIterable {
    /// The plain mean over the classes.
    case macro
    /// The formula on the totals over all classes.
    case micro
    /// The mean over the classes, each with the weight of its true rows.
    case weighted
}

/// What a ratio of 0 and 0 is taken for: scikit-learn's `zero_division`.
package enum ZeroDivision: Sendable, CaseIterable {
    case zero, one
    /// NaN, which averages of precision, recall and F leave out.
    case nan

    var value: Double {
        switch self {
        case .zero: 0
        case .one: 1
        case .nan: .nan
        }
    }

    func ratio(_ numerator: Double, _ denominator: Double) -> Double {
        denominator == 0 ? value : numerator / denominator
    }
}
