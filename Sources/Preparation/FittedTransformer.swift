package import Tables

/// The steps of a preparation with every number that was learnt, ready for data that was not there then.
///
/// Steps about rows (split, sample, filter, dedupe) belong to the data they were made for; of them only filter and
/// dedupe can be done again, when somebody asks.
package struct FittedTransformer: Sendable {
    package static let schema = "varve.transformer/v1"

    /// Columns of the data it was fitted on.
    package let inputColumns: [String]
    /// Columns it makes of that data.
    package let outputColumns: [String]
    /// Rows it was fitted on.
    package let rows: Int
    /// The side of a split that it was fitted on; `nil` without a split.
    package let side: String?
    /// Cells that count as missing beside empty ones.
    package let missing: Set<String>
    let steps: [FittedStep]

    init(
        inputColumns: [String], outputColumns: [String], rows: Int, side: String?, missing: Set<String>,
        steps: [FittedStep]
    ) {
        self.inputColumns = inputColumns
        self.outputColumns = outputColumns
        self.rows = rows
        self.side = side
        self.missing = missing
        self.steps = steps
    }

    // MARK: Columns

    /// The columns that data must have: those a step looks at, and those that come out.
    package var neededColumns: [String] {
        var needed = Set<[UInt8]>()
        // Where each column that there is at a step came from.
        var origins = inputColumns.map { (name: $0, origin: $0) }
        for step in steps where !step.isAboutRows {
            let named = origins.filter { current in
                step.columns.contains { $0.utf8.elementsEqual(current.name.utf8) }
            }
            switch step {
            case .select:
                origins = named
                continue
            case .drop:
                origins.removeAll { current in named.contains { $0.name.utf8.elementsEqual(current.name.utf8) } }
                continue
            case .rename(let renames):
                origins = origins.map { current in
                    let rename = renames.first { $0.from.utf8.elementsEqual(current.name.utf8) }
                    return (rename?.to ?? current.name, current.origin)
                }
                continue
            case .onehot:
                origins.removeAll { current in named.contains { $0.name.utf8.elementsEqual(current.name.utf8) } }
            default: break
            }
            needed.formUnion(named.map { Array($0.origin.utf8) })
        }
        needed.formUnion(origins.map { Array($0.origin.utf8) })
        return inputColumns.filter { needed.contains(Array($0.utf8)) }
    }

    /// Columns whose cells are categories, to be read as words, so that `01234` stays what it is.
    package var categoryColumns: Set<String> {
        var names = Set<String>()
        var origins = Dictionary(inputColumns.map { ($0, $0) }, uniquingKeysWith: { first, _ in first })
        for step in steps {
            switch step {
            case .rename(let renames):
                let before = origins
                for rename in renames {
                    origins[rename.from] = nil
                    origins[rename.to] = before[rename.from]
                }
            case .onehot(let columns, _, _, _), .ordinal(let columns, _):
                names.formUnion(columns.compactMap { origins[$0.name] })
            case .cast(let rules):
                names.formUnion(rules.filter { $0.kind == .text }.compactMap { origins[$0.column] })
            default: break
            }
        }
        return names
    }

    // MARK: Work

    /// - Parameters:
    ///   - columns: of the data.
    ///   - file: how messages call the data.
    ///   - absent: columns of the data it was fitted on that this data need not have, such as the target.
    ///   - includesRowSteps: whether filter and dedupe are done as well.
    /// - Throws: where a column is missing.
    package func rowTransform(
        columns: [String], file: String, absent: [String] = [], includesRowSteps: Bool = false
    ) throws -> RowTransform {
        var compiler = StepCompiler(columns: columns, file: file, absent: absent)
        var operations: [RowOperation] = []
        for (index, step) in steps.enumerated() where !step.isAboutRows || includesRowSteps {
            var step = step
            // What is not there need not be dropped.
            if case .drop(let names) = step { step = .drop(names.filter { compiler.has($0) }) }
            if let operation = try compiler.compile(step, number: index + 1) { operations.append(operation) }
        }
        return RowTransform(
            columns: compiler.columns, operations: operations, missing: MissingWords(missing), filled: compiler.filled)
    }

    /// The same for columns in memory. Columns that come out as numbers are numbers there.
    package func apply(to table: ColumnTable, absent: [String] = []) throws -> ColumnTable {
        let transform = try rowTransform(columns: table.columns.map(\.name), file: table.name, absent: absent)
        var builder = ColumnTableBuilder(name: table.name, columns: transform.columns)
        for row in 0..<table.rows {
            let line = Int(table.lines[row])
            if let cells = try transform.apply(table.columns.map { $0.cell(row) }, line: line) {
                try builder.add(cells, line: line)
            }
        }
        return builder.table()
    }
}

/// A transformer that knows where the columns of a file are.
package struct RowTransform {
    /// Of the rows that come out.
    package let columns: [String]
    private let operations: [RowOperation]
    private let missing: MissingWords
    let filled: FillTally

    init(columns: [String], operations: [RowOperation], missing: MissingWords, filled: FillTally) {
        self.columns = columns
        self.operations = operations
        self.missing = missing
        self.filled = filled
    }

    /// - Returns: `nil` where the row goes no further.
    package func apply(_ cells: [TableCell], line: Int) throws -> [TableCell]? {
        var row = PreparedRow(cells: cells, line: line)
        for operation in operations where try !operation(&row) { return nil }
        return row.cells
    }

    /// A row of a file; its cells are let go of before the file is read on.
    package func apply(_ row: TableRow) throws -> [TableCell]? {
        try apply(row.preparedCells(missing), line: row.line)
    }
}

extension TableRow {
    /// What is in the row, with nothing where that is what is written.
    func preparedCells(_ missing: MissingWords) -> [TableCell] {
        (0..<count).map { column in
            guard let cell = self[column], !missing.contain(cell) else { return .missing }
            return .bytes(cell)
        }
    }
}
