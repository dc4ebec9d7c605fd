/// Which labels a row has, for data whose rows may have several: a column for each label.
package struct LabelMatrix: Sendable, Equatable {
    package let rows: Int
    package let columns: Int
    /// Row by row.
    package let values: [Bool]

    /// - Returns: nil unless there are `rows` times `columns` values.
    package init?(rows: Int, columns: Int, values: [Bool]) {
        let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
        guard rows >= 0, columns >= 0, !overflow, values.count == count else { return nil }
        self.rows = rows
        self.columns = columns
        self.values = values
    }

    /// - Returns: nil where the rows are of different lengths.
    package init?(_ rows: [[Bool]]) {
        let columns = rows.first?.count ?? 0
        guard rows.allSatisfy({ $0.count == columns }) else { return nil }
        self.rows = rows.count
        self.columns = columns
        values = rows.flatMap { $0 }
    }

    /// One column for each class: whether the row is of it.
    ///
    /// - Parameter codes: each in `0..<classCount`.
    init(codes: [Int], classCount: Int) {
        rows = codes.count
        columns = classCount
        var values = [Bool](repeating: false, count: codes.count * classCount)
        for (row, code) in codes.enumerated() { values[row * classCount + code] = true }
        self.values = values
    }

    package subscript(row: Int, column: Int) -> Bool { values[row * columns + column] }

    package func column(_ column: Int) -> [Bool] { (0..<rows).map { values[$0 * columns + column] } }

    /// The rows with these numbers, in their order; a number may occur more than once.
    package func taking(_ numbers: [Int]) -> LabelMatrix {
        var taken: [Bool] = []
        taken.reserveCapacity(numbers.count * columns)
        for row in numbers { taken += values[row * columns..<(row + 1) * columns] }
        return LabelMatrix(checkedRows: numbers.count, columns: columns, values: taken)
    }

    private init(checkedRows rows: Int, columns: Int, values: [Bool]) {
        self.rows = rows
        self.columns = columns
        self.values = values
    }
}
