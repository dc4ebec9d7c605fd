/// A sum whose rounding error does not grow with the number of terms (Neumaier's variant of Kahan's summation, with
/// Knuth's branchless error term). At least as near to the exact sum as numpy's pairwise summation.
struct Summation {
    private var sum = 0.0
    private var lost = 0.0

    init() {}

    @inline(__always)
    mutating func add(_ term: Double) {
        let next = sum + term
        let shadow = next - sum
        lost += (sum - (next - shadow)) + (term - shadow)
        sum = next
    }

    /// Infinite or NaN as plain addition would have it.
    var total: Double { sum.isFinite && lost.isFinite ? sum + lost : sum }

    /// Σ value(i) for i in 0..<count.
    @inline(__always)
    static func sum(count: Int, _ value: (Int) -> Double) -> Double {
        var sum = Summation()
        for index in 0..<count { sum.add(value(index)) }
        return sum.total
    }

    /// Σ weight(i)·value(i), with weights of 1 when there are none.
    @inline(__always)
    static func sum(count: Int, weights: [Double]?, _ value: (Int) -> Double) -> Double {
        guard let weights else { return sum(count: count, value) }
        return weights.withUnsafeBufferPointer { weights in
            sum(count: count) { weights[$0] * value($0) }
        }
    }

    /// Σ weight(i)·value(i) / Σ weight(i); NaN where that is 0/0.
    @inline(__always)
    static func mean(count: Int, weights: [Double]?, _ value: (Int) -> Double) -> Double {
        sum(count: count, weights: weights, value) / (weights.map { total(of: $0) } ?? Double(count))
    }

    static func total(of values: [Double]) -> Double {
        values.withUnsafeBufferPointer { values in sum(count: values.count) { values[$0] } }
    }
}
