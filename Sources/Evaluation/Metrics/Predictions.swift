/// Rows of two classes.
package struct BinaryPredictions: Sendable {
    /// 1 for the positive class, 0 for the other.
    package var truth: [Int]
    /// Likewise; where metrics of predicted classes are wanted.
    package var predicted: [Int]?
    /// Higher for rows that are more likely positive; probabilities where metrics of probabilities are wanted.
    package var scores: [Double]?
    package var weights: [Double]?
    /// Of `scores`: what several metrics, or one with several weights, need to sort once only.
    package var order: ScoreOrder?

    package init(truth: [Int], predicted: [Int]? = nil, scores: [Double]? = nil, weights: [Double]? = nil) {
        self.truth = truth
        self.predicted = predicted
        self.scores = scores
        self.weights = weights
    }

    package var positives: [Bool] { truth.map { $0 == 1 } }
}

/// Rows that are each of one of several classes.
package struct MulticlassPredictions: Sendable {
    /// Class codes in `0..<classCount`.
    package var truth: [Int]
    package var predicted: [Int]?
    /// A column for each class.
    package var scores: ScoreMatrix?
    package var classCount: Int
    package var weights: [Double]?

    package init(
        truth: [Int], predicted: [Int]? = nil, scores: ScoreMatrix? = nil, classCount: Int, weights: [Double]? = nil
    ) {
        self.truth = truth
        self.predicted = predicted
        self.scores = scores
        self.classCount = classCount
        self.weights = weights
    }
}

/// Rows that may have several labels.
package struct MultilabelPredictions: Sendable {
    package var truth: LabelMatrix
    package var predicted: LabelMatrix?
    /// A column for each label.
    package var scores: ScoreMatrix?
    package var weights: [Double]?

    package init(
        truth: LabelMatrix, predicted: LabelMatrix? = nil, scores: ScoreMatrix? = nil, weights: [Double]? = nil
    ) {
        self.truth = truth
        self.predicted = predicted
        self.scores = scores
        self.weights = weights
    }
}

/// Rows with a number each.
package struct RegressionPredictions: Sendable {
    package var truth: [Double]
    package var predicted: [Double]
    package var weights: [Double]?

    package init(truth: [Double], predicted: [Double], weights: [Double]? = nil) {
        self.truth = truth
        self.predicted = predicted
        self.weights = weights
    }
}

/// Lists of documents to put in order.
package struct RankingPredictions: Sendable {
    package var lists: RankedLists
    /// Of lists.
    package var weights: [Double]?

    package init(lists: RankedLists, weights: [Double]? = nil) {
        self.lists = lists
        self.weights = weights
    }
}
