/// How much of the space before a reference point a set of losses covers.
package enum Hypervolume {
    /// - Parameter reference: A point that is nowhere better than any of the set; parts of the set beyond it count as
    ///   nothing.
    package static func volume(_ losses: [[Double]], reference: [Double]) -> Double {
        let inside = losses.filter { loss in zip(loss, reference).allSatisfy { $0 <= $1 } }
        guard !inside.isEmpty else { return 0 }
        guard reference.allSatisfy(\.isFinite) else { return .infinity }
        let volume = reference.count == 2 ? area(inside, reference) : covered(front(inside), reference)
        return volume.isFinite ? volume : .infinity
    }

    private static func area(_ losses: [[Double]], _ reference: [Double]) -> Double {
        var sum = 0.0
        var height = reference[1]
        for loss in front(losses) {
            guard loss[1] < height else { continue }
            sum += (reference[0] - loss[0]) * (height - loss[1])
            height = loss[1]
        }
        return sum
    }

    /// The algorithm of While, Bradstreet and Barone: what each adds to those that come after it.
    private static func covered(_ losses: [[Double]], _ reference: [Double]) -> Double {
        var sum = 0.0
        for (index, loss) in losses.enumerated() {
            let own = box(loss, reference)
            let after = losses[(index + 1)...].map { other in zip(loss, other).map(max) }
            sum += after.isEmpty ? own : own - covered(front(after), reference)
        }
        return sum
    }

    private static func box(_ loss: [Double], _ reference: [Double]) -> Double {
        var product = 1.0
        for (value, limit) in zip(loss, reference) { product *= limit - value }
        return product
    }

    /// The front without doubles, sorted.
    private static func front(_ losses: [[Double]]) -> [[Double]] {
        var unique: [[Double]] = []
        for loss in losses.sorted(by: { $0.lexicographicallyPrecedes($1) }) where unique.last != loss {
            unique.append(loss)
        }
        return ParetoFront.members(unique).map { unique[$0] }
    }

    /// Chooses so many that they cover much together: one after the other, always the one that adds most.
    package static func subset(_ losses: [[Double]], count: Int, reference: [Double]) -> [Int] {
        guard count < losses.count else { return Array(losses.indices) }
        var unique: [Int] = []
        let sorted = losses.indices.sorted {
            losses[$0] == losses[$1] ? $0 < $1 : losses[$0].lexicographicallyPrecedes(losses[$1])
        }
        for index in sorted where unique.last.map({ losses[$0] != losses[index] }) ?? true { unique.append(index) }
        if unique.count < count {
            let chosen = Set(unique)
            let doubles = losses.indices.filter { !chosen.contains($0) }
            return (unique + doubles.prefix(count - unique.count)).sorted()
        }
        guard reference.allSatisfy(\.isFinite) else { return Array(unique.prefix(count)) }
        var chosen: [Int] = []
        var rest = unique
        var total = 0.0
        while chosen.count < count {
            var best: (position: Int, gain: Double)?
            for (position, index) in rest.enumerated() {
                let with = volume((chosen + [index]).map { losses[$0] }, reference: reference)
                let gain = with - total
                if best.map({ gain > $0.gain }) ?? true { best = (position, gain) }
            }
            guard let best else { break }
            chosen.append(rest.remove(at: best.position))
            total += best.gain
        }
        return chosen
    }
}
