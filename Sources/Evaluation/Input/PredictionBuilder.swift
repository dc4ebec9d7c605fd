import Tables

/// Makes rows to be judged out of the columns of a table.
struct PredictionBuilder {
    let table: ColumnTable
    let options: EvaluationOptions
    let target: [(column: String, star: String?)]
    let prediction: [(column: String, star: String?)]
    let scores: [(column: String, star: String?)]
    let score: String?
    let model: ModelOutput?
    private(set) var data: EvaluationData

    init(
        table: ColumnTable, options: EvaluationOptions, target: [(column: String, star: String?)],
        prediction: [(column: String, star: String?)], scores: [(column: String, star: String?)], score: String?,
        model: ModelOutput?
    ) throws {
        self.table = table
        self.options = options
        self.target = target
        self.prediction = prediction
        self.scores = scores
        self.score = score
        self.model = model
        data = EvaluationData(name: table.name, task: .regression, rows: table.rows)
        data.lines = table.lines
    }

    mutating func build() throws {
        data.task = try options.task ?? model?.task ?? guessedTask()
        switch data.task {
        case .binary: try buildBinary()
        case .multiclass: try buildMulticlass()
        case .multilabel: try buildMultilabel()
        case .regression, .ranking: try buildNumbers()
        }
    }

    // MARK: What kind it is

    private func guessedTask() throws -> EvaluationTask {
        if options.columns.query != nil { return .ranking }
        if target.count > 1 || target[0].star != nil || options.columns.separator != nil { return .multilabel }
        if scores.count > 1 { return .multiclass }
        let truth = try column(target[0].column)
        if score != nil { return .binary }
        switch truth.content {
        case .empty: return .regression
        case .words, .mixed:
            let levels = try united().levels
            return levels.count <= 2 ? .binary : .multiclass
        case .numbers:
            // Whole numbers of which there are few, however they are written, are classes.
            guard let place = prediction.first, let labels = try? labels(target[0].column),
                let others = try? self.labels(place.column), let numbers = labels.numbers, let more = others.numbers,
                (numbers + more).allSatisfy({ $0 == $0.rounded() })
            else { return .regression }
            let count = LabelColumn.united([labels, others]).levels.count
            return count <= 2 ? .binary : count <= 20 ? .multiclass : .regression
        }
    }

    /// The classes of the truth and of what was predicted.
    private func united() throws -> (levels: [String], codes: [[Int]]) {
        LabelColumn.united(try ([target[0]] + prediction.prefix(1)).map { try labels($0.column) })
    }

    // MARK: Columns

    private func column(_ name: String) throws -> ColumnTable.Column {
        guard let column = table.column(name) else {
            throw InputError("'\(table.name)' has no column '\(name)'")
        }
        return column
    }

    private func labels(_ name: String) throws -> LabelColumn {
        let column = try column(name)
        if case .mixed(_, _, let number, let word) = column.content, options.task == nil {
            throw InputError(
                "'\(table.name)': '\(name)' holds numbers (line \(number)) and words (line \(word))",
                remedy: "if all of them are names of classes, say so with --task binary or --task multiclass")
        }
        guard let labels = LabelColumn(column, rows: table.rows) else {
            throw InputError(
                "'\(table.name)': '\(name)' has more than \(LabelColumn.mostLevels) different values, too many for classes",
                remedy: "numbers that are no classes are judged with --task regression")
        }
        return labels
    }

    /// The numbers of a column that has one in each row.
    static func numbers(of name: String, in table: ColumnTable, role: String) throws -> [Double] {
        guard let column = table.column(name) else {
            throw InputError("'\(table.name)' has no column '\(name)'")
        }
        switch column.content {
        case .numbers(let numbers, _):
            guard column.missing > 0 else { return numbers }
            throw missing(name, in: table, role, row: numbers.firstIndex(where: \.isNaN) ?? 0, count: column.missing)
        case .mixed(_, _, let number, let word):
            throw InputError("'\(table.name)': '\(name)' holds numbers (line \(number)) and words (line \(word))")
        case .words: throw InputError("'\(table.name)': \(role) in '\(name)' holds words, not numbers")
        case .empty: throw missing(name, in: table, role, row: 0, count: table.rows)
        }
    }

