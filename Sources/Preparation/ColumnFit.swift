import Tables

/// What is learnt of a column from the rows that a step is fitted on.
final class ColumnFit {
    /// What has to be remembered.
    enum Need {
        case moments
        /// All values, for quantiles.
        case values
        case categories
    }

    let name: String
    private let need: Need
    private let place: StepPlace
    private(set) var count = 0
    private(set) var missing = 0
    private(set) var mean = 0.0
    private var squares = 0.0
    /// What a sum of doubles loses, kept beside it (Neumaier).
    private var sum = 0.0
    private var lost = 0.0
    private(set) var minimum = Double.infinity
    private(set) var maximum = -Double.infinity
    private(set) var values: [Double] = []
    private(set) var categories: [[UInt8]: Int] = [:]
    private var numberLine: Int?

    /// More categories than these are most likely an identifier or a number.
    static let categoryLimit = 100_000

    init(_ name: String, _ need: Need, _ place: StepPlace) {
        self.name = name
        self.need = need
        self.place = place
    }

    func add(_ cell: TableCell, line: Int) throws {
        if cell.isMissing {
            missing += 1
            return
        }
        if need == .categories {
            guard let category = cell.category else { return }
            count += 1
            categories[category, default: 0] += 1
            guard categories.count <= Self.categoryLimit else {
                throw place.error(
                    line: line, "column '\(name)' has more than \(Self.categoryLimit) different values: no categories")
            }
            return
        }
        guard let number = cell.number else {
            let spelling = StepPlace.shown(cell.spelling ?? [])
            guard let numberLine else {
                throw place.error(line: line, "column '\(name)' holds \(spelling) where a number is needed")
            }
            throw place.error(
                line: line,
                "column '\(name)' holds \(spelling) where line \(numberLine) has a number: a column of two types")
        }
        numberLine = numberLine ?? line
        add(number)
    }

    private func add(_ number: Double) {
        count += 1
        minimum = min(minimum, number)
        maximum = max(maximum, number)
        let total = sum + number
        lost += sum.magnitude >= number.magnitude ? sum - total + number : number - total + sum
        sum = total
        let distance = number - mean
        mean += distance / Double(count)
        squares += distance * (number - mean)
        if need == .values { values.append(number) }
    }

    /// Rounded once, at the end.
    var average: Double { count == 0 ? .nan : (sum + lost) / Double(count) }

    /// Of the whole, not of a sample: divided by n.
    var variance: Double { count == 0 ? .nan : squares / Double(count) }

    /// No more different from zero than the roundings on the way could make it.
    var hasNoVariance: Bool {
        let bound = Double(count) * Double.ulpOfOne
        return variance <= bound * variance + (bound * average) * (bound * average)
    }

    /// Values in order; for quantiles.
    func sorted() -> [Double] { values.sorted() }

    /// The most frequent value; of several the least.
    var mode: [UInt8]? {
        let most = categories.values.max() ?? 0
        return Categories.sorted(categories.filter { $0.value == most }.keys).first
    }
}
