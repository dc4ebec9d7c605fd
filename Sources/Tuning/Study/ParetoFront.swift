/// Which of several results no other beats in every objective. All values here are losses: less is better.
package enum ParetoFront {
    /// Whether `a` is nowhere worse than `b` and somewhere better.
    package static func dominates(_ a: [Double], _ b: [Double]) -> Bool {
        var isBetter = false
        for (x, y) in zip(a, b) {
            if x > y { return false }
            if x < y { isBetter = true }
        }
        return isBetter
    }

    /// The places of those that nothing dominates; equal ones all count.
    package static func members(_ losses: [[Double]]) -> [Int] {
        losses.indices.filter { index in !losses.contains { dominates($0, losses[index]) } }
    }

    /// The layer of each: 0 for the front, 1 for the front of the rest, and so on.
    ///
    /// - Parameters:
    ///   - penalties: By how much each breaks its constraints. Those above 0 come after all feasible ones, the least
    ///     broken first.
    ///   - needed: Layers are told apart until so many are ranked; the rest shares one.
    package static func ranks(_ losses: [[Double]], penalties: [Double]? = nil, needed: Int? = nil) -> [Int] {
        guard let penalties else { return layers(losses, needed: needed ?? losses.count) }
        let feasible = losses.indices.filter { penalties[$0] <= 0 }
        let broken = losses.indices.filter { penalties[$0] > 0 }
        var result = [Int](repeating: 0, count: losses.count)
        let needed = needed ?? losses.count
        for (index, rank) in zip(feasible, layers(feasible.map { losses[$0] }, needed: needed)) {
            result[index] = rank
        }
        let first = (feasible.map { result[$0] }.max() ?? -1) + 1
        let amounts = Array(Set(broken.map { penalties[$0] })).sorted()
        for index in broken { result[index] = first + (amounts.firstIndex(of: penalties[index]) ?? 0) }
        return result
    }

    private static func layers(_ losses: [[Double]], needed: Int) -> [Int] {
        var result = [Int](repeating: 0, count: losses.count)
        var rest = Array(losses.indices)
        var rank = 0
        while !rest.isEmpty, losses.count - rest.count < needed {
            let front = members(rest.map { losses[$0] }).map { rest[$0] }
            // Values that cannot be compared (NaN) dominate nothing and are dominated by nothing.
            for index in front { result[index] = rank }
            let taken = Set(front)
            rest.removeAll { taken.contains($0) }
            rank += 1
        }
        for index in rest { result[index] = rank }
        return result
    }

    /// How much room each of a front has between its neighbours (Deb's crowding distance); ends have an infinite one.
    package static func crowding(_ losses: [[Double]]) -> [Double] {
        var result = [Double](repeating: 0, count: losses.count)
        guard let objectives = losses.first?.count else { return result }
        for objective in 0..<objectives {
            let order = losses.indices.sorted {
                losses[$0][objective] != losses[$1][objective]
                    ? losses[$0][objective] < losses[$1][objective] : $0 < $1
            }
            let values = order.map { losses[$0][objective] }
            guard let first = values.first, let last = values.last, first != last else { continue }
            let finite = values.filter(\.isFinite)
            let span = (finite.last ?? 0) - (finite.first ?? 0)
            let width = span > 0 ? span : 1
            for (position, index) in order.enumerated() {
                let before = position == 0 ? -Double.infinity : values[position - 1]
                let after = position + 1 == values.count ? Double.infinity : values[position + 1]
                result[index] += before == after ? 0 : (after - before) / width
            }
        }
        return result
    }
}