    private static func missing(_ name: String, in table: ColumnTable, _ role: String, row: Int, count: Int)
        -> InputError
    {
        InputError(
            "'\(table.name)', line \(table.lines.indices.contains(row) ? table.lines[row] : 0): \(role) in '\(name)' is "
                + "missing; it is in \(count) of \(table.rows) rows",
            remedy: "drop those rows first, for example with `varve run prepare`")
    }

    private func refuseMissing(_ codes: [Int], _ name: String, _ role: String) throws {
        let gaps = codes.count { $0 == -1 }
        guard gaps > 0, let row = codes.firstIndex(of: -1) else { return }
        throw Self.missing(name, in: table, role, row: row, count: gaps)
    }

    // MARK: Two classes

    private mutating func buildBinary() throws {
        let truth = try labels(target[0].column)
        let predicted = try prediction.first.map { try labels($0.column) }
        var (levels, codes) = LabelColumn.united([truth] + [predicted].compactMap { $0 })
        try refuseMissing(codes[0], target[0].column, "the target")
        if codes.count > 1 { try refuseMissing(codes[1], prediction[0].column, "the prediction") }
        let known = options.classes.isEmpty ? model?.classes ?? [] : options.classes
        if levels.count > 2 {
            throw InputError(
                "'\(table.name)': '\(target[0].column)' has \(levels.count) classes (\(Self.few(levels))), and the task "
                    + "is binary",
                remedy: "give a score for each class with --score-cols, or the predicted classes with --pred-col")
        }
        let order = try binaryClasses(levels, known: known, isNumeric: truth.numbers != nil)
        let map = levels.map { level in Int(order.firstIndex { $0.utf8.elementsEqual(level.utf8) } ?? 0) }
        codes = codes.map { $0.map { map[Int($0)] } }
        levels = order
        data.classes = levels
        data.truth = codes[0]
        data.decisions = codes.count > 1 ? codes[1] : nil
        if let model {
            data.scores = model.values
            if model.classes.count == 2, model.classes[0].utf8.elementsEqual(levels[1].utf8) {
                data.scores = model.values.map { 1 - $0 }
            }
        } else if let score {
            data.scores = try Self.numbers(of: score, in: table, role: "the score")
        } else if !scores.isEmpty {
            data.scores = try Self.numbers(of: try positiveColumn(of: levels), in: table, role: "the score")
        }
    }

    /// The negative and the positive class.
    private func binaryClasses(_ levels: [String], known: [String], isNumeric: Bool) throws -> [String] {
        var classes = known.count == 2 ? known : levels
        if let stranger = levels.first(where: { level in !classes.contains { $0.utf8.elementsEqual(level.utf8) } }) {
            throw InputError(
                "'\(table.name)': '\(target[0].column)' has the class '\(stranger)', which is none of "
                    + classes.joined(separator: ", "))
        }
        if classes.count == 1 {
            // One class only; what the other would be called shows in 0 and 1, and in the wish.
            if isNumeric, classes[0] == "0" || classes[0] == "1" {
                classes = ["0", "1"]
            } else if let positive = options.positive, !positive.utf8.elementsEqual(classes[0].utf8) {
                classes.append(positive)
            } else if options.positive != nil {
                classes.insert("not \(classes[0])", at: 0)
            } else {
                throw InputError(
                    "'\(table.name)': '\(target[0].column)' has only one class, '\(classes[0])'",
                    remedy: "say with --positive which class is the positive one, or give both with --classes")
            }
        }
        if let positive = options.positive {
            guard let place = classes.firstIndex(where: { $0.utf8.elementsEqual(positive.utf8) }) else {
                throw InputError(
                    "'\(table.name)': the positive class '\(positive)' is none of \(classes.joined(separator: ", "))")
            }
            if place == 0 { classes.reverse() }
        }
        return classes
    }

    private func positiveColumn(of levels: [String]) throws -> String {
        if scores.count == 1 { return scores[0].column }
        if let match = scores.first(where: { $0.star?.utf8.elementsEqual(levels[1].utf8) == true }) {
            return match.column
        }
        guard scores.count == 2, scores.allSatisfy({ $0.star == nil }) else {
            throw InputError("'\(table.name)' has no score column for the class '\(levels[1])'")
        }
        return scores[1].column
    }

