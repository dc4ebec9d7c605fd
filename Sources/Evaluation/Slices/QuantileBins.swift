import Basics

/// Numbers divided into groups of about equal size.
enum QuantileBins {
    /// - Parameter numbers: NaN where a cell is missing.
    static func column(_ numbers: [Double], bins: Int) -> EvaluationData.SliceColumn {
        let sorted = numbers.filter { !$0.isNaN }.sorted()
        guard !sorted.isEmpty else {
            return EvaluationData.SliceColumn(codes: numbers.map { _ in -1 }, levels: [])
        }
        var edges: [Double] = []
        for place in 0...bins {
            let edge = linearQuantile(sorted, Double(place) / Double(bins))
            if edges.last != edge { edges.append(edge) }
        }
        if edges.count == 1 { edges.append(edges[0]) }
        let levels = (1..<edges.count).map { place in
            let (low, high) = (LabelColumn.name(edges[place - 1]), LabelColumn.name(edges[place]))
            return "[\(low), \(high)\(place == edges.count - 1 ? "]" : ")")"
        }
        let inner = edges[1..<(edges.count - 1)]
        let codes = numbers.map { number in
            number.isNaN ? -1 : Int32((inner.firstIndex { number < $0 } ?? inner.endIndex) - inner.startIndex)
        }
        return EvaluationData.SliceColumn(codes: codes, levels: levels)
    }
}
