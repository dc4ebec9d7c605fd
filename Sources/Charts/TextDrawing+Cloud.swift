/// Clouds with characters: shades between their points.
extension TextDrawing {
    /// From faint to strong.
    private static let shades: [Character] = ["·", "░", "▒", "▓", "█"]

    func draw(_ clouds: [Cloud], _ ramp: Ramp) -> [String] {
        let colors = RampScale(ramp, clouds.lazy.flatMap(\.spots).map(\.value))
        var lines: [String] = []
        for cloud in clouds {
            if clouds.count > 1 { lines.append("  \(cloud.title)") }
            lines += draw(cloud, colors)
        }
        let ends = [0.0, 1].map { ramp.isReversed ? 1 - $0 : $0 }.compactMap { share in
            share == 0 ? colors.scale.ticks.first?.text : colors.scale.ticks.last?.text
        }
        guard clouds.contains(where: \.isFilled), ends.count == 2 else { return lines }
        let words = [ramp.axis.label, ramp.meaning].filter { !$0.isEmpty }.joined(separator: " · ")
        return lines + ["  \(ends[0]) \(String(Self.shades)) \(ends[1])  \(words)"]
    }

    private func draw(_ cloud: Cloud, _ colors: RampScale) -> [String] {
        let spots = cloud.drawable(colors)
        guard !spots.isEmpty else { return ["  (nothing to draw)"] }
        let height = Self.rows * 4
        let y = cloud.y.scale(
            spots.lazy.map(\.spot.y), from: Double(height - 1), to: 0, count: cloud.y.categories.isEmpty ? 4 : Self.rows
        )
        let margin = min(width / 3, y.ticks.map { $0.text.count }.max() ?? 0)
        let columns = max(10, width - margin - 3)
        let x = cloud.x.scale(
            spots.lazy.map(\.spot.x), from: 0, to: Double(columns * 2 - 1), count: max(2, columns / 14))
        var canvas = TextCanvas(columns: columns, rows: Self.rows)
        if cloud.isFilled {
            let samples = spots.map { item in
                Field.Sample(x: x.share(item.spot.x), y: y.share(item.spot.y), value: item.strength)
            }
            fill(
                &canvas,
                Field(
                    samples, columns: columns, rows: Self.rows, xNames: cloud.x.categories.count,
                    yNames: cloud.y.categories.count))
        }
        for (place, item) in spots.enumerated() where !item.spot.isMarked && !cloud.isFilled {
            let right = cloud.x.categories.isEmpty ? 0 : Cloud.aside(place)
            let up = cloud.y.categories.isEmpty ? 0 : Cloud.aside(place)
            canvas.set(
                Int(x.position(item.spot.x + right).rounded()), Int(y.position(item.spot.y + up).rounded()), by: 0)
        }
        for (spot, _) in spots where spot.isMarked {
            canvas.put("★", Int(x.position(spot.x).rounded()), Int(y.position(spot.y).rounded()), by: 1)
        }
        let rows = (0..<Self.rows).map { canvas.text(row: $0, paint: paint) }
        return framed(
            rows, x: x, y: y, margin: margin, columns: columns, words: "\(cloud.x.label) → \(cloud.y.label)")
    }

    private func fill(_ canvas: inout TextCanvas, _ field: Field) {
        for row in 0..<canvas.rows {
            for column in 0..<canvas.columns {
                // Rows of characters go down, those of the field up.
                let up = (canvas.rows - 1 - row) * field.rows / canvas.rows
                guard let value = field[up, column * field.columns / canvas.columns] else { continue }
                let shade = min(Self.shades.count - 1, max(0, Int(value * Double(Self.shades.count))))
                canvas.put(Self.shades[shade], column * 2, row * 4, by: 0)
            }
        }
    }
}
