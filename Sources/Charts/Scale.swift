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
    /// Whether equal factors lie equally far apart.
    let isLog: Bool

    /// An axis around values, rounded to whole ticks where `isRounded`.
    ///
    /// - Parameter isWhole: Whether there is nothing between whole numbers, and so no tick.
    init(
        _ values: some Sequence<Double>, from start: Double, to end: Double, count: Int, includingZero: Bool = false,
        isWhole: Bool = false
    ) {
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
        isLog = false
        let step = max(Self.step(over: upper - lower, count: count), isWhole ? 1 : 0)
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
        isLog = false
        lower = -0.5
        upper = Double(max(1, categories.count)) - 0.5
        self.start = start
        self.end = end
        let every = max(1, (categories.count + count - 1) / max(1, count))
        ticks = categories.enumerated().filter { $0.offset % every == 0 }.map { (Double($0.offset), $0.element) }
    }

    /// An axis of logarithms around those values that are above 0.
    init(logarithms values: some Sequence<Double>, from start: Double, to end: Double, count: Int) {
        let known = values.filter { $0.isFinite && $0 > 0 }
        let least = known.min() ?? 1
        let most = known.max() ?? 10
        var steps = Self.decimals(around: least, most)
        // Numbers that are close together have ticks as elsewhere, only at other places.
        let linear = Scale([least, most], from: start, to: end, count: count)
        isLog = true
        self.start = start
        self.end = end
        guard steps.count > 2 || linear.lower <= 0 else {
            lower = linear.lower
            upper = linear.upper
            ticks = linear.ticks
            return
        }
        if steps.count < 2 { steps = [least, most].map { ($0, NumberText.exact($0), true) } }
        lower = steps[0].value
        upper = max(steps[steps.count - 1].value, lower * 1.000001)
        if steps.count > count + 1 {
            let decades = steps.filter(\.isDecade)
            let every = max(1, (decades.count + count - 1) / max(1, count))
            steps = decades.enumerated().filter { $0.offset % every == 0 }.map(\.element)
        }
        ticks = steps.map { ($0.value, $0.text) }
    }

    /// 1, 2 and 5 times the powers of ten, from the last at or below one number to the first at or above another.
    private static func decimals(
        around least: Double, _ most: Double
    ) -> [(value: Double, text: String, isDecade: Bool)] {
        let first = Int(log10(least).rounded(.down))
        let last = Int(log10(most).rounded(.up))
        var all: [(value: Double, text: String, isDecade: Bool)] = []
        for exponent in first...max(first, last) {
            for factor in [1, 2, 5] {
                let value = Double("\(factor)e\(exponent)") ?? 0
                guard value.isFinite, value > 0 else { continue }
                let text = abs(exponent) > 3 ? "\(factor)e\(exponent)" : NumberText.short(value)
                all.append((value, text, factor == 1))
            }
        }
        let lower = all.lastIndex { $0.value <= least } ?? 0
        let upper = all.firstIndex { $0.value >= most } ?? all.count - 1
        return lower <= upper ? Array(all[lower...upper]) : all
    }

    func position(_ value: Double) -> Double {
        start + share(value) * (end - start)
    }

    /// How far a number lies from the lower end: 0 there, 1 at the other end.
    func share(_ value: Double) -> Double {
        let share: Double
        if isLog {
            share = (log10(value) - log10(lower)) / (log10(upper) - log10(lower))
        } else {
            let extent = upper - lower
            // Between numbers at both ends of what a Double holds lies more than it holds.
            share = extent.isFinite ? (value - lower) / extent : (value / 2 - lower / 2) / (upper / 2 - lower / 2)
        }
        return share.isFinite ? share : 0
    }

    /// 1, 2 or 5 times a power of ten, so that about `count` of them cover the extent.
    private static func step(over extent: Double, count: Int) -> Double {
        let rough = extent / Double(max(1, count))
        let magnitude = pow(10, log10(rough).rounded(.down))
        let factor = [1.0, 2, 5].first { $0 * magnitude >= rough * 0.999 } ?? 10
        return factor * magnitude
    }
}
