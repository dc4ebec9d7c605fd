/// The candidate that a mistyped word most likely meant, if any is near.
package func nearest(to word: String, among candidates: [String]) -> String? {
    let limit = max(1, word.utf8.count / 3)
    let ranked = candidates.map { (name: $0, distance: editDistance(Array(word.utf8), Array($0.utf8))) }
    return ranked.filter { $0.distance <= limit }.min { $0.distance < $1.distance }?.name
}

/// How many letters must be added, left out, replaced or swapped with their neighbour.
private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    // Words longer than any name are not typos; comparing them would only cost time.
    guard left.count <= 64, right.count <= 64 else { return .max }
    var beforePrevious: [Int] = []
    var previous = Array(0...right.count)
    for row in 0..<left.count {
        var current = [row + 1]
        for column in 0..<right.count {
            var cost = min(
                previous[column + 1] + 1, current[column] + 1,
                previous[column] + (left[row] == right[column] ? 0 : 1))
            if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                cost = min(cost, beforePrevious[column - 1] + 1)
            }
            current.append(cost)
        }
        (beforePrevious, previous) = (previous, current)
    }
    return previous[right.count]
}
