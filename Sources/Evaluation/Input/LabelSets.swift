import Tables

/// A column whose cells hold lists of labels; an empty cell has none.
struct LabelSets {
    private let codes: [Int32]
    private let sets: [[String]]

    init(_ column: ColumnTable.Column, separator: String, rows: Int) throws {
        let levels: [String]
        switch column.content {
        case .words(let words, let names), .mixed(let words, let names, _, _): (codes, levels) = (words, names)
        case .numbers(let numbers, _):
            let labels = LabelColumn(numbers: numbers)
            codes = labels?.codes ?? []
            levels = labels?.levels ?? []
        case .empty: (codes, levels) = ([Int32](repeating: -1, count: rows), [])
        }
        guard codes.count == rows else { throw InputError("'\(column.name)' has too many different lists of labels") }
        sets = levels.map { level in level.split(separator: separator).map { $0.trimmed }.filter { !$0.isEmpty } }
    }

    var names: [String] { sets.flatMap { $0 } }

    /// 0 or 1 for each label of each row in turn.
    func flags(_ labels: [String]) -> [Int] {
        let places = sets.map { set in
            set.compactMap { name in labels.firstIndex { $0.utf8.elementsEqual(name.utf8) } }
        }
        var result = [Int](repeating: 0, count: codes.count * labels.count)
        for (row, code) in codes.enumerated() where code >= 0 {
            for place in places[Int(code)] { result[row * labels.count + place] = 1 }
        }
        return result
    }
}
