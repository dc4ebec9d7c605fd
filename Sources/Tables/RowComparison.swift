import Basics
import FileSystem
import Hashing

/// Compares two tables row by row, in memory that does not grow with them.
///
/// Each file is read once. Of each row a short record is kept, and records beyond the bound go to unnamed files. Rows are
/// told apart by their key; without one a row is what it holds, and there are only added and removed ones. Values are
/// compared as they are written: `1.0` is not `1`. Only columns that both tables have are compared.
package struct RowComparison {
    /// The columns that tell rows apart; none to compare whole rows.
    package var keys: [String] = []
    /// How many examples of each kind of change are kept.
    package var limit = 20
    /// Bytes for the records of both tables together.
    package var memory = 128 << 20
    /// Where records go that are too many for the memory.
    package var scratch: String

    package init(scratch: String) { self.scratch = scratch }

    /// - Parameter old: `nil` for no table: all rows are added; the same for `new`.
    package func compare(_ old: TableFile?, _ new: TableFile?) throws -> RowDiff {
        let columns = Columns(old?.columns, new?.columns, keys: keys)
        for (table, indices) in [(old, columns.oldKeys), (new, columns.newKeys)] {
            guard let table, let missing = indices.firstIndex(of: nil) else { continue }
            throw Failure(
                "'\(table.name)' has no column '\(keys[missing])'",
                remedy: "its columns are: " + table.columns.joined(separator: ", "), category: .usage)
        }
        var diff = RowDiff()
        diff.keys = keys
        let before = RowRecords(memory: memory / 2, folder: scratch)
        let after = RowRecords(memory: memory / 2, folder: scratch)
        if let old { diff.old = try read(old, columns.oldKeys, columns.common.map(\.old), into: before) }
        if let new { diff.new = try read(new, columns.newKeys, columns.common.map(\.new), into: after) }
        if old != nil, new != nil { columns.describe(in: &diff) }
        try compareRows(old, new, before, after, columns, &diff)
        return diff
    }

    // MARK: Reading

    private func read(
        _ table: TableFile, _ keys: [Int?], _ compared: [Int], into records: RowRecords
    ) throws -> RowDiff.Side {
        var table = table
        var side = RowDiff.Side()
        side.columns = table.columns.map { ColumnProfile(name: $0) }
        var row = TableRow()
        var bytes: [UInt8] = []
        while try table.next(&row) {
            side.rows += 1
            for column in side.columns.indices { side.columns[column].add(row[column]) }
            let content = Self.digest(row, compared, &bytes)
            let key = keys.isEmpty ? content : Self.digest(row, keys.compactMap { $0 }, &bytes)
            try records.add(RowRecord(key: key, content: content, offset: row.offset, line: row.line))
        }
        side.problems = table.problems
        side.problemCount = table.problemCount
        return side
    }

    /// Each cell with its length in front, so that no two rows of different cells look alike.
    private static func digest(_ row: TableRow, _ columns: [Int], _ bytes: inout [UInt8]) -> (UInt64, UInt64) {
        bytes.removeAll(keepingCapacity: true)
        for column in columns {
            let cell = row[column]
            var length = UInt32(truncatingIfNeeded: cell.map(\.count) ?? Int(UInt32.max))
            withUnsafeBytes(of: &length) { bytes.append(contentsOf: $0) }
            if let cell { bytes.append(contentsOf: cell) }
        }
        let digest = MD5.digest(of: bytes)
        return (digest.high, digest.low)
    }

    // MARK: Comparing

    private func compareRows(
        _ old: TableFile?, _ new: TableFile?, _ before: RowRecords, _ after: RowRecords, _ columns: Columns,
        _ diff: inout RowDiff
    ) throws {
        var changedCells = [Int](repeating: 0, count: columns.common.count)
        var examples = Examples(limit: limit)
        for part in 0..<RowRecords.partitions {
            let (olds, news) = (try before.take(part), try after.take(part))
            var (left, right) = (0, 0)
            while left < olds.count || right < news.count {
                let key =
                    right >= news.count || left < olds.count && !RowRecord.keyPrecedes(news[right], olds[left])
                    ? olds[left] : news[right]
                let oldEnd = olds[left...].firstIndex { !$0.hasKey(of: key) } ?? olds.count
                let newEnd = news[right...].firstIndex { !$0.hasKey(of: key) } ?? news.count
                var (gone, come) = (Array(olds[left..<oldEnd]), Array(news[right..<newEnd]))
                (left, right) = (oldEnd, newEnd)
                if !keys.isEmpty {
                    diff.old.repeatedKeys += max(0, gone.count - 1)
                    diff.new.repeatedKeys += max(0, come.count - 1)
                }
                diff.unchanged += Self.removeEqual(&gone, &come)
                // Rows that share a key are paired in the order of their lines.
                for (one, other) in zip(gone, come) {
                    diff.changed += 1
                    examples.add(.changed, one, other)
                    guard let old, let new else { continue }
                    let (was, now) = (
                        try old.row(at: one.offset, line: one.line), try new.row(at: other.offset, line: other.line)
                    )
                    for (index, column) in columns.common.enumerated() where was[column.old] != now[column.new] {
                        changedCells[index] += 1
                    }
                }
                let paired = min(gone.count, come.count)
                for record in gone[paired...] { examples.add(.removed, record, nil) }
                for record in come[paired...] { examples.add(.added, nil, record) }
                diff.removed += gone.count - paired
                diff.added += come.count - paired
            }
        }
        diff.changedCells = zip(columns.common, changedCells).filter { $0.1 > 0 }.map { ($0.0.name, $0.1) }
        diff.examples = try examples.all.map { try example($0, old, new, columns) }
    }

    /// Takes rows with the same content out of both, one for one.
    private static func removeEqual(_ gone: inout [RowRecord], _ come: inout [RowRecord]) -> Int {
        if gone.count == 1, come.count == 1 {
            guard gone[0].hasContent(of: come[0]) else { return 0 }
            gone = []
            come = []
            return 1
        }
        if gone.isEmpty || come.isEmpty { return 0 }
        var waiting: [Content: Int] = [:]
        for record in gone { waiting[Content(record), default: 0] += 1 }
        var matched: [Content: Int] = [:]
        come.removeAll { record in
            let content = Content(record)
            guard let count = waiting[content], count > 0 else { return false }
            waiting[content] = count - 1
            matched[content, default: 0] += 1
            return true
        }
        let total = matched.values.reduce(0, +)
        gone.removeAll { record in
            let content = Content(record)
            guard let count = matched[content], count > 0 else { return false }
            matched[content] = count - 1
            return true
        }
        return total
    }

    private struct Content: Hashable {
        let high: UInt64
        let low: UInt64
        init(_ record: RowRecord) { (high, low) = record.content }
    }

    // MARK: Examples

    private func example(
        _ found: Examples.Found, _ old: TableFile?, _ new: TableFile?, _ columns: Columns
    ) throws -> RowDiff.Example {
        let was = try found.old.flatMap { try old?.row(at: $0.offset, line: $0.line) }
        let now = try found.new.flatMap { try new?.row(at: $0.offset, line: $0.line) }
        var key: [RowDiff.Cell] = []
        var cells: [RowDiff.CellChange] = []
        switch (was, now) {
        case (let was?, let now?):
            key = zip(keys, columns.newKeys).map { RowDiff.Cell(column: $0, value: $1.flatMap { now.text($0) }) }
            for column in columns.common where was[column.old] != now[column.new] {
                cells.append(.init(column: column.name, old: was.text(column.old), new: now.text(column.new)))
            }
        case (let was?, nil):
            cells = (old?.columns ?? []).enumerated().map { .init(column: $1, old: was.text($0), new: nil) }
        case (nil, let now?):
            cells = (new?.columns ?? []).enumerated().map { .init(column: $1, old: nil, new: now.text($0)) }
        case (nil, nil): break
        }
        return RowDiff.Example(
            change: found.change, oldLine: found.old?.line, newLine: found.new?.line, key: key, cells: cells)
    }
}

