/// Draws charts with characters, for terminals.
package struct TextDrawing {
    /// Columns of the terminal.
    package let width: Int
    /// Colours a text in the colour of that number.
    package let paint: (String, Int) -> String

    package init(width: Int, paint: @escaping (String, Int) -> String = { text, _ in text }) {
        self.width = max(30, min(width, 400))
        self.paint = paint
    }

    static let rows = 14

    /// The lines of a chart, its title first.
    package func lines(of chart: Chart) -> [String] {
        var lines = [chart.title] + chart.sources.map { "  " + $0 } + chart.problems.map { "  ! " + $0 }
        switch chart.content {
        case .lines(let plane): lines += draw(plane, hasLines: true)
        case .points(let plane): lines += draw(plane, hasLines: false)
        case .bars(let bars): lines += draw(bars)
        case .matrices(let matrices): lines += matrices.flatMap(draw)
        case .clouds(let clouds, let ramp): lines += draw(clouds, ramp)
        case .parallel(let axes): lines += draw(axes)
        case .timeline(let timeline): lines += draw(timeline)
        case .pictures(let pictures):
            lines += pictures.map { "  \($0.caption) (\($0.bytes.count) bytes; see the page for the picture)" }
        case .nothing: lines.append("  (nothing to draw)")
        }
        return lines
    }

    // MARK: Lines and points

    private func draw(_ plane: Plane, hasLines: Bool) -> [String] {
        let axes = plane.axes
        let points = plane.series.lazy.flatMap(\.points).filter { axes.x.holds($0.x) && axes.y.holds($0.y) }
        guard !points.isEmpty else { return ["  (nothing to draw)"] }
        let height = Self.rows * 4
        let y =
            plane.yCategories.isEmpty
            ? axes.y.scale(points.map(\.y), from: Double(height - 1), to: 0, count: 4)
            : Scale(categories: plane.yCategories, from: Double(height - 1), to: 0, count: Self.rows)
        let margin = min(width / 3, y.ticks.map { $0.text.count }.max() ?? 0)
        let columns = max(10, width - margin - 3)
        let x =
            plane.xCategories.isEmpty
            ? axes.x.scale(points.map(\.x), from: 0, to: Double(columns * 2 - 1), count: max(2, columns / 14))
            : Scale(categories: plane.xCategories, from: 0, to: Double(columns * 2 - 1), count: max(2, columns / 14))
        var canvas = TextCanvas(columns: columns, rows: Self.rows)
        var signs: [(letter: Character, x: Int, y: Int, owner: Int)] = []
        let legend = plane.legend
        var entries = [Int](repeating: 0, count: plane.series.count)
        for (entry, item) in legend.enumerated() { for series in item.series { entries[series] = entry } }
        for (place, series) in plane.series.enumerated() {
            let number = entries[place]
            let hasLines = series.isLine ?? hasLines
            var drawn: [(x: Int, y: Int)] = []
            var last: (x: Int, y: Int)?
            let shown = hasLines ? Thinning.line(series.points, x, columns: columns * 2) : series.points
            for point in shown where axes.x.holds(point.x) && axes.y.holds(point.y) {
                let place = (x: Int(x.position(point.x).rounded()), y: Int(y.position(point.y).rounded()))
                if hasLines, let last { canvas.line(from: last, to: place, by: number) }
                canvas.set(place.x, place.y, by: number)
                last = place
                drawn.append(place)
            }
            // Each somewhere else on its line, so that neighbours' letters don't meet.
            guard hasLines, legend.count > 1, !drawn.isEmpty, !plane.isCrowd || legend[number].series.count == 1 else {
                continue
            }
            let middle = drawn[drawn.count * (number + 1) / (legend.count + 1)]
            signs.append((Self.letter(number), middle.x, middle.y, number))
        }
        for sign in signs { canvas.put(sign.letter, sign.x, sign.y, by: sign.owner) }
        let rows = (0..<Self.rows).map { canvas.text(row: $0, paint: paint) }
        return framed(rows, x: x, y: y, margin: margin, columns: columns, words: "\(plane.xLabel) → \(plane.yLabel)")
            + self.legend(legend.map(\.name), hasLetters: hasLines && !plane.isCrowd)
    }

    /// Rows of a picture between its axes, and what the axes are.
    func framed(
        _ rows: [String], x: Scale, y: Scale, margin: Int, columns: Int, words: String
    ) -> [String] {
        var labels: [Int: String] = [:]
        for tick in y.ticks { labels[Int(y.position(tick.value).rounded()) / 4] = tick.text }
        let pad = String(repeating: " ", count: margin)
        return rows.enumerated().map { row, picture in
            let label = AxisDrawing.shortened(labels[row] ?? "", margin)
            return "\(pad.dropFirst(label.count))\(label) \(labels[row] == nil ? "│" : "┤")\(picture)"
        } + [
            pad + " └" + String(repeating: "─", count: columns), pad + "  " + ticks(x, columns: columns),
            pad + "  " + words,
        ]
    }

    /// What tells a line apart where there are no colours.
    static func letter(_ number: Int) -> Character {
        Character(Unicode.Scalar(UInt8(ascii: "a") + UInt8(number % 26)))
    }

    /// Texts of ticks below their places, those that would overlap left out.
    func ticks(_ x: Scale, columns: Int) -> String {
        var line = ""
        for tick in x.ticks {
            let text = AxisDrawing.shortened(tick.text, 12)
            let place = min(columns - text.count, max(0, Int(x.position(tick.value)) / 2 - text.count / 2))
            guard place >= line.count + (line.isEmpty ? 0 : 1) else { continue }
            line += String(repeating: " ", count: place - line.count) + text
        }
        return line
    }

    func legend(_ names: [String], hasLetters: Bool) -> [String] {
        names.enumerated().map { number, name in
            let sign = hasLetters && names.count > 1 ? "━\(Self.letter(number))━" : "━━━"
            return "  " + paint(sign, number) + " " + name
        }
    }

    // MARK: Bars and matrices

    private func draw(_ bars: Bars) -> [String] {
        let values = bars.series.lazy.flatMap(\.values).compactMap { $0 }.filter(\.isFinite)
        let largest = values.map(abs).max() ?? 0
        let margin = min(width / 3, bars.categories.map(\.count).max() ?? 0)
        let room = max(5, width - margin - 16)
        var lines: [String] = []
        for (number, category) in bars.categories.enumerated() {
            for (position, series) in bars.series.enumerated() {
                let name = position == 0 ? AxisDrawing.shortened(category, max(1, margin)) : ""
                let pad = String(repeating: " ", count: max(0, margin - name.count))
                guard series.values.indices.contains(number), let value = series.values[number] else {
                    lines.append(pad + name + " │")
                    continue
                }
                let length = largest > 0 && value.isFinite ? Int((abs(value) / largest * Double(room)).rounded()) : 0
                let bar = String(repeating: "█", count: length)
                lines.append("\(pad)\(name) │\(paint(bar, position)) \(NumberText.short(value))")
            }
        }
        return lines + ["  \(bars.valueLabel) by \(bars.categoryLabel)"]
            + legend(bars.series.map(\.name), hasLetters: false)
    }

    private func draw(_ matrix: Matrix) -> [String] {
        let cells = matrix.rows.indices.map { row in
            matrix.columns.indices.map { matrix.text(row: row, column: $0) }
        }
        let margin = min(width / 3, matrix.rows.map(\.count).max() ?? 0)
        let longest = (cells.joined().map(\.count) + matrix.columns.map(\.count)).max() ?? 1
        let cell = max(1, min(longest, 12))
        func right(_ text: String, _ count: Int) -> String {
            let text = AxisDrawing.shortened(text, count)
            return String(repeating: " ", count: max(0, count - text.count)) + text
        }
        var lines = ["  \(matrix.name) (rows: \(matrix.yLabel), columns: \(matrix.xLabel))"]
        lines.append(right("", margin) + " │" + matrix.columns.map { " " + right($0, cell) }.joined())
        for (row, name) in matrix.rows.enumerated() {
            lines.append(right(name, margin) + " │" + cells[row].map { " " + right($0, cell) }.joined())
        }
        return lines
    }
}
