import Basics
import Tables

/// Rows to learn from or to be judged by: numbers row by row, the target, and what each row counts.
struct TrainingRows<Number: BinaryFloatingPoint & Sendable>: Sendable {
    private(set) var width: Int
    private(set) var values: [Number]
    private(set) var target: [Double]
    private(set) var weights: [Double]?
    /// The number of each row's group; the rows of a group stand together.
    private(set) var groups: [Int]?

    var count: Int { target.count }

    init(width: Int, values: [Number], target: [Double], weights: [Double]?, groups: [Int]?) {
        self.width = width
        self.values = values
        self.target = target
        self.weights = weights
        self.groups = nil
        guard let groups else { return }
        // The library wants the rows of a group together; a stable sort keeps their order within.
        let order = groups.indices.sorted { (groups[$0], $0) < (groups[$1], $1) }
        if order.indices.allSatisfy({ order[$0] == $0 }) {
            self.groups = groups
        } else {
            self.groups = groups
            self = subset(order)
        }
    }

    /// These rows in this order.
    func subset(_ rows: [Int]) -> TrainingRows {
        var copy = self
        copy.values = []
        copy.values.reserveCapacity(rows.count * width)
        for row in rows { copy.values.append(contentsOf: values[row * width..<(row + 1) * width]) }
        copy.target = rows.map { target[$0] }
        copy.weights = weights.map { weights in rows.map { weights[$0] } }
        copy.groups = groups.map { groups in rows.map { groups[$0] } }
        return copy
    }

    /// How many rows each group has, in the order of the rows.
    var groupSizes: [UInt32]? {
        guard let groups else { return nil }
        var sizes: [UInt32] = []
        var last: Int?
        for group in groups {
            if group == last { sizes[sizes.count - 1] += 1 } else { sizes.append(1) }
            last = group
        }
        return sizes
    }
}

/// How rows are divided, decided by the seed alone.
struct RowDivision {
    private let rows: Int
    /// The class of each row, where the classes should be spread evenly.
    private let classes: [Int]?
    private let groups: [Int]?
    private let seed: Int

    init(rows: Int, classes: [Int]?, groups: [Int]?, seed: Int) {
        self.rows = rows
        self.classes = classes
        self.groups = groups
        self.seed = seed
    }

    /// Which rows are kept back: so large a part of each class, or of the groups.
    func keptBack(_ fraction: Double) throws(Failure) -> [Bool] {
        var isKept = [Bool](repeating: false, count: rows)
        for pool in pools() {
            let units = pool.units
            // One unit at least stays to learn from.
            let count = min(Int((Double(units.count) * fraction).rounded()), units.count - 1)
            for unit in units.prefix(max(0, count)) { for row in unit { isKept[row] = true } }
        }
        guard isKept.contains(true) else {
            throw Failure(
                "\(fraction) of \(rows) rows is none at all to judge by", remedy: "choose a larger `--valid-fraction`")
        }
        return isKept
    }

    /// The fold of each row.
    func folds(_ count: Int) throws(Failure) -> [Int] {
        var fold = [Int](repeating: 0, count: rows)
        var next = 0
        var units = 0
        for pool in pools() {
            units += pool.units.count
            for unit in pool.units {
                for row in unit { fold[row] = next }
                next = (next + 1) % count
            }
        }
        guard units >= count else {
            throw Failure("\(units) \(groups == nil ? "rows" : "groups") cannot be divided into \(count) folds")
        }
        return fold
    }

    private struct Pool {
        /// Rows that stay together.
        var units: [[Int]]
    }

    private func pools() -> [Pool] {
        var pools: [Pool] = []
        if let groups {
            var units: [[Int]] = []
            var places: [Int: Int] = [:]
            for (row, group) in groups.enumerated() {
                if let place = places[group] {
                    units[place].append(row)
                } else {
                    places[group] = units.count
                    units.append([row])
                }
            }
            pools = [Pool(units: units)]
        } else if let classes {
            pools = [Pool](repeating: Pool(units: []), count: (classes.max() ?? 0) + 1)
            for (row, place) in classes.enumerated() { pools[place].units.append([row]) }
        } else {
            pools = [Pool(units: (0..<rows).map { [$0] })]
        }
        let source = RandomSource(seed: UInt64(seed))
        for place in pools.indices {
            var random = source.split(UInt64(place))
            random.shuffle(&pools[place].units)
        }
        return pools
    }
}
