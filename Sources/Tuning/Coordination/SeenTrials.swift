package import Documents

/// The trials that a sampler saw when it drew one, as the journal keeps them.
package struct SeenTrials: Sendable, Equatable {
    /// Complete and pruned ones in the order in which they ended.
    package let finished: [Int]
    package let running: [Int]

    package init(finished: [Int], running: [Int]) {
        self.finished = finished
        self.running = running
    }

    package var value: Value {
        ["finished": .string(Self.text(finished)), "running": .string(Self.text(running))]
    }

    package init?(_ value: Value?) {
        guard let mapping = value?.mapping, let finished = mapping["finished"]?.string.flatMap(Self.numbers),
            let running = mapping["running"]?.string.flatMap(Self.numbers)
        else { return nil }
        self.finished = finished
        self.running = running
    }

    /// `0-7,9,8`: runs that count upwards are drawn together.
    private static func text(_ numbers: [Int]) -> String {
        var parts: [String] = []
        var index = 0
        while index < numbers.count {
            var end = index
            while end + 1 < numbers.count, numbers[end + 1] == numbers[end] + 1 { end += 1 }
            parts.append(end > index ? "\(numbers[index])-\(numbers[end])" : "\(numbers[index])")
            index = end + 1
        }
        return parts.joined(separator: ",")
    }

    private static func numbers(_ text: String) -> [Int]? {
        var result: [Int] = []
        for part in text.split(separator: ",") {
            let ends = part.split(separator: "-").map { Int($0) }
            guard let first = ends.first, let low = first, let last = ends.last, let high = last, ends.count <= 2,
                low <= high, high < 10_000_000, result.count + (high - low) < 10_000_000
            else { return nil }
            result += low...high
        }
        return result
    }
}
