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
    ///   - table: absolute.
    ///   - name: how messages call the table.
    init(
        _ predictor: Predictor, to table: String, _ format: TableFormat, name: String, options: Predictor.Options
    ) throws {
        let predictions = try predictor.predict(table, format: format, name: name, options: options)
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
        notes = predictions.unknown.map { $0.note(in: name) }
    }
}
