import Basics
import FileSystem
package import Tables

/// Predictions as a table beside columns of the one that they are about.
package struct PredictionTable {
    private let keep: [String]
    private let showsProbabilities: Bool
    private let threshold: Double?

    /// - Parameters:
    ///   - keep: columns to take over as they are.
    ///   - threshold: of two classes the second is predicted from this probability on.
    package init(keep: [String], showsProbabilities: Bool, threshold: Double?) {
        self.keep = keep
        self.showsProbabilities = showsProbabilities
        self.threshold = threshold
    }

    /// Writes the table: kept columns, `prediction`, and with probabilities `p_<class>` for each class.
    ///
    /// - Parameter source: the table that was predicted, for the columns to keep.
    package func write(
        _ predictions: Predictions, of source: String, format: TableFormat, name: String, to path: String,
        format written: TableFormat
    ) throws {
        if showsProbabilities, predictions.classes.isEmpty {
            throw Failure(
                "--proba is for classes, and the model is for \(predictions.task.rawValue)", category: .usage)
        }
        let added = ["prediction"] + (showsProbabilities ? predictions.classes.map { "p_" + $0 } : [])
        if let column = keep.first(where: { name in added.contains { $0.utf8.elementsEqual(name.utf8) } }) {
            throw Failure("'\(column)' cannot be kept: the predictions have a column of that name", category: .usage)
        }
        var kept: [ColumnTable.Column] = []
        if !keep.isEmpty {
            var wish = ColumnTable.Wish()
            wish.columns = keep
            wish.asWords = Set(keep)
            // What counts as missing elsewhere is kept as it is.
            wish.missing = []
            kept = try ColumnTable.read(source, format: format, wish: wish, name: name).columns
        }
        try Files.makeDirectory(Paths.parent(path))
        let writer = try TableWriter(path, format: written, columns: keep + added)
        var cells: [TableCell] = []
        for row in 0..<predictions.rows {
            cells.removeAll(keepingCapacity: true)
            for column in kept {
                switch column.content {
                case .words(let codes, let levels), .mixed(let codes, let levels, _, _):
                    cells.append(codes[row] < 0 ? .missing : .literal(Array(levels[Int(codes[row])].utf8)[...]))
                case .numbers(let numbers, _): cells.append(.number(numbers[row]))
                case .empty: cells.append(.missing)
                }
            }
            let start = row * predictions.outputs
            if predictions.classes.isEmpty {
                cells.append(.number(predictions.scores[start]))
            } else {
                let label = predictions.classes[predictions.label(of: row, threshold: threshold)]
                cells.append(.text(label))
                if showsProbabilities {
                    for output in 0..<predictions.outputs { cells.append(.number(predictions.scores[start + output])) }
                }
            }
            try writer.write(cells)
        }
        try writer.finish()
    }
}
