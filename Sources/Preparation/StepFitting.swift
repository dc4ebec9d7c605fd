import Basics
import Documents
import Tables

/// What a step that is not fitted yet looks at.
final class StepFitting {
    let step: PreparationStep
    private let place: StepPlace
    private(set) var fits: [ColumnFit] = []
    private var rows = 0
    private var strata: [[UInt8]: Int] = [:]
    private var times: [TimeKey] = []
    /// Things a person should know that are no errors.
    private(set) var warnings: [String] = []

    init(_ step: PreparationStep, _ place: StepPlace) {
        self.step = step
        self.place = place
        fits =
            switch step {
            case .fill(let rules):
                rules.compactMap { rule in
                    switch rule.method {
                    case .mean: ColumnFit(rule.column, .moments, place)
                    case .median: ColumnFit(rule.column, .values, place)
                    case .mode: ColumnFit(rule.column, .categories, place)
                    case .constant: nil
                    }
                }
            case .onehot(let rule): rule.columns.map { ColumnFit($0, .categories, place) }
            case .ordinal(let rule): rule.columns.map { ColumnFit($0, .categories, place) }
            case .scale(let rule):
                rule.columns.map { ColumnFit($0, rule.method == .robust ? .values : .moments, place) }
            case .clip(let rule): rule.columns.map { ColumnFit($0, .values, place) }
            case .bin(let rule):
                rule.columns.map { ColumnFit($0, rule.method == .quantile ? .values : .moments, place) }
            default: []
            }
    }

    /// A step that needs no look at the data; `nil` where it does.
    static func atOnce(_ step: PreparationStep) -> FittedStep? {
        switch step {
        case .select(let names): .select(names)
        case .drop(let names): .drop(names)
        case .rename(let renames): .rename(renames)
        case .cast(let rules): .cast(rules)
        case .filter(let expression): .filter(expression)
        case .dedupe(let keys): .dedupe(keys)
        case .split(let rule) where rule.method == .hash || rule.method == .group:
            .split(SplitAssignment(rule: rule, method: .digest))
        case .sample(let rule) where !rule.keys.isEmpty: .sample(SampleChoice(rule: rule, rows: 0))
        case .fill(let rules) where rules.allSatisfy(\.isConstant):
            .fill(rules.map { FittedStep.FilledColumn(name: $0.column, value: $0.constant) })
        case .clip(let rule) where rule.quantiles == nil:
            .clip(
                rule.columns.map {
                    FittedStep.ClippedColumn(name: $0, minimum: rule.minimum, maximum: rule.maximum)
                })
        case .bin(let rule) where rule.method == .edges:
            .bin(rule.columns.map { FittedStep.BinnedColumn(name: $0, edges: rule.edges) })
        default: nil
        }
    }

    /// The columns it must see as the steps before leave them.
    var columns: [String] {
        switch step {
        case .fill(let rules): rules.map(\.column)
        case .split(let rule): rule.columns
        default: fits.map(\.name)
        }
    }

    /// Whether what comes after cannot be told before this is fitted: which rows there are, or on which side.
    var isAboutRows: Bool {
        switch step {
        case .split, .sample: true
        default: false
        }
    }

    func operation(_ compiler: StepCompiler, training: Int?) throws -> RowOperation {
        let positions = try columns.map { try compiler.position($0, place) }
        switch step {
        case .split(let rule) where rule.method == .time:
            return { [self] row in
                let key = try TimeKey(row.cells[positions[0]], column: rule.columns[0], line: row.line, place)
                if let first = times.first, !first.isLike(key) {
                    throw place.error(
                        line: row.line, "column '\(rule.columns[0])' holds numbers and dates: a column of two types")
                }
                times.append(key)
                return true
            }
        case .split:
            return { [self] row in
                strata[SplitAssignment.stratum(row, positions), default: 0] += 1
                return true
            }
        case .sample:
            return { [self] _ in
                rows += 1
                return true
            }
        default:
            let own = try fits.map { try compiler.position($0.name, place) }
            return { [fits] row in
                guard row.side < 0 || row.side == training else { return true }
                for (fit, position) in zip(fits, own) { try fit.add(row.cells[position], line: row.line) }
                return true
            }
        }
    }

    // MARK: What came out

    func finish() throws -> FittedStep {
        switch step {
        case .fill(let rules): return .fill(try rules.map(fill))
        case .onehot(let rule):
            return .onehot(
                try fits.map(categories), ignoresUnknown: rule.ignoresUnknown, missing: rule.missing,
                dropsFirst: rule.dropsFirst)
        case .ordinal(let rule): return .ordinal(try fits.map(categories), unknown: rule.unknown)
        case .scale(let rule): return .scale(try fits.map { try scale($0, rule.method) }, rule.method)
        case .clip(let rule):
            return .clip(
                try fits.map { fit in
                    try needValues(fit)
                    let sorted = fit.sorted()
                    return FittedStep.ClippedColumn(
                        name: fit.name, minimum: rule.quantiles.map { linearQuantile(sorted, $0.lowerBound) },
                        maximum: rule.quantiles.map { linearQuantile(sorted, $0.upperBound) })
                })
        case .bin(let rule): return .bin(try fits.map { try bin($0, rule) })
        case .split(let rule): return .split(SplitAssignment(rule: rule, method: split(rule)))
        case .sample(let rule): return .sample(SampleChoice(rule: rule, rows: rows))
        case .select, .drop, .rename, .cast, .filter, .dedupe:
            throw place.error("needs no fitting")
        }
    }

