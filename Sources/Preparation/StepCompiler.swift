import Tables

/// Turns fitted steps into work on rows, and follows how the columns change on the way.
struct StepCompiler {
    private(set) var columns: [String]
    private let file: String
    /// Columns that the data does not have and that nobody will miss: steps leave them out.
    private var absent: Set<[UInt8]>
    /// How many missing cells each column had that were filled.
    let filled: FillTally

    init(columns: [String], file: String, absent: [String] = [], filled: FillTally = FillTally()) {
        self.columns = columns
        self.file = file
        self.absent = Set(absent.map { Array($0.utf8) }).subtracting(columns.map { Array($0.utf8) })
        self.filled = filled
    }

    func place(_ number: Int, _ name: String) -> StepPlace { StepPlace(file: file, number: number, name: name) }

    func has(_ column: String) -> Bool { columns.contains { $0.utf8.elementsEqual(column.utf8) } }

    func position(_ column: String, _ place: StepPlace) throws -> Int {
        guard let position = columns.firstIndex(where: { $0.utf8.elementsEqual(column.utf8) }) else {
            throw place.error("has no column '\(column)'; it has \(columns.joined(separator: ", "))")
        }
        return position
    }

    /// - Returns: `nil` where nothing is to be done with a row.
    mutating func compile(_ step: FittedStep, number: Int) throws -> RowOperation? {
        let place = place(number, step.name)
        switch step {
        case .select(let names): return try select(present(names), place)
        case .drop(let names): return try drop(present(names), place)
        case .rename(let renames): return try rename(renames, place)
        case .cast(let rules): return try cast(rules.filter { !isAbsent($0.column) }, place)
        case .fill(let columns): return try fill(columns.filter { !isAbsent($0.name) }, place)
        case .onehot(let columns, let ignoresUnknown, let missing, let dropsFirst):
            return try onehot(
                columns.filter { !isAbsent($0.name) }, ignoresUnknown, missing, dropsFirst: dropsFirst, place)
        case .ordinal(let columns, let unknown):
            return try ordinal(columns.filter { !isAbsent($0.name) }, unknown: unknown, place)
        case .scale(let columns, _):
            let scaled = columns.filter { !isAbsent($0.name) }
            return try numeric(scaled.map(\.name), place) { ($0 - scaled[$1].center) / scaled[$1].scale }
        case .clip(let columns):
            let clipped = columns.filter { !isAbsent($0.name) }
            return try numeric(clipped.map(\.name), place) { value, index in
                min(max(value, clipped[index].minimum ?? value), clipped[index].maximum ?? .infinity)
            }
        case .bin(let columns):
            let binned = columns.filter { !isAbsent($0.name) }
            return try numeric(binned.map(\.name), place) { value, index in
                Double(Self.bin(of: value, binned[index].edges))
            }
        case .filter(let expression):
            let compiler = self
            return try expression.operation(place) { try compiler.position($0, place) }
        case .dedupe(let names):
            let positions = names.isEmpty ? Array(columns.indices) : try names.map { try position($0, place) }
            return RowDigest.firstOnly(positions)
        case .split(let assignment): return try assignment.operation(self, place)
        case .sample(let choice): return try choice.operation(self, place)
        case .past: return nil
        }
    }

    // MARK: Columns

    private func isAbsent(_ name: String) -> Bool { absent.contains(Array(name.utf8)) }

    private func present(_ names: [String]) -> [String] { names.filter { !isAbsent($0) } }

    private mutating func select(_ names: [String], _ place: StepPlace) throws -> RowOperation {
        let positions = try names.map { try position($0, place) }
        guard !positions.isEmpty else { throw place.error("keeps no column") }
        columns = names
        return { row in
            row.cells = positions.map { row.cells[$0] }
            return true
        }
    }

    private mutating func drop(_ names: [String], _ place: StepPlace) throws -> RowOperation? {
        let dropped = Set(try names.map { try position($0, place) })
        let kept = columns.indices.filter { !dropped.contains($0) }
        return dropped.isEmpty ? nil : try select(kept.map { columns[$0] }, place)
    }

    private mutating func rename(_ renames: [ColumnRename], _ place: StepPlace) throws -> RowOperation? {
        var renamed = columns
        for rename in renames {
            if isAbsent(rename.from) {
                absent.insert(Array(rename.to.utf8))
            } else {
                renamed[try position(rename.from, place)] = rename.to
            }
        }
        columns = renamed
        try refuseTwins(place)
        return nil
    }

    private func refuseTwins(_ place: StepPlace) throws {
        var seen = Set<[UInt8]>()
        for column in columns where !seen.insert(Array(column.utf8)).inserted {
            throw place.error("would have two columns '\(column)'")
        }
    }

    // MARK: Cells

    private func cast(_ rules: [CastRule], _ place: StepPlace) throws -> RowOperation {
        let positions = try rules.map { try position($0.column, place) }
        return { row in
            for (rule, position) in zip(rules, positions) {
                if let cell = rule.cast(row.cells[position]) {
                    row.cells[position] = cell
                } else if rule.isLenient {
                    row.cells[position] = .missing
                } else {
                    let spelling = StepPlace.shown(row.cells[position].spelling ?? [])
                    throw place.error(
                        line: row.line,
                        "column '\(rule.column)' holds \(spelling), which cannot be cast to \(rule.kind.rawValue)")
                }
            }
            return true
        }
    }

