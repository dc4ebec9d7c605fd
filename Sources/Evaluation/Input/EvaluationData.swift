/// Rows to be judged: what is true of each, what was predicted, and what else is known of it.
package struct EvaluationData: Sendable {
    /// How messages call the file.
    package var name: String
    package var task: EvaluationTask
    package var rows: Int
    /// Classes or labels in scikit-learn's order: numbers by size, words by their bytes. Of two, the positive is the last.
    package var classes: [String] = []
    /// The class of each row; of many labels, 0 or 1 for each label of each row in turn.
    package var truth: [Int] = []
    /// What was predicted, laid out as the truth; `nil` where only scores are known.
    package var decisions: [Int]?
    /// The positive class's score of each row, or row by row a score for each class or label.
    package var scores: [Double]?
    /// Numbers of a regression, or relevances of a ranking.
    package var targets: [Double] = []
    /// Predicted numbers of a regression, or scores of a ranking.
    package var estimates: [Double] = []
    package var weights: [Double]?
    /// The rows of two classes by their scores, where somebody has sorted them already.
    var order: ScoreOrder?
    /// The query of each row of a ranking, from 0.
    package var queries: [Int32]?
    /// Rows that are drawn together when rows are drawn.
    package var clusters: [Int32]?
    /// Columns to slice by, by name.
    package var columns: [(name: String, column: SliceColumn)] = []
    /// What tells a row apart from others in another file; `nil` for its place.
    package var keys: [String]?
    /// The line on which each row begins.
    package var lines: [Int32] = []

    /// A column that rows are grouped by.
    package struct SliceColumn: Sendable {
        /// The group of each row, or -1 where the cell is missing.
        package var codes: [Int32]
        package var levels: [String]
    }

    /// With the scores of two classes sorted, so that nobody has to do it again.
    func sorted() throws -> EvaluationData {
        guard task == .binary, order == nil, let scores else { return self }
        var data = self
        data.order = try ScoreOrder(scores)
        return data
    }

    /// How many numbers each row has in `truth`, `decisions` and `scores`.
    var width: Int { task == .multilabel || task == .multiclass ? max(1, classes.count) : 1 }
    private var truthWidth: Int { task == .multilabel ? max(1, classes.count) : 1 }

    /// The rows at some places, in that order.
    func subset(_ places: [Int32]) -> EvaluationData {
        var part = self
        part.rows = places.count
        part.order = nil
        part.truth = Self.picked(truth, places, truthWidth)
        part.decisions = decisions.map { Self.picked($0, places, truthWidth) }
        part.scores = scores.map { Self.picked($0, places, width) }
        part.targets = Self.picked(targets, places, 1)
        part.estimates = Self.picked(estimates, places, 1)
        part.weights = weights.map { Self.picked($0, places, 1) }
        part.queries = queries.map { Self.renumbered(Self.picked($0, places, 1)) }
        part.clusters = clusters.map { Self.renumbered(Self.picked($0, places, 1)) }
        part.keys = keys.map { Self.picked($0, places, 1) }
        part.lines = Self.picked(lines, places, 1)
        part.columns = columns.map { entry in
            (
                entry.name,
                SliceColumn(codes: Self.picked(entry.column.codes, places, 1), levels: entry.column.levels)
            )
        }
        return part
    }

    private static func picked<Item>(_ items: [Item], _ places: [Int32], _ width: Int) -> [Item] {
        guard !items.isEmpty else { return items }
        var result: [Item] = []
        result.reserveCapacity(places.count * width)
        if width == 1 {
            for place in places { result.append(items[Int(place)]) }
        } else {
            for place in places { result.append(contentsOf: items[Int(place) * width..<(Int(place) + 1) * width]) }
        }
        return result
    }

    /// The same groups under the numbers 0, 1, … in the order of their first rows.
    static func renumbered(_ codes: [Int32]) -> [Int32] {
        var numbers: [Int32: Int32] = [:]
        return codes.map { code in
            if let known = numbers[code] { return known }
            let number = Int32(numbers.count)
            numbers[code] = number
            return number
        }
    }
}
