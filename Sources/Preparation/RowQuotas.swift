import Basics

/// Takes so many rows for each side out of all there are, every choice as likely as the other, in one pass.
///
/// For each row a side is drawn with the chance that its open places have among those of all sides (Knuth, volume 2,
/// algorithm S, for more sides than two).
struct RowQuotas: Sendable {
    private var open: [Int]
    private var rest: Int
    private var random: RandomSource

    init(_ quotas: [Int], random: RandomSource) {
        open = quotas
        rest = quotas.reduce(0, +)
        self.random = random
    }

    /// - Returns: `nil` where more rows come than were counted.
    mutating func next() -> Int? {
        guard rest > 0 else { return nil }
        var draw = random.below(rest)
        rest -= 1
        for side in open.indices {
            if draw < open[side] {
                open[side] -= 1
                return side
            }
            draw -= open[side]
        }
        return nil
    }

    /// How many of the rows of each group go to each side: whole numbers near the ratios, whose roundings do not add
    /// up over the groups.
    static func quotas(of counts: [Int], ratios: [Double]) -> [[Int]] {
        var carried = [Double](repeating: 0, count: ratios.count)
        return counts.map { count in
            let wished = ratios.indices.map { Double(count) * ratios[$0] + carried[$0] }
            // A hair is added, since 0.7 of 10 is a little less than 7 in binary numbers.
            var quotas = wished.map { max(0, min(count, Int(($0 + 1e-9).rounded(.down)))) }
            while quotas.reduce(0, +) > count {
                let most = quotas.indices.max { quotas[$0] < quotas[$1] } ?? 0
                quotas[most] -= 1
            }
            while quotas.reduce(0, +) < count {
                let gaps = quotas.indices.map { wished[$0] - Double(quotas[$0]) }
                // Of sides that lack as much the first gets the row.
                let next = gaps.indices.max { gaps[$0] < gaps[$1] || gaps[$0] == gaps[$1] && $0 > $1 } ?? 0
                quotas[next] += 1
            }
            for side in ratios.indices { carried[side] = wished[side] - Double(quotas[side]) }
            return quotas
        }
    }
}