    private func needValues(_ fit: ColumnFit) throws {
        guard fit.count > 0 else {
            throw place.error("column '\(fit.name)' holds nothing in the rows that this is fitted on")
        }
    }

    private func warnOfConstant(_ fit: ColumnFit, _ consequence: String) {
        warnings.append(
            "column '\(fit.name)' is constant in the rows that step \(place.number) (\(place.name)) is fitted on: "
                + consequence)
    }

    private func fill(_ rule: FillRule) throws -> FittedStep.FilledColumn {
        guard let fit = fits.first(where: { $0.name.utf8.elementsEqual(rule.column.utf8) }), !rule.isConstant else {
            return FittedStep.FilledColumn(name: rule.column, value: rule.constant)
        }
        try needValues(fit)
        let value: TableCell =
            switch rule.method {
            case .mean: .number(fit.average)
            case .median: .number(Self.median(fit.sorted()))
            default: fit.mode.map(TableCell.category) ?? .missing
            }
        return FittedStep.FilledColumn(name: rule.column, value: value)
    }

    private static func median(_ sorted: [Double]) -> Double {
        let middle = sorted.count / 2
        guard sorted.count % 2 == 0, middle > 0 else { return sorted[middle] }
        return (sorted[middle - 1] + sorted[middle]) / 2
    }

    private func categories(_ fit: ColumnFit) throws -> FittedStep.CategoryColumn {
        try needValues(fit)
        if fit.categories.count == 1 { warnOfConstant(fit, "it has one category") }
        return FittedStep.CategoryColumn(name: fit.name, categories: Categories.sorted(fit.categories.keys))
    }

    private func scale(_ fit: ColumnFit, _ method: ScaleRule.Method) throws -> FittedStep.ScaledColumn {
        try needValues(fit)
        let center: Double
        var scale: Double
        let isConstant: Bool
        switch method {
        case .standard:
            center = fit.average
            scale = fit.variance.squareRoot()
            isConstant = fit.hasNoVariance
        case .minmax:
            center = fit.minimum
            scale = fit.maximum - fit.minimum
            isConstant = scale < 10 * Double.ulpOfOne
        case .robust:
            let sorted = fit.sorted()
            center = Self.median(sorted)
            scale = linearQuantile(sorted, 0.75) - linearQuantile(sorted, 0.25)
            isConstant = scale < 10 * Double.ulpOfOne
        }
        guard center.isFinite, scale.isFinite else {
            throw place.error("column '\(fit.name)' holds numbers too large to scale")
        }
        if isConstant {
            scale = 1
            warnOfConstant(fit, "it is moved, not scaled")
        }
        return FittedStep.ScaledColumn(name: fit.name, center: center, scale: scale)
    }

    private func bin(_ fit: ColumnFit, _ rule: BinRule) throws -> FittedStep.BinnedColumn {
        try needValues(fit)
        let (low, high) = (fit.minimum, fit.maximum)
        guard low < high else {
            warnOfConstant(fit, "it has one bin")
            return FittedStep.BinnedColumn(name: fit.name, edges: [low, high])
        }
        guard rule.method == .quantile else {
            let step = (high - low) / Double(rule.count)
            guard step.isFinite else { throw place.error("column '\(fit.name)' holds numbers too large to bin") }
            let edges = (0..<rule.count).map { low + Double($0) * step } + [high]
            return FittedStep.BinnedColumn(name: fit.name, edges: edges)
        }
        let sorted = fit.sorted()
        var edges: [Double] = []
        for number in 0...rule.count {
            let edge = linearQuantile(sorted, Double(number) / Double(rule.count))
            // A bin that nothing could fall into is none.
            if edges.last.map({ edge - $0 > 1e-8 }) ?? true { edges.append(edge) }
        }
        if edges.count - 1 < rule.count {
            warnings.append(
                "column '\(fit.name)' has \(edges.count - 1) bins instead of \(rule.count): too many values are the same"
            )
        }
        return FittedStep.BinnedColumn(name: fit.name, edges: edges)
    }

    private func split(_ rule: SplitRule) -> SplitAssignment.Method {
        let ratios = rule.sides.map(\.ratio)
        guard rule.method == .time else {
            let names = strata.keys.sorted { $0.lexicographicallyPrecedes($1) }
            let quotas = RowQuotas.quotas(of: names.map { strata[$0] ?? 0 }, ratios: ratios)
            return .quotas(Dictionary(zip(names, quotas), uniquingKeysWith: { first, _ in first }))
        }
        times.sort()
        var cuts: [TimeKey] = []
        var end = 0.0
        for ratio in ratios.dropLast() {
            end += ratio
            let place = Int((end * Double(times.count)).rounded())
            if let last = times.last { cuts.append(place < times.count ? times[place] : last) }
        }
        return .cuts(cuts)
    }
}

extension FillRule {
    var isConstant: Bool { if case .constant = method { true } else { false } }

    var constant: TableCell {
        guard case .constant(let value) = method else { return .missing }
        return switch value {
        case .int(let number): .literal(Array(String(number).utf8)[...])
        case .float(let number): .number(number)
        case .bool(let flag): .literal(Array((flag ? "true" : "false").utf8)[...])
        case .bigInt(let digits): .literal(Array(digits.utf8)[...])
        case .string(let text), .date(let text): .text(text)
        default: .missing
        }
    }
}
