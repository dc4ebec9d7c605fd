/// Lists of documents (or products, or answers), each with how relevant it is and how it was scored: a list for each
/// query.
package struct RankedLists: Sendable, Equatable {
    /// Of each document, list after list.
    package let relevance: [Double]
    /// Likewise; higher for what should come first.
    package let scores: [Double]
    /// Where each list begins, and where the last one ends.
    let bounds: [Int]

    /// - Parameter sizes: number of documents of each list; their sum is the number of documents.
    package init(relevance: [Double], scores: [Double], sizes: [Int]) throws(MetricUndefined) {
        let check = ArgumentCheck("a ranking")
        try check.rows(relevance.count, [("scores", scores.count)], weights: nil)
        try check.finite(relevance, "the relevance")
        try check.finite(scores, "the score")
        var bounds = [0]
        bounds.reserveCapacity(sizes.count + 1)
        for size in sizes {
            let (end, overflow) = bounds[bounds.count - 1].addingReportingOverflow(size)
            guard size > 0, !overflow else { throw check.undefined(.parameter(name: "a size", allowed: "1 or more")) }
            bounds.append(end)
        }
        guard bounds[bounds.count - 1] == relevance.count else {
            throw check.undefined(
                .unequalLengths(
                    what: "documents in lists", count: bounds[bounds.count - 1], expected: relevance.count))
        }
        self.relevance = relevance
        self.scores = scores
        self.bounds = bounds
    }

    /// Lists of one length, a row each.
    package init(relevance: ScoreMatrix, scores: ScoreMatrix) throws(MetricUndefined) {
        guard relevance.columns == scores.columns else {
            throw MetricUndefined(
                "a ranking", .unequalLengths(what: "scores", count: scores.columns, expected: relevance.columns))
        }
        try self.init(
            relevance: relevance.values, scores: scores.values,
            sizes: [Int](repeating: relevance.columns, count: relevance.rows))
    }

    /// Number of lists.
    package var count: Int { bounds.count - 1 }

    /// The places of a list's documents in the arrays.
    package func documents(of list: Int) -> Range<Int> { bounds[list]..<bounds[list + 1] }

    package var longest: Int { (0..<count).map { documents(of: $0).count }.max() ?? 0 }

    /// The lists with these numbers, in their order; a number may occur more than once.
    package func taking(_ numbers: [Int]) throws(MetricUndefined) -> RankedLists {
        try RankedLists(
            relevance: numbers.flatMap { relevance[documents(of: $0)] },
            scores: numbers.flatMap { scores[documents(of: $0)] },
            sizes: numbers.map { documents(of: $0).count })
    }
}
