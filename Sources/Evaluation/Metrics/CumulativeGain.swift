/// Discounted cumulative gain. The gain of a document is its relevance itself, where XGBoost and LightGBM take
/// 2^relevance − 1; the discount of rank r, counted from 1, is 1 / log₂(r + 1).
extension RankingMetrics {
    /// The mean over the lists of Σ gain · discount (`dcg_score`).
    ///
    /// - Parameters:
    ///   - k: only the first k ranks count; all when nil.
    ///   - logBase: of the discount.
    ///   - ignoreTies: take documents of one score in the reverse of their order, rather than the mean over all orders.
    ///   - weights: of lists.
    package static func discountedGain(
        _ lists: RankedLists, k: Int? = nil, logBase: Double = 2, ignoreTies: Bool = false, weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        try ArgumentCheck("dcg").rows(lists.count, weights: weights)
        guard logBase > 0, logBase != 1 else {
            throw MetricUndefined("dcg", .parameter(name: "the base", allowed: "positive and not 1"))
        }
        let discounts = try Discounts(lists.longest, k: k, logBase: logBase, "dcg")
        return Summation.mean(count: lists.count, weights: weights) { list in
            discounts.gain(lists, list, ignoreTies: ignoreTies)
        }
    }

    /// The mean over the lists of their gain as a share of what the best order would have (`ndcg_score`); 0 for a list
    /// in which nothing is relevant.
    ///
    /// - Throws: for a negative relevance, and where no list has two documents.
    package static func normalisedGain(
        _ lists: RankedLists, k: Int? = nil, ignoreTies: Bool = false, weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        let check = ArgumentCheck("ndcg")
        try check.rows(lists.count, weights: weights)
        for (row, relevance) in lists.relevance.enumerated() where relevance < 0 {
            throw check.undefined(.outside(what: "the relevance", row: row, allowed: "0 or more"))
        }
        guard lists.longest > 1 else { throw check.undefined(.singleDocuments) }
        let discounts = try Discounts(lists.longest, k: k, logBase: 2, "ndcg")
        return Summation.mean(count: lists.count, weights: weights) { list in
            let best = discounts.bestGain(lists, list)
            return best == 0 ? 0 : discounts.gain(lists, list, ignoreTies: ignoreTies) / best
        }
    }
}

/// What the ranks of a list are worth.
private struct Discounts {
    let ofRank: [Double]
    /// The sum of the first so many.
    let upTo: [Double]

    init(_ longest: Int, k: Int?, logBase: Double, _ metric: String) throws(MetricUndefined) {
        if let k, k < 1 { throw MetricUndefined(metric, .parameter(name: "k", allowed: "1 or more")) }
        let counted = min(k ?? longest, longest)
        ofRank = (0..<longest).map { rank in
            rank < counted ? 1 / (MathLibrary.log(Double(rank + 2)) / MathLibrary.log(logBase)) : 0
        }
        var sums = [0.0]
        for discount in ofRank { sums.append(sums[sums.count - 1] + discount) }
        upTo = sums
    }

    func gain(_ lists: RankedLists, _ list: Int, ignoreTies: Bool) -> Double {
        let documents = lists.documents(of: list)
        let (scores, relevance) = (lists.scores, lists.relevance)
        let ranked = documents.sorted { left, right in
            scores[left] == scores[right] ? left > right : scores[left] > scores[right]
        }
        var sum = Summation()
        if ignoreTies {
            for (rank, document) in ranked.enumerated() { sum.add(ofRank[rank] * relevance[document]) }
            return sum.total
        }
        var first = 0
        while first < ranked.count {
            var end = first + 1
            var gains = Summation()
            gains.add(relevance[ranked[first]])
            while end < ranked.count, scores[ranked[end]] == scores[ranked[first]] {
                gains.add(relevance[ranked[end]])
                end += 1
            }
            sum.add(gains.total / Double(end - first) * (upTo[end] - upTo[first]))
            first = end
        }
        return sum.total
    }

    func bestGain(_ lists: RankedLists, _ list: Int) -> Double {
        let sorted = lists.relevance[lists.documents(of: list)].sorted(by: >)
        return Summation.sum(count: sorted.count) { ofRank[$0] * sorted[$0] }
    }
}
