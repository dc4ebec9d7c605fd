/// Makes columns in memory of rows that come one after the other.
package struct ColumnTableBuilder {
    private let name: String
    private let names: [String]
    private var columns: [ColumnBuilder]
    private var lines: [Int32] = []

    package init(name: String, columns: [String]) {
        self.name = name
        names = columns
        self.columns = columns.map { ColumnBuilder(name: $0, isWords: false) }
    }

    /// - Parameter cells: one for each column.
    package mutating func add(_ cells: [TableCell], line: Int) throws {
        guard cells.count == columns.count else {
            throw TableError(path: name, line: line, reason: "\(cells.count) cells for \(columns.count) columns")
        }
        lines.append(Int32(clamping: line))
        for (index, cell) in cells.enumerated() {
            if case .number(let number) = cell, !number.isNaN {
                columns[index].add(number, line: line)
            } else {
                columns[index].add(cell.spelling.map { $0[...] }, line: line)
            }
        }
    }

    package func table() -> ColumnTable {
        ColumnTable(name: name, rows: lines.count, columns: columns.map { $0.column() }, lines: lines)
    }
}

extension ColumnTable.Column {
    /// What is in a row.
    package func cell(_ row: Int) -> TableCell {
        switch content {
        case .numbers(let numbers, _): numbers[row].isNaN ? .missing : .number(numbers[row])
        case .words(let codes, let levels), .mixed(let codes, let levels, _, _):
            codes[row] < 0 ? .missing : .text(levels[Int(codes[row])])
        case .empty: .missing
        }
    }
}
