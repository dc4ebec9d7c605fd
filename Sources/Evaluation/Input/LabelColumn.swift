import Documents
import Tables

/// A column of classes: the place of each row's class in a list of all of them.
struct LabelColumn: Sendable {
    /// -1 where the cell is missing.
    var codes: [Int32]
    var levels: [String]
    /// What the levels are as numbers, where all of them are.
    var numbers: [Double]?

    /// More classes than this are taken for a mistake.
    static let mostLevels = 5000

    /// - Returns: `nil` where there are more different values than `mostLevels`.
    init?(_ column: ColumnTable.Column, rows: Int) {
        switch column.content {
        case .numbers(let values, _): self.init(numbers: values)
        case .words(let codes, let levels), .mixed(let codes, let levels, _, _):
            guard levels.count <= Self.mostLevels else { return nil }
            self.init(codes: codes, levels: levels)
        case .empty: self.init(codes: [Int32](repeating: -1, count: rows), levels: [])
        }
    }

    private init(codes: [Int32], levels: [String]) {
        self.codes = codes
        self.levels = levels
    }

    init?(numbers values: [Double]) {
        var places: [UInt64: Int32] = [:]
        var found: [Double] = []
        var codes = [Int32](repeating: -1, count: values.count)
        var last: (value: Double, code: Int32) = (.nan, -1)
        for (row, value) in values.enumerated() where !value.isNaN {
            if value == last.value {
                codes[row] = last.code
                continue
            }
            // Zero and its negative are one class.
            let bits = (value + 0).bitPattern
            let code: Int32
            if let known = places[bits] {
                code = known
            } else {
                guard found.count < Self.mostLevels else { return nil }
                code = Int32(found.count)
                places[bits] = code
                found.append(value + 0)
            }
            codes[row] = code
            last = (value, code)
        }
        let order = found.indices.sorted { found[$0] < found[$1] }
        var ranks = [Int32](repeating: 0, count: found.count)
        for (rank, place) in order.enumerated() { ranks[place] = Int32(rank) }
        for row in codes.indices where codes[row] >= 0 { codes[row] = ranks[Int(codes[row])] }
        let sorted = order.map { found[$0] }
        self.codes = codes
        numbers = sorted
        levels = sorted.map(Self.name)
    }

    /// A number as the name of a class: whole ones without a fraction, as `1` and `1.0` are one class.
    static func name(_ number: Double) -> String {
        Int(exactly: number).map(String.init) ?? PythonFloat.repr(number)
    }

    /// All classes of some columns in scikit-learn's order, and each column's codes for them.
    static func united(_ columns: [LabelColumn]) -> (levels: [String], codes: [[Int]]) {
        let levels: [String]
        if columns.allSatisfy({ $0.numbers != nil || $0.levels.isEmpty }) {
            var numbers = columns.flatMap { $0.numbers ?? [] }.sorted()
            numbers = numbers.enumerated().filter { $0.offset == 0 || numbers[$0.offset - 1] != $0.element }
                .map(\.element)
            levels = numbers.map(name)
        } else {
            levels = sortedWords(columns.flatMap(\.levels))
        }
        return (levels, columns.map { $0.recoded(for: levels) })
    }

    /// By their bytes, each once.
    static func sortedWords(_ words: [String]) -> [String] {
        let sorted = words.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return sorted.enumerated().filter { place, word in
            place == 0 || !sorted[place - 1].utf8.elementsEqual(word.utf8)
        }.map(\.element)
    }

    /// The codes for other levels; -2 where those lack one.
    func recoded(for others: [String]) -> [Int] {
        let map = levels.map { level in
            others.firstIndex { $0.utf8.elementsEqual(level.utf8) } ?? -2
        }
        if map.enumerated().allSatisfy({ $0.element == $0.offset }) { return codes.map { Int($0) } }
        return codes.map { $0 < 0 ? Int($0) : map[Int($0)] }
    }
}
