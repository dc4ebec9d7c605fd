import Basics

/// Functional analysis of variance over a forest of regression trees.
enum ForestAnova {
    static let trees = 64
    static let depth = 64

    /// One column of the forest: a number, or whether a choice is taken.
    private struct Column {
        let parameter: Int
        let low: Double
        let high: Double
        let choice: Double?
    }

    static func amounts(_ trials: [Trial], _ values: [Double], seed: UInt64) -> [(name: String, amount: Double)] {
        // Parameters that every trial has.
        var common = trials.first?.settings ?? []
        for trial in trials { common = common.filter { trial[$0.name]?.distribution == $0.distribution } }
        let single = common.filter(\.distribution.isSingle).map { (name: $0.name, amount: 0.0) }
        common = common.filter { !$0.distribution.isSingle }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        guard trials.count > 1, !common.isEmpty else { return common.map { ($0.name, 0) } + single }
        var columns: [Column] = []
        for (index, setting) in common.enumerated() {
            if case .categorical(let choices) = setting.distribution {
                columns += choices.indices.map {
                    Column(parameter: index, low: 0, high: 1, choice: Double($0))
                }
            } else {
                columns.append(
                    Column(
                        parameter: index, low: setting.distribution.low, high: setting.distribution.high, choice: nil))
            }
        }
        let rows = trials.map { trial in
            let insides = common.map { trial[$0.name]?.inside ?? 0 }
            return columns.map { column in
                column.choice.map { insides[column.parameter] == $0 ? 1 : 0 } ?? insides[column.parameter]
            }
        }
        let bounds = columns.map { ($0.low, $0.high) }
        var fractions = [Double](repeating: 0, count: common.count)
        var counted = 0
        for tree in 0..<trees {
            var random = RandomSource(seed: seed).split(UInt64(tree))
            let sample = rows.indices.map { _ in random.below(rows.count) }
            let grown = RegressionTree(sample.map { rows[$0] }, sample.map { values[$0] }, depth: depth, &random)
            let boxes = grown.boxes(bounds)
            let variance = weightedVariance(boxes.map { ($0.value, $0.volume) })
            guard variance > 0 else { continue }
            counted += 1
            for parameter in common.indices {
                let own = columns.indices.filter { columns[$0].parameter == parameter }
                fractions[parameter] += marginalVariance(boxes, own, bounds) / variance
            }
        }
        guard counted > 0 else { return common.map { ($0.name, 0) } + single }
        return zip(common, fractions).map { ($0.name, $1 / Double(counted)) } + single
    }

    /// The variance of what the tree says on average for each value of some columns.
    private static func marginalVariance(
        _ boxes: [RegressionTree.Box], _ columns: [Int], _ bounds: [(Double, Double)]
    ) -> Double {
        // Cells between all borders of each column; a choice has two, taken and not.
        let cells = columns.map { column -> [(middle: Double, width: Double)] in
            var borders = Set(boxes.flatMap { [$0.low[column], $0.high[column]] })
            borders.formUnion([bounds[column].0, bounds[column].1])
            let sorted = borders.sorted()
            return zip(sorted, sorted.dropFirst()).map { (($0 + $1) / 2, $1 - $0) }
        }
        var items: [(Double, Double)] = []
        var counters = columns.map { _ in 0 }
        // The cells of many choices at once would be too many; beyond that the rest is left out.
        for _ in 0..<min(1 << 14, cells.reduce(1) { min(1 << 20, $0 * max(1, $1.count)) }) {
            var weight = 1.0
            for (index, counter) in counters.enumerated() { weight *= cells[index][counter].width }
            var sum = 0.0
            var volume = 0.0
            for box in boxes {
                var isInside = true
                var share = box.volume
                for (index, column) in columns.enumerated() {
                    let middle = cells[index][counters[index]].middle
                    guard middle > box.low[column], middle <= box.high[column] else {
                        isInside = false
                        break
                    }
                    share /= box.high[column] - box.low[column]
                }
                guard isInside else { continue }
                sum += box.value * share
                volume += share
            }
            if volume > 0 { items.append((sum / volume, weight * volume)) }
            for index in counters.indices.reversed() {
                counters[index] += 1
                if counters[index] < cells[index].count { break }
                counters[index] = 0
            }
        }
        return weightedVariance(items)
    }

    private static func weightedVariance(_ items: [(Double, Double)]) -> Double {
        var sum = 0.0
        var weights = 0.0
        for (value, weight) in items {
            sum += value * weight
            weights += weight
        }
        guard weights > 0 else { return 0 }
        let mean = sum / weights
        var squares = 0.0
        for (value, weight) in items { squares += (value - mean) * (value - mean) * weight }
        return squares / weights
    }
}

/// A tree that is split where the squares of the errors fall most, until its leaves are pure.
struct RegressionTree {
    struct Box {
        let low: [Double]
        let high: [Double]
        let value: Double
        let volume: Double
    }

    private enum Node {
        case leaf(Double)
        case split(column: Int, at: Double, left: Int, right: Int)
    }

    private var nodes: [Node] = []

    init(_ rows: [[Double]], _ values: [Double], depth: Int, _ random: inout RandomSource) {
        _ = grow(rows, values, Array(rows.indices), depth, &random)
    }

    private mutating func grow(
        _ rows: [[Double]], _ values: [Double], _ members: [Int], _ depth: Int, _ random: inout RandomSource
    ) -> Int {
        let place = nodes.count
        var sum = 0.0
        for member in members { sum += values[member] }
        nodes.append(.leaf(sum / Double(max(1, members.count))))
        guard depth > 0, members.count >= 2, members.contains(where: { values[$0] != values[members[0]] }) else {
            return place
        }
        var best: (column: Int, at: Double, gain: Double)?
        var columns = Array(rows[0].indices)
        // Of equal splits the first is taken, and no column shall be preferred.
        random.shuffle(&columns)
        for column in columns {
            let order = members.sorted { rows[$0][column] < rows[$1][column] }
            var left = 0.0
            for (index, member) in order.enumerated().dropLast() {
                left += values[member]
                let (here, next) = (rows[member][column], rows[order[index + 1]][column])
                guard next > here else { continue }
                let leftCount = Double(index + 1)
                let rightCount = Double(order.count) - leftCount
                let gain = left * left / leftCount + (sum - left) * (sum - left) / rightCount
                if best.map({ gain > $0.gain }) ?? true { best = (column, here / 2 + next / 2, gain) }
            }
        }
        guard let best else { return place }
        let left = grow(rows, values, members.filter { rows[$0][best.column] <= best.at }, depth - 1, &random)
        let right = grow(rows, values, members.filter { rows[$0][best.column] > best.at }, depth - 1, &random)
        nodes[place] = .split(column: best.column, at: best.at, left: left, right: right)
        return place
    }

    /// The leaves as parts of the space.
    func boxes(_ bounds: [(Double, Double)]) -> [Box] {
        var result: [Box] = []
        func walk(_ node: Int, _ low: [Double], _ high: [Double]) {
            switch nodes[node] {
            case .leaf(let value):
                var volume = 1.0
                for (a, b) in zip(low, high) { volume *= b - a }
                if volume > 0 { result.append(Box(low: low, high: high, value: value, volume: volume)) }
            case .split(let column, let at, let left, let right):
                var lower = high
                lower[column] = min(at, high[column])
                var upper = low
                upper[column] = max(at, low[column])
                walk(left, low, lower)
                walk(right, upper, high)
            }
        }
        walk(0, bounds.map(\.0), bounds.map(\.1))
        return result
    }
}
