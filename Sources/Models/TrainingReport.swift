/// What a training came to.
package struct TrainingReport: Sendable {
    package var engine = ModelEngine.xgboost
    package var task = ModelTask.regression
    package var model = ""
    package var rows = 0
    package var columns = 0
    package var rounds: Int?
    package var bestRound: Int?
    package var bestScore: Double?
    /// The round that a killed training had come to; nil where this one began at the beginning.
    package var resumedFrom: Int?
    /// The metrics of the model that was written.
    package var metrics: [(name: String, value: Double)] = []
    /// The files that were written, the model first.
    package var outputs: [String] = []
}