extension RowRecord {
    static func keyPrecedes(_ left: RowRecord, _ right: RowRecord) -> Bool {
        left.key.0 != right.key.0 ? left.key.0 < right.key.0 : left.key.1 < right.key.1
    }
}

/// The first changes of each kind by line, of many that come in any order.
private struct Examples {
    struct Found {
        let change: RowDiff.Example.Change
        let old: RowRecord?
        let new: RowRecord?
        var line: Int { new?.line ?? old?.line ?? 0 }
    }

    private let limit: Int
    private var kept: [RowDiff.Example.Change: [Found]] = [:]

    init(limit: Int) { self.limit = limit }

    mutating func add(_ change: RowDiff.Example.Change, _ old: RowRecord?, _ new: RowRecord?) {
        guard limit > 0 else { return }
        let found = Found(change: change, old: old, new: new)
        var list = kept[change] ?? []
        if list.count == limit, let last = list.last, last.line <= found.line { return }
        kept[change] = nil
        let place = list.firstIndex { $0.line > found.line } ?? list.count
        list.insert(found, at: place)
        if list.count > limit { list.removeLast() }
        kept[change] = list
    }

    /// Changed, removed, then added rows.
    var all: [Found] { [.changed, .removed, .added].flatMap { kept[$0] ?? [] } }
}

/// How the columns of two tables go together.
private struct Columns {
    /// Those that both have, in the order of the new table, with their places.
    let common: [(name: String, old: Int, new: Int)]
    /// Places of the key columns; `nil` for one that is not there.
    let oldKeys: [Int?]
    let newKeys: [Int?]
    private let old: [String]
    private let new: [String]

    init(_ old: [String]?, _ new: [String]?, keys: [String]) {
        // A table that is not there has whatever columns the other has.
        self.old = old ?? new ?? []
        self.new = new ?? old ?? []
        let places = Dictionary(
            self.old.enumerated().map { ($1.bytes, $0) }, uniquingKeysWith: { first, _ in first })
        let newPlaces = Dictionary(
            self.new.enumerated().map { ($1.bytes, $0) }, uniquingKeysWith: { first, _ in first })
        common = self.new.enumerated().compactMap { index, name in places[name.bytes].map { (name, $0, index) } }
        oldKeys = keys.map { places[$0.bytes] }
        newKeys = keys.map { newPlaces[$0.bytes] }
    }

    func describe(in diff: inout RowDiff) {
        let shared = Set(common.map(\.name.bytes))
        diff.addedColumns = new.filter { !shared.contains($0.bytes) }
        diff.droppedColumns = old.filter { !shared.contains($0.bytes) }
        diff.isReordered = zip(common, common.dropFirst()).contains { $0.old > $1.old }
        diff.retypedColumns = common.compactMap { column in
            let (was, now) = (diff.old.columns[column.old].kind, diff.new.columns[column.new].kind)
            guard was != now, was != .empty, now != .empty else { return nil }
            return RowDiff.Retyping(column: column.name, old: was, new: now)
        }
    }
}

extension String {
    /// Names of columns are compared byte by byte.
    fileprivate var bytes: [UInt8] { Array(utf8) }
}
