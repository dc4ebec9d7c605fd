/// What kind of predictions are judged.
package enum EvaluationTask: String, Sendable, CaseIterable {
    /// Two classes.
    case binary
    /// One of several classes for each row.
    case multiclass
    /// Any number of labels for each row.
    case multilabel
    /// A number for each row.
    case regression
    /// An order of the rows of each query.
    case ranking

    /// Whether rows have classes or labels rather than numbers.
    package var isClassification: Bool { self != .regression && self != .ranking }
}
