import Basics
import Documents
import Tables

/// A split that knows which row goes where.
struct SplitAssignment: Sendable {
    let rule: SplitRule
    let method: Method

    enum Method: Sendable {
        /// By the digest of the columns' cells.
        case digest
        /// So many rows of each stratum for each side.
        case quotas([[UInt8]: [Int]])
        /// Each side but the last ends before one of these.
        case cuts([TimeKey])
    }

    func operation(_ compiler: StepCompiler, _ place: StepPlace) throws -> RowOperation {
        let positions = try positions(compiler, place)
        switch method {
        case .digest:
            var ends: [Double] = []
            for side in rule.sides { ends.append((ends.last ?? 0) + side.ratio) }
            return { row in
                let fraction = RowDigest.fraction(RowDigest.digest(seed: rule.seed, row.cells, positions))
                row.side = ends.firstIndex { fraction < $0 } ?? ends.count - 1
                return true
            }
        case .quotas(let quotas):
            let random = RandomSource(seed: UInt64(bitPattern: Int64(rule.seed)))
            var drawing: [[UInt8]: RowQuotas] = [:]
            // Each stratum draws from a source of its own, so that none changes what another gets.
            for (number, stratum) in quotas.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }).enumerated() {
                drawing[stratum] = RowQuotas(quotas[stratum] ?? [], random: random.split(UInt64(number)))
            }
            return { row in
                let stratum = Self.stratum(row, positions)
                guard let side = drawing[stratum]?.next() else {
                    throw place.error(line: row.line, "the file changed while it was read")
                }
                row.side = side
                return true
            }
        case .cuts(let cuts):
            let column = rule.columns[0]
            return { row in
                let key = try TimeKey(row.cells[positions[0]], column: column, line: row.line, place)
                row.side = cuts.firstIndex { key < $0 } ?? cuts.count
                return true
            }
        }
    }

    private func positions(_ compiler: StepCompiler, _ place: StepPlace) throws -> [Int] {
        // Without a key the whole row is one; a random split looks at no cell.
        if case .digest = method, rule.columns.isEmpty { return Array(compiler.columns.indices) }
        return try rule.columns.map { try compiler.position($0, place) }
    }

    static func stratum(_ row: PreparedRow, _ positions: [Int]) -> [UInt8] {
        var stratum: [UInt8] = []
        for position in positions {
            stratum += row.cells[position].category ?? []
            stratum.append(0)
        }
        return stratum
    }
}

/// A moment, as a number or as text that sorts as time does.
enum TimeKey: Sendable, Comparable {
    case number(Double)
    case text([UInt8])

    init(_ cell: TableCell, column: String, line: Int, _ place: StepPlace) throws {
        guard let spelling = cell.spelling else {
            throw place.error(line: line, "column '\(column)' has nothing in it where a time is needed")
        }
        if let number = cell.number {
            self = .number(number)
        } else if spelling.count >= 10, spelling[4] == UInt8(ascii: "-"), spelling[7] == UInt8(ascii: "-"),
            spelling[..<4].allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        {
            self = .text(spelling)
        } else {
            throw place.error(
                line: line,
                "column '\(column)' holds \(StepPlace.shown(spelling)), which is no time such as 2024-05-31 or a number"
            )
        }
    }

    static func < (left: TimeKey, right: TimeKey) -> Bool {
        switch (left, right) {
        case (.number(let a), .number(let b)): a < b
        case (.text(let a), .text(let b)): a.lexicographicallyPrecedes(b)
        case (.number, .text): true
        case (.text, .number): false
        }
    }

    func isLike(_ other: TimeKey) -> Bool {
        switch (self, other) {
        case (.number, .number), (.text, .text): true
        default: false
        }
    }
}

/// A sample that knows which rows it takes.
struct SampleChoice: Sendable {
    let rule: SampleRule
    /// Rows that come to it; 0 where a hash chooses.
    let rows: Int

    func operation(_ compiler: StepCompiler, _ place: StepPlace) throws -> RowOperation {
        if let fraction = rule.fraction, !rule.keys.isEmpty {
            let positions = try rule.keys.map { try compiler.position($0, place) }
            return { row in
                // Rows near 0 are taken, and a split with the same seed and key would put them all on its first side.
                let digest = RowDigest.digest(seed: rule.seed, row.cells, positions)
                return RowDigest.fraction(Array(digest[8...])) < fraction
            }
        }
        let wanted = min(rows, rule.count ?? Int((Double(rows) * (rule.fraction ?? 1)).rounded()))
        var quotas = RowQuotas(
            [wanted, rows - wanted], random: RandomSource(seed: UInt64(bitPattern: Int64(rule.seed))).split(.max))
        return { row in
            guard let side = quotas.next() else {
                throw place.error(line: row.line, "the file changed while it was read")
            }
            return side == 0
        }
    }
}
