/// Rows under headings, laid out character for character as DVC lays them out (tabulate's `plain` and `github`).
package struct Table: Sendable {
    package enum Alignment: Sendable { case left, right }

    package var headings: [String]
    /// A row that is too short is filled up with `-`, DVC's word for a missing value.
    package var rows: [[String]]
    /// Of each column; those not named are left.
    package var alignments: [Alignment]
    /// Whether spaces around a cell's text are part of it, as in trees.
    package var keepsSpaces: Bool

    package init(
        _ headings: [String] = [], rows: [[String]] = [], alignments: [Alignment] = [], keepsSpaces: Bool = false
    ) {
        self.headings = headings
        self.rows = rows
        self.alignments = alignments
        self.keepsSpaces = keepsSpaces
    }

    /// Columns two spaces apart, headings first, no rules, no trailing spaces; no line end after the last row.
    package var plain: String {
        let layout = layout()
        let lines = (headings.isEmpty ? [] : [layout.headings]) + layout.lines
        return lines.map { cells in
            cells.enumerated().map { padded($1, to: layout.widths[$0], column: $0) }.joined(separator: "  ")
                .droppingTrailingSpaces
        }.joined(separator: "\n")
    }

    /// A table of GitHub's Markdown. It ends with a line end, so that printing it leaves the blank line that closes it.
    package var markdown: String {
        let layout = layout()
        func row(_ cells: [String]) -> String {
            "|" + cells.enumerated().map { " " + padded($1, to: layout.widths[$0], column: $0) + " |" }.joined()
        }
        let rule = "|" + layout.widths.map { String(repeating: "-", count: $0 + 2) + "|" }.joined()
        return ([row(layout.headings), rule] + layout.lines.map(row)).joined(separator: "\n") + "\n"
    }

    private struct Layout {
        var headings: [String]
        var lines: [[String]]
        var widths: [Int]
    }

    /// Pads rows to equal length, divides cells that span lines, and measures. A heading counts two columns more than
    /// it needs: that is how tabulate keeps headings apart.
    private func layout() -> Layout {
        let columns = max(headings.count, rows.lazy.map(\.count).max() ?? 0)
        let titles = headings + Array(repeating: "", count: columns - headings.count)
        var widths = titles.map { headings.isEmpty ? 0 : $0.displayWidth + 2 }
        var lines: [[String]] = []
        lines.reserveCapacity(rows.count)
        for row in rows {
            let cells = row + Array(repeating: "-", count: columns - row.count)
            for line in splittingLines(cells) {
                for (column, cell) in line.enumerated() { widths[column] = max(widths[column], cell.displayWidth) }
                lines.append(line)
            }
        }
        return Layout(headings: titles, lines: lines, widths: widths)
    }

    private func splittingLines(_ cells: [String]) -> [[String]] {
        guard cells.contains(where: { $0.utf8.contains(0x0A) }) else { return [cells.map(trimmed)] }
        let parts = cells.map { $0.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
        return (0..<(parts.lazy.map(\.count).max() ?? 0)).map { line in
            parts.map { line < $0.count ? trimmed($0[line]) : "" }
        }
    }

    private func trimmed(_ cell: String) -> String {
        keepsSpaces ? cell : cell.droppingTrailingSpaces.droppingLeadingSpaces
    }

    private func padded(_ cell: String, to width: Int, column: Int) -> String {
        let space = String(repeating: " ", count: max(0, width - cell.displayWidth))
        return column < alignments.count && alignments[column] == .right ? space + cell : cell + space
    }
}

extension String {
    fileprivate var droppingTrailingSpaces: String {
        guard utf8.last == 0x20 else { return self }
        return String(self[..<(lastIndex { $0 != " " }.map(index(after:)) ?? startIndex)])
    }

    fileprivate var droppingLeadingSpaces: String {
        utf8.first == 0x20 ? String(drop { $0 == " " }) : self
    }
}
