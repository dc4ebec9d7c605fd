/// What a model says about a row. How a file becomes one, and one an answer, is this module's subject:
///
/// - a *schema* says which columns a model reads and how each becomes numbers (`FeatureSchema`);
/// - an *engine* learns from them: XGBoost's library (`BoosterTraining`), or code of our own for linear models
///   (`LinearTraining`);
/// - a *model* is the engine's file and, beside it, the *card* that knows all else (`ModelCard`);
/// - a *predictor* puts them together again and applies them to a table (`Predictor`).
///
/// What this module promises: the same data, options and seed give the same bytes, also where the training was killed
/// and went on; no file of a model reaches the C++ library before its structure was checked; and nothing is written
/// until all of it can be.
package enum ModelTask: String, Sendable, CaseIterable {
    case regression
    case binary
    case multiclass
    case ranking
    case count

    /// Whether the target is one of several classes.
    package var isClassification: Bool { self == .binary || self == .multiclass }
}

/// What learns.
package enum ModelEngine: String, Sendable, CaseIterable {
    /// Gradient boosting by XGBoost's C library.
    case xgboost
    /// Linear regression, plain or with a penalty.
    case linear
    /// Logistic regression of two or more classes.
    case logistic
}