    static func few(_ names: [String]) -> String {
        names.count <= 6 ? names.joined(separator: ", ") : names.prefix(5).joined(separator: ", ") + ", …"
    }

    // MARK: Several classes

    private mutating func buildMulticlass() throws {
        let truth = try labels(target[0].column)
        let predicted = try prediction.first.map { try labels($0.column) }
        let columns = [truth] + [predicted].compactMap { $0 }
        var levels = LabelColumn.united(columns).levels
        var scoreNames: [String]?
        if let model {
            scoreNames = model.classes
        } else if !scores.isEmpty {
            scoreNames = try scoreClasses(levels)
        } else if !options.classes.isEmpty {
            scoreNames = options.classes
        }
        if let scoreNames {
            let isKnown = { (level: String) in scoreNames.contains { $0.utf8.elementsEqual(level.utf8) } }
            for (labels, place) in zip(columns, [target[0].column] + prediction.map(\.column)) {
                guard let stranger = labels.levels.firstIndex(where: { !isKnown($0) }) else { continue }
                let row = labels.codes.firstIndex(of: Int32(stranger)) ?? 0
                throw InputError(
                    "'\(table.name)', line \(table.lines[row]): '\(place)' is '\(labels.levels[stranger])', a class that "
                        + (scores.isEmpty
                            ? "the model does not know; it knows \(Self.few(scoreNames))"
                            : "no score column is for; there are \(Self.few(scoreNames))"))
            }
            levels = Self.sorted(scoreNames)
        }
        let codes = columns.map { $0.recoded(for: levels) }
        try refuseMissing(codes[0], target[0].column, "the target")
        if codes.count > 1 { try refuseMissing(codes[1], prediction[0].column, "the prediction") }
        data.classes = levels
        data.truth = codes[0]
        data.decisions = codes.count > 1 ? codes[1] : nil
        guard let scoreNames else { return }
        // Where each class of the sorted ones lies among the scores.
        let places = levels.map { level in scoreNames.firstIndex { $0.utf8.elementsEqual(level.utf8) } ?? 0 }
        if let model {
            let width = model.classes.count
            data.scores = (0..<table.rows).flatMap { row in places.map { model.values[row * width + $0] } }
        } else if !scores.isEmpty {
            data.scores = try rowMajor(places.map { scores[$0].column })
        }
    }

    /// As scikit-learn sorts classes: all numbers by size, else by bytes.
    static func sorted(_ names: [String]) -> [String] {
        let numbers = names.map { Double($0) }
        guard numbers.allSatisfy({ $0 != nil }) else { return LabelColumn.sortedWords(names) }
        return zip(names, numbers).sorted { ($0.1 ?? 0) < ($1.1 ?? 0) }.map(\.0)
    }

    /// Which class each score column is for.
    private func scoreClasses(_ levels: [String]) throws -> [String] {
        if !options.classes.isEmpty {
            guard options.classes.count == scores.count else {
                throw InputError(
                    "--classes names \(options.classes.count) classes, and there are \(scores.count) score columns")
            }
            return options.classes
        }
        if scores.allSatisfy({ $0.star != nil }) { return scores.map { LabelColumn.canonical($0.star ?? "") } }
        // Columns named one by one: `p_cat`, `p_dog` have the classes behind what they share.
        let names = scores.map { Array($0.column.utf8) }
        var shared = 0
        while let byte = names[0].dropFirst(shared).first, names.allSatisfy({ $0.dropFirst(shared).first == byte }) {
            shared += 1
        }
        while shared >= 0 {
            let rests = names.map { LabelColumn.canonical(String(decoding: $0.dropFirst(shared), as: UTF8.self)) }
            if levels.allSatisfy({ level in rests.contains { $0.utf8.elementsEqual(level.utf8) } }) { return rests }
            shared -= 1
        }
        throw InputError(
            "'\(table.name)': which class each of the score columns \(Self.few(scores.map(\.column))) is for is not clear",
            remedy: "name the classes in the order of the columns with --classes")
    }

