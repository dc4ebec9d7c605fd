/// What a model says about the rows of a table.
package struct Predictions: Sendable {
    package let task: ModelTask
    /// In the order of the probabilities; empty where the target is a quantity.
    package let classes: [String]
    package let rows: Int
    /// Row by row: for classes a probability each, else one number.
    package let scores: [Double]
    /// Words that the training data did not have, and were taken as missing.
    package let unknown: [FeatureSchema.UnknownWord]

    /// Numbers of a row.
    package var outputs: Int { max(1, classes.count) }

    package init(
        task: ModelTask, classes: [String], rows: Int, scores: [Double], unknown: [FeatureSchema.UnknownWord] = []
    ) {
        self.task = task
        self.classes = classes
        self.rows = rows
        self.scores = scores
        self.unknown = unknown
    }

    /// The place of the class that a row is taken for: the likeliest, the first of equals; of two classes the second
    /// where its probability is at least the threshold.
    package func label(of row: Int, threshold: Double? = nil) -> Int {
        let start = row * outputs
        if task == .binary { return scores[start + 1] >= threshold ?? 0.5 ? 1 : 0 }
        var best = 0
        for output in 1..<max(1, classes.count) where scores[start + output] > scores[start + best] { best = output }
        return best
    }
}
