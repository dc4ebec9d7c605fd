import Basics
import Tables

/// The column that is predicted, as numbers: classes by their place.
struct Target: Sendable {
    let task: ModelTask
    /// In the order of the probabilities; empty where the target is a quantity.
    let classes: [String]

    /// Finds out what a column asks for.
    ///
    /// - Parameter wanted: the task that somebody named.
    init(learning column: ColumnTable.Column, of table: ColumnTable, wanted: ModelTask?, isRanking: Bool)
        throws(Failure)
    {
        try Self.refuseMissing(column, table)
        let found: [String]
        switch column.content {
        case .empty: throw Self.missing(column, table)
        case .mixed(_, _, let numberLine, let wordLine):
            throw TwoKinds(table: table.name, column: column.name, numberLine: numberLine, wordLine: wordLine).failure
        case .words(_, let levels):
            task = wanted ?? (levels.count == 2 ? .binary : .multiclass)
            guard task.isClassification else {
                throw Failure(
                    "the target '\(column.name)' holds words, such as '\(levels.first ?? "")', and the task is"
                        + " \(task.rawValue)")
            }
            found = levels
        case .numbers(let numbers, _):
            let distinct = Self.distinct(numbers, upTo: 3)
            task = wanted ?? (isRanking ? .ranking : distinct == [0, 1] ? .binary : .regression)
            found = task.isClassification ? Self.distinct(numbers, upTo: 10_001).map(Self.word) : []
            if !task.isClassification, distinct.count == 1 {
                throw Failure(
                    "the target '\(column.name)' of '\(table.name)' is always \(Self.word(distinct[0])): there is nothing"
                        + " to learn")
            }
            try Self.check(numbers, task: task, column, table)
        }
        classes = found
        try checkClasses(column, table)
    }

    init(task: ModelTask, classes: [String]) {
        self.task = task
        self.classes = classes
    }

    private func checkClasses(_ column: ColumnTable.Column, _ table: ColumnTable) throws(Failure) {
        guard task.isClassification else { return }
        if classes.count == 1 {
            throw Failure(
                "the target '\(column.name)' of '\(table.name)' has one class only, '\(classes[0])': there is nothing to"
                    + " learn")
        }
        if task == .binary, classes.count > 2 {
            throw Failure(
                "the target '\(column.name)' of '\(table.name)' has \(classes.count) classes, and the task is binary",
                remedy: "use `--task multiclass`")
        }
        if classes.count > 10_000 {
            throw Failure(
                "the target '\(column.name)' of '\(table.name)' has more than 10000 classes",
                remedy: "use `--task regression` for a quantity")
        }
    }

    private static func check(_ numbers: [Double], task: ModelTask, _ column: ColumnTable.Column, _ table: ColumnTable)
        throws(Failure)
    {
        for (row, number) in numbers.enumerated() {
            let reason: String? =
                switch task {
                case .count where number < 0: "a count cannot be negative"
                case .ranking where number < 0 || number != number.rounded() || number > 31:
                    "the relevance of a row is a whole number from 0 to 31"
                default: Float(number).isInfinite ? "the number is too large" : nil
                }
            if let reason {
                throw Failure("'\(table.name)', line \(table.lines[row]), column '\(column.name)': \(reason)")
            }
        }
    }

    /// The column's rows as numbers.
    func values(_ column: ColumnTable.Column, of table: ColumnTable) throws(Failure) -> [Double] {
        try Self.refuseMissing(column, table)
        switch column.content {
        case .empty: throw Self.missing(column, table)
        case .mixed(_, _, let numberLine, let wordLine):
            throw TwoKinds(table: table.name, column: column.name, numberLine: numberLine, wordLine: wordLine).failure
        case .numbers(let numbers, _):
            guard task.isClassification else {
                try Self.check(numbers, task: task, column, table)
                return numbers
            }
            var places: [UInt64: Double] = [:]
            var result: [Double] = []
            result.reserveCapacity(numbers.count)
            for (row, number) in numbers.enumerated() {
                // Zero has two bit patterns.
                let bits = (number == 0 ? 0 : number).bitPattern
                if let place = places[bits] {
                    result.append(place)
                } else {
                    let place = Double(try self.place(of: Self.word(number), column, table, row: row))
                    places[bits] = place
                    result.append(place)
                }
            }
            return result
        case .words(let codes, let levels):
            guard task.isClassification else {
                throw Failure(
                    "the target '\(column.name)' of '\(table.name)' holds words, and the training data have numbers")
            }
            var places = [Int?](repeating: nil, count: levels.count)
            return try codes.enumerated().map { (row, code) throws(Failure) in
                if let place = places[Int(code)] { return Double(place) }
                let place = try self.place(of: levels[Int(code)], column, table, row: row)
                places[Int(code)] = place
                return Double(place)
            }
        }
    }

    private func place(of word: String, _ column: ColumnTable.Column, _ table: ColumnTable, row: Int) throws(Failure)
        -> Int
    {
        if let place = classes.firstIndex(where: { $0.utf8.elementsEqual(word.utf8) }) { return place }
        throw Failure(
            "'\(table.name)', line \(table.lines[row]): the class '\(word)' of '\(column.name)' is not in the training"
                + " data",
            remedy: "divide the rows so that every class is in the training data; theirs are "
                + classes.prefix(20).joined(separator: ", "))
    }

    // MARK: Small parts

    private static func refuseMissing(_ column: ColumnTable.Column, _ table: ColumnTable) throws(Failure) {
        if column.missing > 0 { throw missing(column, table) }
    }

    private static func missing(_ column: ColumnTable.Column, _ table: ColumnTable) -> Failure {
        let row =
            switch column.content {
            case .numbers(let numbers, _): numbers.firstIndex { $0.isNaN }
            case .words(let codes, _), .mixed(let codes, _, _, _): codes.firstIndex { $0 < 0 }
            case .empty: table.rows > 0 ? 0 : nil
            }
        let place = row.map { ", first in line \(table.lines[$0])" } ?? ""
        return Failure(
            "the target '\(column.name)' of '\(table.name)' is missing in"
                + " \(column.missing == 1 ? "1 row" : "\(column.missing) rows")\(place)",
            remedy: "leave such rows out, for instance with a `filter` step of `varve run prepare`")
    }

    /// The different numbers in order, no more than the limit.
    private static func distinct(_ numbers: [Double], upTo limit: Int) -> [Double] {
        var found: Set<Double> = []
        for number in numbers where found.count < limit { found.insert(number) }
        return found.sorted()
    }

    /// A number as the name of a class.
    static func word(_ number: Double) -> String {
        number == number.rounded() && number.magnitude < 1e15 ? String(Int(number)) : "\(number)"
    }
}