    private func fill(_ fills: [FittedStep.FilledColumn], _ place: StepPlace) throws -> RowOperation {
        let positions = try fills.map { try position($0.name, place) }
        let counters = fills.map { filled.counter(of: $0.name) }
        let tally = filled
        return { row in
            for (index, position) in positions.enumerated() where row.cells[position].isMissing {
                row.cells[position] = fills[index].value
                tally.counts[counters[index]].count += 1
            }
            return true
        }
    }

    /// Numbers into numbers; missing cells stay missing.
    private func numeric(
        _ names: [String], _ place: StepPlace, _ change: @escaping (Double, Int) -> Double
    ) throws -> RowOperation {
        let positions = try names.map { try position($0, place) }
        return { row in
            for (index, position) in positions.enumerated() {
                let cell = row.cells[position]
                let value = try place.number(cell, column: names[index], line: row.line)
                row.cells[position] = value.map { .number(change($0, index)) } ?? .missing
            }
            return true
        }
    }

    /// How many inner edges are not above the value.
    private static func bin(of value: Double, _ edges: [Double]) -> Int {
        guard edges.count > 2 else { return 0 }
        var low = 1
        var high = edges.count - 1
        while low < high {
            let middle = (low + high) / 2
            if edges[middle] <= value { low = middle + 1 } else { high = middle }
        }
        return low - 1
    }

    // MARK: Categories

    private func ordinal(
        _ encoded: [FittedStep.CategoryColumn], unknown: Double?, _ place: StepPlace
    ) throws -> RowOperation {
        let positions = try encoded.map { try position($0.name, place) }
        let codes = encoded.map { Self.codes($0.categories) }
        return { row in
            for (index, position) in positions.enumerated() {
                guard let category = row.cells[position].category else {
                    row.cells[position] = .missing
                    continue
                }
                if let code = codes[index][category] {
                    row.cells[position] = .number(Double(code))
                } else if let unknown {
                    row.cells[position] = .number(unknown)
                } else {
                    throw Self.unknown(category, encoded[index], row.line, place)
                }
            }
            return true
        }
    }

    private mutating func onehot(
        _ encoded: [FittedStep.CategoryColumn], _ ignoresUnknown: Bool, _ missing: MissingCategory, dropsFirst: Bool,
        _ place: StepPlace
    ) throws -> RowOperation {
        let positions = try encoded.map { try position($0.name, place) }
        let codes = encoded.map { Self.codes($0.categories) }
        let before = columns
        // For each column either its place, or the column whose categories take its place.
        var encodings = [Int](repeating: -1, count: columns.count)
        for (index, position) in positions.enumerated() { encodings[position] = index }
        columns = before.indices.flatMap { position -> [String] in
            let index = encodings[position]
            guard index >= 0 else { return [before[position]] }
            let names = encoded[index].categories.map { "\(before[position])_\(String(decoding: $0, as: UTF8.self))" }
            let all = missing == .category ? names + ["\(before[position])_missing"] : names
            return Array(all.dropFirst(dropsFirst ? 1 : 0))
        }
        try refuseTwins(place)
        let width = columns.count
        return { row in
            var cells: [TableCell] = []
            cells.reserveCapacity(width)
            for (position, cell) in row.cells.enumerated() {
                let index = encodings[position]
                guard index >= 0 else {
                    cells.append(cell)
                    continue
                }
                let categories = encoded[index].categories
                var hit: Int?
                if let category = cell.category {
                    hit = codes[index][category]
                    if hit == nil, !ignoresUnknown { throw Self.unknown(category, encoded[index], row.line, place) }
                } else {
                    switch missing {
                    case .ignore: break
                    case .category: hit = categories.count
                    case .error:
                        throw place.error(line: row.line, "column '\(encoded[index].name)' has nothing in it")
                    }
                }
                for code in (dropsFirst ? 1 : 0)..<(categories.count + (missing == .category ? 1 : 0)) {
                    cells.append(.number(code == hit ? 1 : 0))
                }
            }
            row.cells = cells
            return true
        }
    }

    private static func codes(_ categories: [[UInt8]]) -> [[UInt8]: Int] {
        Dictionary(categories.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private static func unknown(
        _ category: [UInt8], _ column: FittedStep.CategoryColumn, _ line: Int, _ place: StepPlace
    ) -> TableError {
        let known = column.categories.prefix(10).map { String(decoding: $0, as: UTF8.self) }.joined(separator: ", ")
        return place.error(
            line: line,
            "column '\(column.name)' holds \(StepPlace.shown(category)), a category that it was not fitted with"
                + "; known are \(known)\(column.categories.count > 10 ? ", …" : "")")
    }
}

/// Counts of filled cells by column.
final class FillTally {
    fileprivate(set) var counts: [(column: String, count: Int)] = []

    fileprivate func counter(of column: String) -> Int {
        if let found = counts.firstIndex(where: { $0.column.utf8.elementsEqual(column.utf8) }) { return found }
        counts.append((column, 0))
        return counts.count - 1
    }
}
