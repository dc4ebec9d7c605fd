/// Clouds, parallel axes and timelines with characters.
extension TextDrawing {
    // MARK: Clouds

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

    // MARK: Parallel axes

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

    // MARK: Timelines

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
