package import Basics
package import Documents
package import Tables

/// The columns that a model reads, and how each becomes numbers.
package struct FeatureSchema: Sendable, Equatable {
    package enum Encoding: String, Sendable {
        /// The number itself.
        case number
        /// 1 in the place of the word, 0 elsewhere; a number for each word.
        case oneHot = "onehot"
        /// The word's place among the words.
        case codes = "ordinal"
    }

    package struct Column: Sendable, Equatable {
        package let name: String
        package let encoding: Encoding
        /// The words of the training data, in byte order.
        package let levels: [String]
        /// Whether the first word has no place of its own; linear models know it by all others being 0.
        package let dropsFirst: Bool

        var width: Int { encoding == .oneHot ? max(0, levels.count - (dropsFirst ? 1 : 0)) : 1 }
    }

    package let columns: [Column]

    package init(columns: [Column]) { self.columns = columns }

    /// How many numbers a row becomes.
    package var width: Int { columns.reduce(0) { $0 + $1.width } }

    /// The numbers' names: the column's, with the word behind it where there is one for each, such as `island=Dream`.
    package var featureNames: [String] {
        columns.flatMap { column in
            column.encoding == .oneHot
                ? column.levels.dropFirst(column.dropsFirst ? 1 : 0).map { "\(column.name)=\($0)" } : [column.name]
        }
    }

    /// Columns that must be read as words, whatever they look like.
    package var wordColumns: Set<String> { Set(columns.filter { $0.encoding != .number }.map(\.name)) }

    // MARK: Learning it

    /// How words become numbers.
    package enum Words: String, Sendable, CaseIterable {
        /// A number for each word where there are few, else the word's place.
        case auto
        case oneHot = "onehot"
        case codes = "ordinal"
    }

    /// Up to how many words `auto` gives a number each.
    package static let fewLevels = 16
    /// Beyond it a table would be too wide to be meant.
    package static let mostLevels = 1000

    /// Finds out what the columns of a table are.
    ///
    /// - Throws: for a column with words and numbers, and for more words than can be told apart sensibly.
    package init(
        learning columns: [ColumnTable.Column], of table: String, words: Words, dropsFirst: Bool
    ) throws(Failure) {
        self.columns = try columns.map { (column) throws(Failure) in
            switch column.content {
            case .numbers, .empty:
                return Column(name: column.name, encoding: .number, levels: [], dropsFirst: false)
            case .mixed(_, _, let numberLine, let wordLine):
                throw TwoKinds(
                    table: table, column: column.name, numberLine: numberLine, wordLine: wordLine
                ).failure
            case .words(_, let levels):
                let isWide = words == .oneHot || (words == .auto && (levels.count <= Self.fewLevels || dropsFirst))
                guard !isWide || levels.count <= Self.mostLevels else {
                    throw Failure(
                        "column '\(column.name)' of '\(table)' has \(levels.count) different words, too many to give"
                            + " each a number of its own",
                        remedy: "leave it out with `--ignore \(column.name)`, or use `--words ordinal`")
                }
                return Column(
                    name: column.name, encoding: isWide ? .oneHot : .codes, levels: levels,
                    dropsFirst: isWide && dropsFirst)
            }
        }
    }

    // MARK: Using it

    /// What to do with a word that the training data did not have.
    package enum UnknownWords: String, Sendable, CaseIterable {
        case missing
        case error
    }

    /// Words that the training data did not have.
    package struct UnknownWord: Sendable, Equatable {
        package let column: String
        package let example: String
        package let rows: Int
    }

    /// Turns the rows of a table into numbers, row by row; NaN where nothing is known.
    package func encode<Number: BinaryFloatingPoint>(
        _ table: ColumnTable, as _: Number.Type = Number.self, unknown: UnknownWords = .missing
    ) throws(Failure) -> (values: [Number], unknown: [UnknownWord]) {
        let width = width
        var values = [Number](repeating: .nan, count: table.rows * width)
        var unknownWords: [UnknownWord] = []
        var place = 0
        for column in columns {
            guard let source = table.column(column.name) else {
                throw Failure(
                    "'\(table.name)' has no column '\(column.name)', which the model reads",
                    remedy: "it has " + table.columns.map(\.name).joined(separator: ", "))
            }
            defer { place += column.width }
            if case .empty = source.content { continue }
            if column.encoding == .number {
                try fill(&values, at: place, width: width, with: source, of: table)
            } else if let word = try fill(
                &values, at: place, width: width, with: source, as: column, of: table, unknown)
            {
                unknownWords.append(word)
            }
        }
        return (values, unknownWords)
    }

    private func fill<Number: BinaryFloatingPoint>(
        _ values: inout [Number], at place: Int, width: Int, with source: ColumnTable.Column, of table: ColumnTable
    ) throws(Failure) {
        let numbers: [Double]
        switch source.content {
        case .numbers(let found, _): numbers = found
        case .mixed(_, _, let numberLine, let wordLine):
            throw TwoKinds(table: table.name, column: source.name, numberLine: numberLine, wordLine: wordLine).failure
        case .words(_, let levels):
            throw Failure(
                "column '\(source.name)' of '\(table.name)' holds words, such as '\(levels.first ?? "")', where the model"
                    + " wants numbers")
        case .empty: return
        }
        for row in 0..<table.rows {
            let number = Number(numbers[row])
            guard !number.isInfinite else {
                throw Failure(
                    "'\(table.name)', line \(table.lines[row]): the number in column '\(source.name)' is too large")
            }
            values[row * width + place] = number
        }
    }

    private func fill<Number: BinaryFloatingPoint>(
        _ values: inout [Number], at place: Int, width: Int, with source: ColumnTable.Column, as column: Column,
        of table: ColumnTable, _ unknown: UnknownWords
    ) throws(Failure) -> UnknownWord? {
        let codes: [Int32]
        let levels: [String]
        switch source.content {
        case .words(let found, let names), .mixed(let found, let names, _, _): (codes, levels) = (found, names)
        // A transformer gives words that look like numbers as numbers.
        case .numbers(let numbers, _): (codes, levels) = Self.words(of: numbers)
        case .empty: return nil
        }
        let known = levels.map { column.place(of: $0) }
        var strangers = 0
        var example = ""
        for row in 0..<table.rows where codes[row] >= 0 {
            guard let level = known[Int(codes[row])] else {
                if unknown == .error {
                    throw Failure(
                        "'\(table.name)', line \(table.lines[row]): the training data had no"
                            + " '\(levels[Int(codes[row])])' in column '\(column.name)'",
                        remedy: "`--unknown missing` takes such words as missing")
                }
                if strangers == 0 { example = levels[Int(codes[row])] }
                strangers += 1
                continue
            }
            let start = row * width + place
            if column.encoding == .codes {
                values[start] = Number(level)
            } else {
                for offset in 0..<column.width { values[start + offset] = 0 }
                let offset = level - (column.dropsFirst ? 1 : 0)
                if offset >= 0 { values[start + offset] = 1 }
            }
        }
        return strangers == 0 ? nil : UnknownWord(column: column.name, example: example, rows: strangers)
    }

    private static func words(of numbers: [Double]) -> (codes: [Int32], levels: [String]) {
        var places: [UInt64: Int32] = [:]
        var levels: [String] = []
        let codes = numbers.map { number -> Int32 in
            guard !number.isNaN else { return -1 }
            if let place = places[number.bitPattern] { return place }
            let place = Int32(levels.count)
            places[number.bitPattern] = place
            levels.append(Target.word(number))
            return place
        }
        return (codes, levels)
    }

    // MARK: As a document

    package var value: Value {
        .array(
            columns.map { column in
                var entry = Mapping([("name", .string(column.name)), ("encoding", .string(column.encoding.rawValue))])
                if column.encoding != .number { entry["levels"] = .array(column.levels.map { .string($0) }) }
                if column.dropsFirst { entry["drops_first"] = true }
                return .mapping(entry)
            })
    }

    package init?(_ value: Value?) {
        guard let items = value?.array else { return nil }
        var columns: [Column] = []
        var names: Set<[UInt8]> = []
        for item in items {
            guard let entry = item.mapping, let name = entry["name"]?.string,
                let encoding = entry["encoding"]?.string.flatMap(Encoding.init(rawValue:)),
                names.insert(Array(name.utf8)).inserted
            else { return nil }
            let levels = (entry["levels"]?.array ?? []).compactMap(\.string)
            guard levels.count == entry["levels"]?.array?.count ?? 0 else { return nil }
            let bytes = levels.map { Array($0.utf8) }
            guard zip(bytes, bytes.dropFirst()).allSatisfy({ $0.lexicographicallyPrecedes($1) }) else { return nil }
            columns.append(
                Column(
                    name: name, encoding: encoding, levels: levels, dropsFirst: entry["drops_first"]?.bool ?? false))
        }
        self.columns = columns
    }
}

extension FeatureSchema.Column {
    /// Where a word stands among the levels; nil for one that is not there.
    func place(of word: String) -> Int? {
        var low = 0
        var high = levels.count
        while low < high {
            let middle = (low + high) / 2
            if levels[middle].utf8.lexicographicallyPrecedes(word.utf8) { low = middle + 1 } else { high = middle }
        }
        return low < levels.count && levels[low].utf8.elementsEqual(word.utf8) ? low : nil
    }
}

/// A column that holds numbers and words.
struct TwoKinds {
    let table: String
    let column: String
    let numberLine: Int
    let wordLine: Int

    var failure: Failure {
        Failure(
            "column '\(column)' of '\(table)' has two types: a number in line \(numberLine) and a word in line"
                + " \(wordLine)",
            remedy: "name it with `--categorical \(column)` to take all as words, leave it out with `--ignore"
                + " \(column)`, or let `varve run prepare` cast it")
    }
}
