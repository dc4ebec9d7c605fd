/// What a metric is called, what it needs, and how its values are to be read.
package struct MetricDescription: Sendable {
    /// What it is computed from, beside the true values.
    package enum Need: String, Sendable, CaseIterable {
        /// Predicted classes, or labels.
        case classes
        /// Scores of which only the order counts.
        case scores
        /// Decisions, of which the sign says the class.
        case decisions
        /// Numbers between 0 and 1, rows of which add up to 1.
        case probabilities
        /// Predicted numbers.
        case numbers
    }

    /// A number that may follow the name after an `@`, as in `ndcg@10`.
    package struct Parameter: Sendable, Equatable {
        package let name: String
        /// What holds when none is given; nil for no limit.
        package let standard: Double?
        /// The allowed values, in words.
        package let allowed: String
        let range: ClosedRange<Double>
        let whole: Bool

        func allows(_ value: Double) -> Bool { range.contains(value) && (!whole || value == value.rounded()) }
    }

    /// As it is written in results: scikit-learn's name of the scorer (without `neg_`), else a short one.
    package let name: String
    /// Other names that are understood, scikit-learn's function among them.
    package let aliases: [String]
    package let tasks: [MetricTask]
    package let needs: Need
    /// Whether the larger of two values is the better one.
    package let largerIsBetter: Bool
    /// The least and the greatest value; may be infinite.
    package let range: ClosedRange<Double>
    /// One line, without a full stop.
    package let summary: String
    /// Where the formula is from.
    package let source: String
    package let parameter: Parameter?
    let compute: @Sendable (MetricInput, Double?) throws(MetricUndefined) -> Double

    init(
        _ name: String, aliases: [String] = [], _ tasks: [MetricTask], needs: Need, larger: Bool = true,
        in range: ClosedRange<Double> = 0...1, _ summary: String, source: String, parameter: Parameter? = nil,
        compute: @escaping @Sendable (MetricInput, Double?) throws(MetricUndefined) -> Double
    ) {
        self.name = name
        self.aliases = aliases
        self.tasks = tasks
        self.needs = needs
        largerIsBetter = larger
        self.range = range
        self.summary = summary
        self.source = source
        self.parameter = parameter
        self.compute = compute
    }
}
