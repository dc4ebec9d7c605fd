import Basics

/// A metric that has no value for the data it was given: where scikit-learn raises an error. Where scikit-learn
/// returns NaN with a warning, the functions of this folder return NaN.
package struct MetricUndefined: UserFacingError, Equatable {
    package enum Reason: Sendable, Equatable {
        case noRows
        /// Two arrays that should be of one length.
        case unequalLengths(what: String, count: Int, expected: Int)
        /// NaN or an infinity, at a row counted from zero.
        case notFinite(what: String, row: Int)
        /// All weights are zero.
        case noWeight
        case negativeWeight(row: Int)
        /// A class code at or above the number of classes, or below zero.
        case codeOutOfRange(code: Int, classes: Int)
        /// A metric of two classes was asked for more.
        case notBinary(classes: Int)
        /// The metric needs at least two classes.
        case tooFewClasses(Int)
        case tooManyClasses(Int, limit: Int)
        /// Classes with a column of scores but without a row.
        case classesAbsent([Int])
        /// The positive class is neither among the true nor among the predicted ones.
        case positiveAbsent
        /// Scores that should be probabilities, of which a row does not add up to 1.
        case rowSum(row: Int)
        /// A value outside of what the formula allows.
        case outside(what: String, row: Int, allowed: String)
        case parameter(name: String, allowed: String)
        /// The formula divides by zero.
        case divisionByZero(String)
        /// No list has two documents to put in order.
        case singleDocuments
        /// The metric does not take weights.
        case weightsUnsupported
        /// The metric needs an array that was not given.
        case missing(String)
        /// The metric is of another task.
        case otherTask(String)
        case tooManyRows
    }

    /// Name of the metric, as in `MetricCatalogue` where it is listed there.
    package let metric: String
    package let reason: Reason

    package init(_ metric: String, _ reason: Reason) {
        self.metric = metric
        self.reason = reason
    }

    package var summary: String { "\(metric) is not defined: \(reason.text)" }
}

extension MetricUndefined.Reason {
    fileprivate var text: String {
        switch self {
        case .noRows: "there are no rows"
        case .unequalLengths(let what, let count, let expected): "\(count) \(what) for \(expected) rows"
        case .notFinite(let what, let row): "\(what) of row \(row) is NaN or infinite"
        case .noWeight: "the weights of all rows are zero"
        case .negativeWeight(let row): "the weight of row \(row) is negative"
        case .codeOutOfRange(let code, let classes): "class \(code) is not one of the \(classes) classes"
        case .notBinary(let classes): "it compares two classes, not \(classes)"
        case .tooFewClasses(let count): "it needs at least two classes, not \(count)"
        case .tooManyClasses(let count, let limit): "\(count) classes are more than the \(limit) it can show"
        case .classesAbsent(let codes):
            "no row is of class \(codes.prefix(5).map(String.init).joined(separator: ", "))"
                + (codes.count > 5 ? " and \(codes.count - 5) others" : "")
        case .positiveAbsent: "the positive class is neither among the true nor among the predicted classes"
        case .rowSum(let row): "the scores of row \(row) are not probabilities, since their sum is not 1"
        case .outside(let what, let row, let allowed): "\(what) of row \(row) is not \(allowed)"
        case .parameter(let name, let allowed): "\(name) has to be \(allowed)"
        case .divisionByZero(let why): why
        case .singleDocuments: "no list has more than one document"
        case .weightsUnsupported: "it does not take weights"
        case .missing(let what): "it needs \(what)"
        case .otherTask(let what): "it is for \(what)"
        case .tooManyRows: "there are more than four billion rows"
        }
    }
}
