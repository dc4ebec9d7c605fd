import Evaluation
import Models
import Tables

/// A model's answers to the rows of a table, as an evaluation takes them.
struct AppliedModel: Sendable {
    let output: ModelOutput
    /// The column that the model learned, as far as it is known.
    let target: String?
    let notes: [String]

    /// - Parameters:
    ///   - path: absolute.
    ///   - library: XGBoost's library instead of the one that the system has.
    init(
        _ path: String, name: String, library: String?, to table: String, _ format: TableFormat, name tableName: String
    ) throws {
        let predictor = try Predictor.load(path, name: name, library: library)
        let predictions = try predictor.predict(table, format: format, name: tableName)
        let task: EvaluationTask =
            switch predictions.task {
            case .regression, .count: .regression
            case .binary: .binary
            case .multiclass: .multiclass
            case .ranking: .ranking
            }
        // Of two classes the probability of the second says all.
        let values =
            task == .binary && predictions.outputs == 2
            ? (0..<predictions.rows).map { predictions.scores[2 * $0 + 1] } : predictions.scores
        output = ModelOutput(task: task, classes: predictions.classes, values: values)
        target = predictor.target
        notes = predictions.unknown.map { $0.note(in: tableName) }
    }
}
