import Documents
import Tables

/// A step that knows everything it needs for a row.
enum FittedStep: Sendable {
    case select([String])
    case drop([String])
    case rename([ColumnRename])
    case cast([CastRule])
    case fill([FilledColumn])
    case onehot([CategoryColumn], ignoresUnknown: Bool, missing: MissingCategory, dropsFirst: Bool)
    case ordinal([CategoryColumn], unknown: Double?)
    case scale([ScaledColumn], ScaleRule.Method)
    case clip([ClippedColumn])
    case bin([BinnedColumn])
    case filter(FilterExpression)
    case dedupe([String])
    case split(SplitAssignment)
    case sample(SampleChoice)
    /// A split or a sample of the data it was fitted on, kept in the transformer for people to see.
    case past(name: String, definition: Value)

    struct FilledColumn: Sendable {
        let name: String
        let value: TableCell
    }

    struct CategoryColumn: Sendable {
        let name: String
        let categories: [[UInt8]]
    }

    /// `(x - center) / scale`
    struct ScaledColumn: Sendable {
        let name: String
        let center: Double
        let scale: Double
    }

    struct ClippedColumn: Sendable {
        let name: String
        let minimum: Double?
        let maximum: Double?
    }

    /// A value belongs to bin i where it is at least the i-th edge and less than the next; the outer bins are open.
    struct BinnedColumn: Sendable {
        let name: String
        let edges: [Double]
    }

    /// As files and messages call it.
    var name: String {
        switch self {
        case .select: "select"
        case .drop: "drop"
        case .rename: "rename"
        case .cast: "cast"
        case .fill: "fillna"
        case .onehot: "onehot"
        case .ordinal: "ordinal"
        case .scale: "scale"
        case .clip: "clip"
        case .bin: "bin"
        case .filter: "filter"
        case .dedupe: "dedupe"
        case .split: "split"
        case .sample: "sample"
        case .past(let name, _): name
        }
    }

    /// Whether it takes rows away or divides them, rather than changing them.
    var isAboutRows: Bool {
        switch self {
        case .filter, .dedupe, .split, .sample, .past: true
        default: false
        }
    }

    /// The columns it names; where `namesAll`, it looks at every other one too.
    var columns: [String] {
        switch self {
        case .select(let names), .drop(let names), .dedupe(let names): names
        case .rename(let renames): renames.map(\.from)
        case .cast(let rules): rules.map(\.column)
        case .fill(let columns): columns.map(\.name)
        case .onehot(let columns, _, _, _), .ordinal(let columns, _): columns.map(\.name)
        case .scale(let columns, _): columns.map(\.name)
        case .clip(let columns): columns.map(\.name)
        case .bin(let columns): columns.map(\.name)
        case .filter(let expression): expression.columns
        case .split(let assignment): assignment.rule.columns
        case .sample(let choice): choice.rule.keys
        case .past: []
        }
    }

    /// Whether it looks at every column.
    var namesAll: Bool {
        switch self {
        case .dedupe(let names): names.isEmpty
        case .split(let assignment): assignment.rule.columns.isEmpty && assignment.rule.method == .hash
        default: false
        }
    }
}
