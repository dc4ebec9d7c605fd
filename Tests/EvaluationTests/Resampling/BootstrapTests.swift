import Testing

@testable import Evaluation

@Suite("drawing rows") struct BootstrapTests {
    private static let values = (0..<50).map { Double(($0 * 37) % 50) }

    private static func mean(_ counts: [UInt32]) -> [Double] {
        let sum = zip(values, counts).reduce(0.0) { $0 + $1.0 * Double($1.1) }
        return [sum / counts.reduce(0.0) { $0 + Double($1) }]
    }

    @Test("the same seed gives the same draws on any number of threads, another seed gives others")
    func deterministic() throws {
        let units = Bootstrap.Units(rows: 50)
        let one = try Bootstrap(replicates: 97, seed: 7, threads: 1).values(of: units, count: 1, Self.mean)
        let many = try Bootstrap(replicates: 97, seed: 7, threads: 5).values(of: units, count: 1, Self.mean)
        let other = try Bootstrap(replicates: 97, seed: 8, threads: 1).values(of: units, count: 1, Self.mean)
        #expect(one == many)
        #expect(one != other)
        #expect(Set(one[0]).count > 50)
    }

    @Test("each draw has as many rows as there are, and their spread is that of the mean")
    func spread() throws {
        let bootstrap = Bootstrap(replicates: 2000, seed: 1, threads: 2)
        let sizes = try bootstrap.values(of: Bootstrap.Units(rows: 50), count: 1) { counts in
            [Double(counts.reduce(0, +))]
        }
        #expect(sizes[0].allSatisfy { $0 == 50 })
        let means = try bootstrap.values(of: Bootstrap.Units(rows: 50), count: 1, Self.mean)[0]
        let center = means.reduce(0, +) / 2000
        let deviation = (means.reduce(0) { $0 + ($1 - center) * ($1 - center) } / 2000).squareRoot()
        // The numbers 0 to 49 deviate by 14.43 from their mean, which a draw of 50 has by a root of 50 less.
        #expect(abs(center - 24.5) < 0.2 && abs(deviation - 14.43 / 50.0.squareRoot()) < 0.12)
    }

    @Test("rows of one cluster are drawn together, as often as each other")
    func clusters() throws {
        let clusters: [Int32] = [0, 0, 1, 2, 2, 2, 3]
        let units = Bootstrap.Units(rows: 7, clusters: clusters)
        #expect(units.count == 4)
        _ = try Bootstrap(replicates: 200, seed: 3).values(of: units, count: 1) { counts in
            #expect(counts[0] == counts[1] && counts[3] == counts[4] && counts[4] == counts[5])
            #expect(counts[0] + counts[2] + counts[3] + counts[6] == 4)
            return [0]
        }
    }

    @Test("the jackknife leaves each unit out once, in groups where there are very many")
    func jackknife() throws {
        let few = try Bootstrap().jackknife(of: Bootstrap.Units(rows: 7, clusters: [0, 0, 1, 2, 2, 2, 3]), count: 1) {
            [Double($0.reduce(0, +))]
        }
        #expect(few == [[5, 6, 4, 6]])
        let many = try Bootstrap(threads: 2).jackknife(of: Bootstrap.Units(rows: 2500), count: 1) {
            [Double($0.reduce(0, +))]
        }
        #expect(many[0].count == 1000 && many[0].reduce(0) { $0 + 2500 - $1 } == 2500)
        #expect(Set(many[0]) == [2497, 2498])
    }

    @Test("the probability of a difference counts both directions and is never zero")
    func pValue() {
        #expect(PairedDifference.pValue([1, 2, 3, 4]) == 0.4)
        #expect(PairedDifference.pValue([-1, 1, -1, 1]) == 1)
        #expect(PairedDifference.pValue([.nan, .nan, 1]) == nil)
    }
}
