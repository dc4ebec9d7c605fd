/// Between the two nearest values in proportion, as NumPy's `percentile` has it unless it is told otherwise.
///
/// - Parameters:
///   - sorted: in rising order.
///   - share: from 0 to 1; what lies outside counts as the nearer of them.
/// - Returns: NaN of no values.
package func linearQuantile(_ sorted: [Double], _ share: Double) -> Double {
    guard let last = sorted.last else { return .nan }
    let place = min(max(share, 0), 1) * Double(sorted.count - 1)
    let lower = Int(place.rounded(.down))
    guard lower + 1 < sorted.count else { return last }
    let part = place - Double(lower)
    let (below, above) = (sorted[lower], sorted[lower + 1])
    // From the nearer end, as NumPy does, so that the last bit is the same.
    return part < 0.5 ? below + (above - below) * part : above - (above - below) * (1 - part)
}
