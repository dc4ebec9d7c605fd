/// Scores or probabilities, a row for each row of the data and a column for each class or label.
package struct ScoreMatrix: Sendable, Equatable {
    package let rows: Int
    package let columns: Int
    /// Row by row.
    package let values: [Double]

    /// - Returns: nil unless there are `rows` times `columns` values.
    package init?(rows: Int, columns: Int, values: [Double]) {
        let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
        guard rows >= 0, columns >= 0, !overflow, values.count == count else { return nil }
        self.rows = rows
        self.columns = columns
        self.values = values
    }

    /// - Returns: nil where the rows are of different lengths.
    package init?(_ rows: [[Double]]) {
        let columns = rows.first?.count ?? 0
        guard rows.allSatisfy({ $0.count == columns }) else { return nil }
        self.rows = rows.count
        self.columns = columns
        values = rows.flatMap { $0 }
    }

    package subscript(row: Int, column: Int) -> Double { values[row * columns + column] }

    package func column(_ column: Int) -> [Double] { (0..<rows).map { values[$0 * columns + column] } }

    /// The rows with these numbers, in their order; a number may occur more than once.
    package func taking(_ numbers: [Int]) -> ScoreMatrix {
        var taken: [Double] = []
        taken.reserveCapacity(numbers.count * columns)
        for row in numbers { taken += values[row * columns..<(row + 1) * columns] }
        return ScoreMatrix(checkedRows: numbers.count, columns: columns, values: taken)
    }

    private init(checkedRows rows: Int, columns: Int, values: [Double]) {
        self.rows = rows
        self.columns = columns
        self.values = values
    }
}
