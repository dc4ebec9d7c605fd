import Charts
import Rendering
import Tables

/// What `diff --rows` shows in a browser.
struct RowDiffPage {
    private let diff: RowDiff
    private let path: String
    private let old: String
    private let new: String

    init(_ diff: RowDiff, path: String, from old: String, to new: String) {
        self.diff = diff
        self.path = path
        self.old = old
        self.new = new
    }

    var page: ChartPage {
        let view = RowDiffView(diff, path: path)
        return ChartPage(
            title: path.escapingControlCharacters, lead: "From \(old) to \(new)".escapingControlCharacters,
            blocks: [rows(view), schema, statistics, changedRows].compactMap { $0 }
                + [examples(of: .removed), examples(of: .added)].compactMap { $0 })
    }

    // MARK: Counts

    private func rows(_ view: RowDiffView) -> PageBlock {
        var block = PageBlock(title: "Rows")
        if diff.isEmpty { block.lines = ["No row or column differs."] }
        block.lines.append(
            diff.keys.isEmpty
                ? "Whole rows are compared."
                : "Rows are told apart by \(diff.keys.joined(separator: ", ")).".escapingControlCharacters)
        block.problems = view.warnings.map(\.escapingControlCharacters)
        let counts = [diff.old.rows, diff.new.rows, diff.added, diff.removed, diff.changed, diff.unchanged]
        block.grid = PageBlock.Grid(
            ["Before", "After", "Added", "Removed", "Changed", "The same"],
            rows: [counts.map { .number("\($0)") }])
        return block
    }

    // MARK: Columns

    private var schema: PageBlock? {
        let none = PageBlock.Cell.soft(Table.missing)
        func kind(_ column: String, in side: RowDiff.Side) -> PageBlock.Cell {
            side.columns.first { $0.name.utf8.elementsEqual(column.utf8) }.map { .text($0.kind.rawValue) } ?? none
        }
        var rows: [[PageBlock.Cell]] = []
        rows += diff.addedColumns.map { [.text("added"), Self.name($0), none, kind($0, in: diff.new)] }
        rows += diff.droppedColumns.map { [.text("dropped"), Self.name($0), kind($0, in: diff.old), none] }
        rows += diff.retypedColumns.map {
            [.text("retyped"), Self.name($0.column), .text($0.old.rawValue), .text($0.new.rawValue)]
        }
        guard !rows.isEmpty || diff.isReordered else { return nil }
        var block = PageBlock(title: "Columns")
        if diff.isReordered { block.lines = ["Columns that both have stand in another order."] }
        block.grid = PageBlock.Grid(["", "Column", "Type before", "Type after"], rows: rows)
        return block
    }

    /// Of all columns, so that what stayed can be seen, too.
    private var statistics: PageBlock? {
        let names = diff.new.columns.map(\.name) + diff.droppedColumns
        guard !names.isEmpty else { return nil }
        var block = PageBlock(title: "Statistics of columns")
        block.lines = ["Counts of different values are estimates."]
        block.grid = PageBlock.Grid(
            ["Column", "Cells changed", "Missing", "Distinct", "Min", "Max", "Mean", "Standard deviation"],
            rows: names.map { name in
                let before = diff.old.columns.first { $0.name.utf8.elementsEqual(name.utf8) }.map(Self.facts)
                let after = diff.new.columns.first { $0.name.utf8.elementsEqual(name.utf8) }.map(Self.facts)
                let cells = diff.changedCells.first { $0.column.utf8.elementsEqual(name.utf8) }?.rows
                return [Self.name(name), cells.map { .number("\($0)") } ?? .soft(Table.missing)]
                    + (0..<6).map { Self.cell(before?[$0] ?? nil, after?[$0] ?? nil) }
            })
        return block
    }

    private static func facts(_ profile: ColumnProfile) -> [String?] {
        [
            "\(profile.missing)", "\(profile.distinct)", profile.minimum, profile.maximum,
            profile.mean.map(RowDiffView.shortened), profile.standardDeviation.map(RowDiffView.shortened),
        ]
    }

    // MARK: Examples

    /// A row for each, with the columns that differ in any of them.
    private var changedRows: PageBlock? {
        let examples = diff.examples.filter { $0.change == .changed }
        guard !examples.isEmpty else { return nil }
        var columns: [String] = []
        for cell in examples.lazy.flatMap(\.cells)
        where !columns.contains(where: { $0.utf8.elementsEqual(cell.column.utf8) }) {
            columns.append(cell.column)
        }
        var block = PageBlock(title: "Changed rows")
        block.lines = Self.share(examples.count, of: diff.changed)
        block.grid = PageBlock.Grid(
            ["Line before", "Line after"] + (diff.keys + columns).map(\.escapingControlCharacters),
            rows: examples.map { example in
                let keys = example.key.map { Self.cell($0.value) }
                let cells = columns.map { column -> PageBlock.Cell in
                    example.cells.first { $0.column.utf8.elementsEqual(column.utf8) }
                        .map { .change(old: Self.text($0.old), new: Self.text($0.new)) } ?? .soft("same")
                }
                return [Self.line(example.oldLine), Self.line(example.newLine)] + keys + cells
            })
        return block
    }

    private func examples(of change: RowDiff.Example.Change) -> PageBlock? {
        let examples = diff.examples.filter { $0.change == change }
        let isAdded = change == .added
        guard !examples.isEmpty else { return nil }
        var block = PageBlock(title: isAdded ? "Added rows" : "Removed rows")
        block.lines = Self.share(examples.count, of: isAdded ? diff.added : diff.removed)
        block.grid = PageBlock.Grid(
            ["Line"] + (isAdded ? diff.new : diff.old).columns.map(\.name.escapingControlCharacters),
            rows: examples.map { example in
                [Self.line(isAdded ? example.newLine : example.oldLine)]
                    + example.cells.map { Self.cell(isAdded ? $0.new : $0.old) }
            })
        return block
    }

    private static func share(_ shown: Int, of total: Int) -> [String] {
        shown < total ? ["\(shown) of \(total)"] : []
    }

    // MARK: Cells

    /// A page shows the beginning of a long value.
    private static let longestValue = 200

    private static func line(_ number: Int?) -> PageBlock.Cell {
        number.map { .soft("\($0)") } ?? .soft(Table.missing)
    }

    private static func name(_ text: String) -> PageBlock.Cell { .code(text.escapingControlCharacters) }

    private static func cell(_ value: String?) -> PageBlock.Cell {
        guard let value, !value.isEmpty else { return .soft(text(value)) }
        return .code(text(value))
    }

    /// A fact before and after; one where they are the same.
    private static func cell(_ old: String?, _ new: String?) -> PageBlock.Cell {
        let (was, now) = (old.map { text($0) }, new.map { text($0) })
        guard was != now else { return now.map { .number($0) } ?? .soft(Table.missing) }
        return .change(old: was ?? Table.missing, new: now ?? Table.missing)
    }

    private static func text(_ value: String?) -> String {
        guard let value else { return "none" }
        if value.isEmpty { return "empty" }
        let shown = value.count > longestValue ? value.prefix(longestValue - 1) + "…" : value
        return shown.escapingControlCharacters
    }
}
