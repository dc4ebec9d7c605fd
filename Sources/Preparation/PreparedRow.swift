import Tables

/// A row on its way through the steps.
struct PreparedRow {
    /// One for each column of the layout that the step before left.
    var cells: [TableCell] = []
    /// In the file, from 1.
    var line = 0
    /// Where a split put it; -1 before one.
    var side = -1
}

/// What a step does with a row.
///
/// - Returns: false where the row goes no further.
typealias RowOperation = (inout PreparedRow) throws -> Bool

/// Which step it is, and in which file: for messages.
struct StepPlace: Sendable {
    let file: String
    /// From 1.
    let number: Int
    let name: String

    func error(line: Int, _ reason: String) -> TableError {
        TableError(path: file, line: line, reason: "\(reason) (step \(number), \(name))")
    }

    func error(_ reason: String) -> TableError {
        TableError(path: file, line: nil, reason: "\(reason) (step \(number), \(name))")
    }

    /// A number, or nothing.
    func number(_ cell: TableCell, column: String, line: Int) throws -> Double? {
        if let number = cell.number { return number }
        guard let spelling = cell.spelling else { return nil }
        throw error(
            line: line, "column '\(column)' holds \(Self.shown(spelling)) where a number is needed")
    }

    static func shown(_ bytes: [UInt8]) -> String {
        let text = String(decoding: bytes.prefix(40), as: UTF8.self)
        return "'\(text)\(bytes.count > 40 ? "…" : "")'"
    }
}

extension TableCell {
    /// A cell's category: its spelling, where numbers are spelled in one way only; `nil` for nothing.
    ///
    /// Digits behind a leading zero or a plus are no number, but a code such as `01234`.
    var category: [UInt8]? {
        guard let spelling else { return nil }
        var digits = spelling[...]
        if digits.first == UInt8(ascii: "-") { digits = digits.dropFirst() }
        let isCode =
            digits.first == UInt8(ascii: "+")
            || digits.first == UInt8(ascii: "0") && digits.count > 1
                && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digits[digits.startIndex + 1])
        guard !isCode, let number else { return spelling }
        return Array(TableWriter.spelling(number).utf8)
    }

    /// Of a category: a number where it spells one.
    static func category(_ bytes: [UInt8]) -> TableCell { .literal(bytes[...]) }
}

enum Categories {
    /// Numbers by size where all are numbers, else all by their bytes.
    static func sorted(_ categories: some Collection<[UInt8]>) -> [[UInt8]] {
        let numbers = categories.map { ($0, TableCell.bytes($0[...]).number) }
        if numbers.allSatisfy({ $0.1 != nil }) {
            return numbers.sorted { left, right in
                let (a, b) = (left.1 ?? 0, right.1 ?? 0)
                return a == b ? left.0.lexicographicallyPrecedes(right.0) : a < b
            }.map(\.0)
        }
        return categories.sorted { $0.lexicographicallyPrecedes($1) }
    }
}