    private func rowMajor(_ names: [String]) throws -> [Double] {
        let columns = try names.map { try Self.numbers(of: $0, in: table, role: "the score") }
        var result = [Double](repeating: 0, count: table.rows * columns.count)
        for (place, column) in columns.enumerated() {
            for row in 0..<table.rows { result[row * columns.count + place] = column[row] }
        }
        return result
    }

    // MARK: Many labels

    private mutating func buildMultilabel() throws {
        if target.count == 1, target[0].star == nil {
            let separator = options.columns.separator ?? ";"
            let truth = try LabelSets(try column(target[0].column), separator: separator, rows: table.rows)
            let predicted = try prediction.first.map {
                try LabelSets(try column($0.column), separator: separator, rows: table.rows)
            }
            var names = truth.names + (predicted?.names ?? [])
            names += options.classes + scores.compactMap { $0.star.map(LabelColumn.canonical) }
            data.classes = Self.sorted(LabelColumn.sortedWords(names))
            data.truth = truth.flags(data.classes)
            data.decisions = predicted?.flags(data.classes)
        } else {
            data.classes = target.map { LabelColumn.canonical($0.star ?? $0.column) }
            data.truth = try flags(target.map(\.column), role: "the target")
            if !prediction.isEmpty {
                data.decisions = try flags(try matched(prediction, "--pred-col"), role: "the prediction")
            }
        }
        guard data.classes.count >= 1 else { throw InputError("'\(table.name)' has no labels") }
        if !scores.isEmpty { data.scores = try rowMajor(try matched(scores, "--score-cols")) }
    }

    /// The columns in the order of the labels.
    private func matched(_ columns: [(column: String, star: String?)], _ option: String) throws -> [String] {
        if columns.allSatisfy({ $0.star != nil }) {
            return try data.classes.map { label in
                guard
                    let match = columns.first(where: {
                        LabelColumn.canonical($0.star ?? "").utf8.elementsEqual(label.utf8)
                    })
                else { throw InputError("'\(table.name)': \(option) has no column for the label '\(label)'") }
                return match.column
            }
        }
        guard columns.count == data.classes.count else {
            throw InputError(
                "'\(table.name)': \(option) names \(columns.count) columns for \(data.classes.count) labels")
        }
        return columns.map(\.column)
    }

    private func flags(_ names: [String], role: String) throws -> [Int] {
        var result = [Int](repeating: 0, count: table.rows * names.count)
        for (place, name) in names.enumerated() {
            for (row, value) in try Self.numbers(of: name, in: table, role: role).enumerated() {
                guard value == 0 || value == 1 else {
                    throw InputError(
                        "'\(table.name)', line \(table.lines[row]): \(role) in '\(name)' is "
                            + "\(LabelColumn.name(value)), and labels are 0 or 1")
                }
                result[row * names.count + place] = value == 1 ? 1 : 0
            }
        }
        return result
    }

    // MARK: Numbers

    private mutating func buildNumbers() throws {
        data.targets = try Self.numbers(of: target[0].column, in: table, role: "the target")
        if let model {
            guard model.classes.isEmpty else {
                throw InputError("the model predicts classes, and the task is \(data.task.rawValue)")
            }
            data.estimates = model.values
        } else {
            guard let name = prediction.first?.column ?? score ?? scores.first?.column else { return }
            let ranked = data.task == .ranking ? score ?? name : name
            data.estimates = try Self.numbers(
                of: ranked, in: table, role: data.task == .ranking ? "the score" : "the prediction")
        }
        guard data.task == .ranking else { return }
        guard options.columns.query != nil else {
            throw InputError("a ranking needs the query of each row", remedy: "name its column with --query")
        }
        if let row = data.targets.firstIndex(where: { $0 < 0 }) {
            throw InputError(
                "'\(table.name)', line \(table.lines[row]): the relevance in '\(target[0].column)' is negative")
        }
    }
}

extension LabelColumn {
    /// A class as the heading of a column has it, under the name that the same class has in a column of numbers.
    static func canonical(_ text: String) -> String {
        guard let number = Double(text), number.isFinite, text.utf8.allSatisfy({ $0 < 0x3A }) else { return text }
        return name(number)
    }
}
