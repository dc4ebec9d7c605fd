#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// An axis: which numbers it covers, and where they lie.
struct Scale {
    let lower: Double
    let upper: Double
    /// Where `lower` and `upper` lie, in pixels or characters.
    let start: Double
    let end: Double
    let ticks: [(value: Double, text: String)]

    /// An axis around values, rounded to whole ticks where `isRounded`.
    init(_ values: some Sequence<Double>, from start: Double, to end: Double, count: Int, includingZero: Bool = false) {
        var lower = Double.infinity
        var upper = -Double.infinity
        for value in values where value.isFinite {
            lower = min(lower, value)
            upper = max(upper, value)
        }
        if includingZero || lower > upper {
            lower = min(lower, 0)
            upper = max(upper, 0)
        }
        if lower == upper {
            let margin = lower == 0 ? 1 : max(abs(lower) / 2, .leastNormalMagnitude)
            lower = max(lower - margin, -.greatestFiniteMagnitude)
            upper = min(upper + margin, .greatestFiniteMagnitude)
        }
        let step = Self.step(over: upper - lower, count: count)
        // Numbers at the end of what a Double can hold leave no room for ticks.
        guard step.isFinite, step > 0, (upper / step).isFinite, abs(upper / step) < 1e15, abs(lower / step) < 1e15
        else {
            self.lower = lower
            self.upper = upper
            self.start = start
            self.end = end
            ticks = [(lower, NumberText.exact(lower)), (upper, NumberText.exact(upper))]
            return
        }
        let first = (lower / step).rounded(.down)
        let last = (upper / step).rounded(.up)
        self.lower = first * step
        self.upper = last * step
        self.start = start
        self.end = end
        ticks = stride(from: first, through: last, by: 1).prefix(100).map { position in
            (position * step, NumberText.tick(position * step, step: step))
        }
    }

    /// An axis with a place for each of some names, at 0, 1, …
    init(categories: [String], from start: Double, to end: Double, count: Int) {
        lower = -0.5
        upper = Double(max(1, categories.count)) - 0.5
        self.start = start
        self.end = end
        let every = max(1, (categories.count + count - 1) / max(1, count))
        ticks = categories.enumerated().filter { $0.offset % every == 0 }.map { (Double($0.offset), $0.element) }
    }

    func position(_ value: Double) -> Double {
        let extent = upper - lower
        // Between numbers at both ends of what a Double holds lies more than it holds.
        let share = extent.isFinite ? (value - lower) / extent : (value / 2 - lower / 2) / (upper / 2 - lower / 2)
        return start + (share.isFinite ? share : 0) * (end - start)
    }

    /// 1, 2 or 5 times a power of ten, so that about `count` of them cover the extent.
    private static func step(over extent: Double, count: Int) -> Double {
        let rough = extent / Double(max(1, count))
        let magnitude = pow(10, log10(rough).rounded(.down))
        let factor = [1.0, 2, 5].first { $0 * magnitude >= rough * 0.999 } ?? 10
        return factor * magnitude
    }
}
