/// Timelines with characters: a row for each lane.
extension TextDrawing {
    private static let kindLetters: [Character] = ["█", "▒", "✕", "▞", "░", "▚", "▓"]

    func draw(_ timeline: Timeline) -> [String] {
        let lanes = timeline.lanes
        guard !lanes.isEmpty else { return ["  (nothing to draw)"] }
        let margin = String(lanes.count).count
        let columns = max(10, width - margin - 4)
        let x = Scale(
            lanes.joined().flatMap { [$0.start, $0.end] }, from: 0, to: Double(columns * 2 - 1),
            count: max(2, columns / 14))
        let shown = lanes.prefix(Timeline.mostLanes)
        let rows = shown.map { spans -> String in
            var canvas = TextCanvas(columns: columns, rows: 1)
            for span in spans {
                let start = Int(x.position(span.start)) / 2
                // Two that follow one another leave a gap, if there is room for one.
                let end = Int(x.position(span.end)) / 2 - 1
                let last = end - start > 1 ? end - 1 : max(start, end)
                for column in start...last {
                    let letter = Self.kindLetters[span.kind % Self.kindLetters.count]
                    canvas.put(letter, column * 2, 0, by: span.kind)
                }
            }
            return canvas.text(row: 0, paint: paint)
        }
        let pad = String(repeating: " ", count: margin)
        var lines = rows.enumerated().map { lane, row in
            let name = String(lane + 1)
            return "\(pad.dropFirst(name.count))\(name) │\(row)"
        }
        lines.append(pad + " └" + String(repeating: "─", count: columns))
        lines.append(pad + "  " + ticks(x, columns: columns))
        lines.append(pad + "  \(timeline.xLabel)")
        if lanes.count > shown.count { lines.append(pad + "  … \(lanes.count - shown.count) more lanes") }
        return lines
            + timeline.presentKinds.map { kind in
                "  " + paint(String(Self.kindLetters[kind % Self.kindLetters.count]), kind) + " " + timeline.kinds[kind]
            }
    }
}
