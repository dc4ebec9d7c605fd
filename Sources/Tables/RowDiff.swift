/// What became of a table: its columns, its rows, and the values in them.
package struct RowDiff: Sendable {
    /// One side of the comparison.
    package struct Side: Sendable {
        package var rows = 0
        /// In the order of the file.
        package var columns: [ColumnProfile] = []
        /// The first of the records that could not be used; these are not compared.
        package var problems: [TableProblem] = []
        package var problemCount = 0
        /// Rows whose key an earlier row has, too.
        package var repeatedKeys = 0
    }

    /// A column whose values are of another kind.
    package struct Retyping: Sendable, Equatable {
        package let column: String
        package let old: ColumnProfile.Kind
        package let new: ColumnProfile.Kind
    }

    /// One row that is not the same, as an example.
    package struct Example: Sendable, Equatable {
        package enum Change: String, Sendable { case added, removed, changed }

        package let change: Change
        package let oldLine: Int?
        package let newLine: Int?
        /// Of a changed row the key, and the cells that differ; else all cells.
        package let key: [Cell]
        package let cells: [CellChange]
    }

    package struct Cell: Sendable, Equatable {
        package let column: String
        package let value: String?
    }

    package struct CellChange: Sendable, Equatable {
        package let column: String
        package let old: String?
        package let new: String?
    }

    /// The columns that tell rows apart; none where whole rows are compared.
    package var keys: [String] = []
    package var old = Side()
    package var new = Side()
    package var addedColumns: [String] = []
    package var droppedColumns: [String] = []
    package var retypedColumns: [Retyping] = []
    /// Whether columns that both have stand in another order.
    package var isReordered = false

    package var added = 0
    package var removed = 0
    package var changed = 0
    package var unchanged = 0
    /// In how many changed rows a column has another value; in the order of the new file.
    package var changedCells: [(column: String, rows: Int)] = []
    /// The first of each kind of change, in the order of their lines.
    package var examples: [Example] = []

    package init() {}

    package var isEmpty: Bool {
        added == 0 && removed == 0 && changed == 0 && addedColumns.isEmpty && droppedColumns.isEmpty
            && retypedColumns.isEmpty && !isReordered
    }
}
