package import Basics

/// What a progress line says, computed from events and the clock that the caller reads. No I/O, no time of its own.
package struct ProgressMeter: Sendable {
    private struct Work {
        var phase: ProgressPhase
        var items = 0
        var totalItems: Int
        var bytes: Int64 = 0
        /// What went over the network, of objects that are still on their way, too.
        var moved: Int64 = 0
        var totalBytes: Int64
        var start: Double
    }

    /// Phases may overlap (hashing while fetching); the one that began last is shown.
    private var work: [Work] = []

    package init() {}

    package var isIdle: Bool { work.isEmpty }

    /// Takes one event into account. When it ends a phase, the line that sums it up is returned.
    ///
    /// - Parameter now: seconds of any clock that only goes forward.
    package mutating func apply(_ event: ProgressEvent, now: Double) -> String? {
        switch event {
        case .began(let phase, let items, let bytes):
            if let index = index(of: phase) {
                // Totals that become known later arrive as another beginning of the same phase.
                work[index].totalItems = max(items, work[index].totalItems)
                work[index].totalBytes = max(bytes, work[index].totalBytes)
            } else {
                work.append(Work(phase: phase, totalItems: items, totalBytes: bytes, start: now))
            }
        case .advanced(let phase, let items, let bytes):
            guard let index = index(of: phase) else { return nil }
            work[index].items = work[index].items.addingClamped(items)
            work[index].bytes = work[index].bytes.addingClamped(bytes)
        case .moved(let bytes):
            guard let index = work.indices.last, work[index].phase.isTransfer else { return nil }
            work[index].moved = work[index].moved.addingClamped(bytes)
        case .ended(let phase):
            guard let index = index(of: phase) else { return nil }
            let ended = work.remove(at: index)
            return summary(of: ended, now: now)
        case .warning, .message:
            break
        }
        return nil
    }

    /// Seconds since the phase being shown began.
    package func age(now: Double) -> Double { work.last.map { now - $0.start } ?? 0 }

    /// The line to show at this moment, at most `width` columns wide; `nil` when nothing is going on.
    package func line(width: Int, now: Double) -> String? {
        guard var current = work.last else { return nil }
        current.bytes = max(current.bytes, current.moved)
        let elapsed = max(0, now - current.start)
        var facts: [String] = []
        let fraction = fraction(of: current)
        if let fraction { facts.append("\(Int(fraction * 100))%") }
        facts.append(amounts(of: current))
        if let rate = rate(of: current, elapsed: elapsed) { facts.append(rate) }
        if let fraction, fraction > 0, fraction < 1, elapsed >= 1 {
            facts.append("ETA " + Self.duration(elapsed / fraction - elapsed))
        }
        let tail = facts.filter { !$0.isEmpty }.joined(separator: "  ")
        let name = current.phase.rawValue
        let room = width - name.count - tail.count - 5
        if let fraction, room >= 10 {
            return "\(name) [\(Self.bar(fraction, cells: min(room, 30)))] \(tail)"
        }
        return String((tail.isEmpty ? name : "\(name) \(tail)").prefix(max(0, width - 1)))
    }

    private func index(of phase: ProgressPhase) -> Int? { work.lastIndex { $0.phase == phase } }

    /// By bytes where their total is known, since files differ in size by orders of magnitude.
    private func fraction(of work: Work) -> Double? {
        if work.totalBytes > 0 { return min(1, max(0, Double(work.bytes) / Double(work.totalBytes))) }
        if work.totalItems > 0 { return min(1, max(0, Double(work.items) / Double(work.totalItems))) }
        return nil
    }

    private func amounts(of work: Work) -> String {
        var parts: [String] = []
        if work.totalItems > 0 {
            parts.append("\(work.items)/\(work.totalItems)")
        } else if work.items > 0 {
            parts.append("\(work.items)")
        }
        if work.totalBytes > 0 {
            parts.append("\(ByteCount(work.bytes))/\(ByteCount(work.totalBytes))")
        } else if work.bytes > 0 {
            parts.append("\(ByteCount(work.bytes))")
        }
        return parts.joined(separator: "  ")
    }

    private func rate(of work: Work, elapsed: Double) -> String? {
        guard elapsed >= 0.5 else { return nil }
        if work.bytes > 0 { return "\(ByteCount(Int64(clamping: Double(work.bytes) / elapsed)))/s" }
        return work.items > 0 ? "\(Int(clamping: Double(work.items) / elapsed))/s" : nil
    }

    private func summary(of work: Work, now: Double) -> String {
        let elapsed = max(0, now - work.start)
        let facts = [
            work.items > 0 ? "\(work.items)" : "", work.bytes > 0 ? "\(ByteCount(work.bytes))" : "",
            rate(of: work, elapsed: elapsed) ?? "", "in " + Self.duration(elapsed),
        ]
        return ([work.phase.rawValue] + facts.filter { !$0.isEmpty }).joined(separator: "  ")
    }

    static func bar(_ fraction: Double, cells: Int) -> String {
        let full = Int(min(1, max(0, fraction)) * Double(cells))
        return String(repeating: "#", count: full) + String(repeating: ".", count: cells - full)
    }

    /// `9s`, `2:05`, `1:02:05`.
    package static func duration(_ seconds: Double) -> String {
        let whole = Int(clamping: seconds.rounded())
        guard whole >= 60 else { return "\(whole)s" }
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return whole < 3600
            ? "\(whole / 60):\(two(whole % 60))"
            : "\(whole / 3600):\(two(whole / 60 % 60)):\(two(whole % 60))"
    }
}

extension FixedWidthInteger {
    fileprivate func addingClamped(_ other: Self) -> Self {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }

    /// The nearest value; 0 for what is not a number.
    fileprivate init(clamping value: Double) {
        self = value.isNaN ? 0 : Self(exactly: value.rounded()) ?? (value < 0 ? .min : .max)
    }
}
