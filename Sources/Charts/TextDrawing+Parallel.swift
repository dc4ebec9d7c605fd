/// Parallel axes with characters: the best lines.
extension TextDrawing {
    /// So many strands can be told from one another; the strongest are the ones to see.
    private static let mostStrands = 12

    func draw(_ chart: ParallelAxes) -> [String] {
        let colors = RampScale(chart.ramp, chart.strands.lazy.map(\.value))
        let strands = chart.ordered(colors)
        guard !strands.isEmpty, !chart.axes.isEmpty else { return ["  (nothing to draw)"] }
        let shown = strands.suffix(Self.mostStrands)
        let columns = width - 4
        // Each axis gets at least the room of a short number.
        let axes = Array(chart.axes.indices.prefix(max(2, columns / 10)))
        let room = columns / axes.count
        let height = Self.rows * 4
        let scales = axes.map { chart.scale($0, from: Double(height - 5), to: 0, count: 4) }
        var canvas = TextCanvas(columns: room * (axes.count - 1) + 1, rows: Self.rows)
        for item in shown {
            let owner = item.strand.isMarked ? 1 : 0
            let places = axes.enumerated().map { place, axis -> (x: Int, y: Int) in
                let value = chart.value(item.strand, axis)
                return (place * room * 2, value.map { Int(scales[place].position($0).rounded()) } ?? height - 1)
            }
            for (start, end) in zip(places, places.dropFirst()) { canvas.line(from: start, to: end, by: owner) }
            guard item.strand.isMarked else { continue }
            for place in places { canvas.put("★", place.x, place.y, by: owner) }
        }
        func row(_ texts: [String]) -> String {
            texts.map { text in
                let short = AxisDrawing.shortenedInside(text, room - 1)
                return short + String(repeating: " ", count: max(1, room - short.count))
            }.joined()
        }
        var lines = ["  " + row(axes.map { chart.axes[$0].label })]
        lines.append("  " + row(scales.map { $0.ticks.last?.text ?? "" }))
        lines += (0..<Self.rows).map { "  " + canvas.text(row: $0, paint: paint) }
        lines.append("  " + row(scales.map { $0.ticks.first?.text ?? "" }))
        var notes = ["★ \(strands.last?.strand.name ?? "")"]
        if strands.count > shown.count { notes.append("the best \(shown.count) of \(strands.count)") }
        if axes.count < chart.axes.count { notes.append("the first \(axes.count) of \(chart.axes.count) axes") }
        return lines + ["  " + notes.joined(separator: ", ")]
    }
}
