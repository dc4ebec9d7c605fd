import Documents

/// One step of a preparation, as somebody wrote it.
package enum PreparationStep: Sendable {
    case select([String])
    case drop([String])
    case rename([ColumnRename])
    case cast([CastRule])
    case filter(FilterExpression)
    case split(SplitRule)
    case sample(SampleRule)
    /// Of rows that have the same in all of `keys` the first stays; in no keys, the same in every column.
    case dedupe(keys: [String])
    case fill([FillRule])
    case onehot(OneHotRule)
    case ordinal(OrdinalRule)
    case scale(ScaleRule)
    case clip(ClipRule)
    case bin(BinRule)

    /// As files and messages call it.
    var name: String {
        switch self {
        case .select: "select"
        case .drop: "drop"
        case .rename: "rename"
        case .cast: "cast"
        case .filter: "filter"
        case .split: "split"
        case .sample: "sample"
        case .dedupe: "dedupe"
        case .fill: "fillna"
        case .onehot: "onehot"
        case .ordinal: "ordinal"
        case .scale: "scale"
        case .clip: "clip"
        case .bin: "bin"
        }
    }
}

package struct ColumnRename: Sendable, Equatable {
    let from: String
    let to: String
}

/// What a column's cells are turned into.
package struct CastRule: Sendable, Equatable {
    enum Kind: String, Sendable, CaseIterable { case number, integer, text, bool, date }

    let column: String
    let kind: Kind
    /// Whether a cell that cannot be turned becomes missing instead of ending the work.
    let isLenient: Bool
}

/// Which rows go where.
package struct SplitRule: Sendable, Equatable {
    enum Method: String, Sendable, CaseIterable { case hash, random, stratified, group, time }

    struct Side: Sendable, Equatable {
        let name: String
        let ratio: Double
    }

    let sides: [Side]
    let method: Method
    /// Keys, strata, groups or the time; none for whole rows.
    let columns: [String]
    let seed: Int
    /// As it was written.
    let definition: Value

    /// The side that everything behind the split is fitted on.
    var training: Int { sides.firstIndex { $0.name == "train" } ?? 0 }
}

package struct SampleRule: Sendable, Equatable {
    let fraction: Double?
    let count: Int?
    /// Rows are chosen by the hash of these, so that the choice stays as data grows.
    let keys: [String]
    let seed: Int
    let definition: Value
}

/// What missing cells of a column are filled with.
package struct FillRule: Sendable {
    enum Method: Sendable, Equatable {
        case mean, median, mode
        case constant(Value)
    }

    let column: String
    let method: Method
}

package struct OneHotRule: Sendable {
    let columns: [String]
    let ignoresUnknown: Bool
    let missing: MissingCategory
    let dropsFirst: Bool
}

/// What becomes of a missing cell where categories are taken apart.
enum MissingCategory: String, Sendable, CaseIterable {
    /// It belongs to none of them.
    case ignore
    /// It is one itself.
    case category
    case error
}

package struct OrdinalRule: Sendable {
    let columns: [String]
    /// The code of categories that were not there when it was fitted; `nil` to end the work.
    let unknown: Double?
}

package struct ScaleRule: Sendable {
    enum Method: String, Sendable, CaseIterable { case standard, minmax, robust }

    let columns: [String]
    let method: Method
}

package struct ClipRule: Sendable {
    let columns: [String]
    let minimum: Double?
    let maximum: Double?
    /// Bounds that are found in the data.
    let quantiles: ClosedRange<Double>?
}

package struct BinRule: Sendable {
    enum Method: String, Sendable, CaseIterable { case quantile, uniform, edges }

    let columns: [String]
    let method: Method
    let count: Int
    let edges: [Double]
}
