import Basics
import Documents

/// How much each column counts in a model, as a table that plots can be drawn of.
struct FeatureImportance {
    private var rows: [(feature: String, scores: [(kind: String, score: Double)])] = []

    /// XGBoost's five kinds for trees; of a linear booster the coefficients' sizes.
    init(_ booster: Booster, features: [String], isLinear: Bool) throws(Failure) {
        let kinds = isLinear ? ["weight"] : ["gain", "weight", "cover", "total_gain", "total_cover"]
        rows = features.map { ($0, kinds.map { (kind: $0, score: 0) }) }
        for (place, kind) in kinds.enumerated() {
            for (column, score) in try booster.importance(kind) where rows.indices.contains(column) {
                rows[column].scores[place].score = score
            }
        }
    }

    /// How much a column's deviation moves the score, over all classes.
    init(_ model: LinearModel, deviations: [Double]) {
        rows = model.features.enumerated().map { place, feature in
            let sizes = model.coefficients.map { $0[place].magnitude * deviations[place] }
            return (feature, [(kind: "weight", score: sizes.reduce(0, +) / Double(max(1, sizes.count)))])
        }
    }

    /// The columns that count most first.
    var bytes: [UInt8] {
        let ranked = rows.enumerated().sorted { left, right in
            let (a, b) = (left.element.scores[0].score, right.element.scores[0].score)
            return a == b ? left.offset < right.offset : a > b
        }
        let items = ranked.map { row -> Value in
            .mapping(
                Mapping(
                    [("feature", .string(row.element.feature))]
                        + row.element.scores.map { (key: $0.kind, value: ModelCard.number($0.score)) }))
        }
        return Array((JSON.emitIndented(["importance": .array(items)]) + "\n").utf8)
    }
}
