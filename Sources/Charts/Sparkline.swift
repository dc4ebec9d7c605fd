/// A curve in one line of block characters.
package enum Sparkline {
    private static let blocks: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    /// Each character is the mean of its share of the values, the last one the last value; what is no number leaves a
    /// gap.
    ///
    /// - Parameter width: at most so many characters.
    package static func text(_ values: [Double], width: Int) -> String {
        guard width > 0, !values.isEmpty else { return "" }
        let columns = min(width, values.count)
        var means = (0..<columns).map { column -> Double? in
            let share = values[(column * values.count / columns)..<((column + 1) * values.count / columns)]
            let finite = share.filter(\.isFinite)
            return finite.isEmpty ? nil : finite.reduce(0) { $0 + $1 / Double(finite.count) }
        }
        if let last = values.last, last.isFinite { means[columns - 1] = last }
        let known = means.compactMap { $0 }
        guard let low = known.min(), let high = known.max() else { return String(repeating: " ", count: columns) }
        return String(
            means.map { mean -> Character in
                guard let mean else { return " " }
                guard high > low else { return blocks[3] }
                // Halves, since the largest numbers are further apart than any number is large.
                let share = (mean / 2 - low / 2) / (high / 2 - low / 2)
                return blocks[max(0, min(7, Int(share * 8)))]
            })
    }
}
