import Basics
import FileSystem
import Tables

/// The tables of a training, read and turned into numbers.
struct TrainingData<Number: BinaryFloatingPoint & Sendable>: Sendable {
    let schema: FeatureSchema
    let target: Target
    let training: TrainingRows<Number>
    let validation: TrainingRows<Number>?
    /// What a person should know of the data.
    let notes: [String]

    init(_ options: TrainingOptions, from folder: String) throws {
        let table = try Self.read(options.data, options, from: folder, columns: nil)
        var notes: [String] = []
        let targetColumn = try Self.column(options.target, of: table, option: "--target")
        let names = try Self.featureNames(of: table, options)
        target = try Target(
            learning: targetColumn, of: table, wanted: try options.resolvedTask, isRanking: options.group != nil)
        if target.task == .ranking, options.group == nil {
            throw Failure(
                "ranking needs to know which rows compete", remedy: "name a column with `--group`", category: .usage)
        }
        let columns = try names.map { try Self.column($0, of: table, option: "--features") }
        for column in columns {
            if case .empty = column.content { notes.append("column '\(column.name)' of '\(table.name)' is empty") }
        }
        schema = try FeatureSchema(
            learning: columns, of: table.name, words: options.words, dropsFirst: options.engine != .xgboost)
        guard schema.width > 0 else { throw Failure("'\(table.name)' has no columns to learn from") }
        let whole = try Self.rows(of: table, schema, target, options).rows
        if let path = options.validation {
            let wanted = names + [options.target] + [options.weight, options.group].compactMap { $0 }
            let judged = try Self.read(path, options, from: folder, columns: wanted)
            training = whole
            let (rows, unknown) = try Self.rows(of: judged, schema, target, options)
            validation = rows
            notes += unknown.map { $0.note(in: judged.name) }
        } else if let fraction = options.validationFraction {
            let isKept = try RowDivision(
                rows: whole.count, classes: target.task.isClassification ? whole.target.map { Int($0) } : nil,
                groups: whole.groups, seed: options.seed
            ).keptBack(fraction)
            training = whole.subset(isKept.indices.filter { !isKept[$0] })
            validation = whole.subset(isKept.indices.filter { isKept[$0] })
        } else {
            training = whole
            validation = nil
        }
        self.notes = notes
    }

    // MARK: Reading

    private static func read(_ path: String, _ options: TrainingOptions, from folder: String, columns: [String]?) throws
        -> ColumnTable
    {
        guard let format = options.format ?? TableFormat(path: path) else {
            throw Failure(
                "'\(path)' is no table that varve knows by its name",
                remedy: "say what it is with `--format csv`, `tsv` or `jsonl`", category: .usage)
        }
        var wish = ColumnTable.Wish()
        wish.columns = columns
        wish.asWords = Set(options.categorical)
        return try ColumnTable.read(
            Paths.absolute(path, from: folder), format: format, wish: wish, name: path)
    }

    private static func column(_ name: String, of table: ColumnTable, option: String) throws(Failure)
        -> ColumnTable.Column
    {
        if let column = table.column(name) { return column }
        throw Failure(
            "'\(table.name)' has no column '\(name)', which `\(option)` names",
            remedy: "its columns are " + table.columns.map(\.name).joined(separator: ", "), category: .usage)
    }

    private static func featureNames(of table: ColumnTable, _ options: TrainingOptions) throws(Failure) -> [String] {
        for (option, names) in [
            ("--weight", [options.weight].compactMap { $0 }), ("--group", [options.group].compactMap { $0 }),
            ("--ignore", options.ignored), ("--categorical", options.categorical),
        ] {
            for name in names { _ = try column(name, of: table, option: option) }
        }
        for (place, name) in (options.features ?? []).enumerated()
        where options.features?.firstIndex(where: { $0.utf8.elementsEqual(name.utf8) }) != place {
            throw Failure("`--features` names '\(name)' twice", category: .usage)
        }
        let apart = [options.target] + [options.weight, options.group].compactMap { $0 } + options.ignored
        return (options.features ?? table.columns.map(\.name)).filter { name in
            !apart.contains { $0.utf8.elementsEqual(name.utf8) }
        }
    }

    // MARK: Turning into numbers

    private static func rows(
        of table: ColumnTable, _ schema: FeatureSchema, _ target: Target, _ options: TrainingOptions
    ) throws -> (rows: TrainingRows<Number>, unknown: [FeatureSchema.UnknownWord]) {
        let (values, unknown) = try schema.encode(table, as: Number.self)
        let targetColumn = try column(options.target, of: table, option: "--target")
        let rows = TrainingRows(
            width: schema.width, values: values, target: try target.values(targetColumn, of: table),
            weights: try options.weight.map { try weights($0, of: table) },
            groups: try options.group.map { try groups($0, of: table) })
        return (rows, unknown)
    }

    private static func weights(_ name: String, of table: ColumnTable) throws(Failure) -> [Double] {
        let column = try column(name, of: table, option: "--weight")
        guard let numbers = column.numbers, column.missing == 0 else {
            throw Failure("the weights in column '\(name)' of '\(table.name)' must be numbers, one in each row")
        }
        if let row = numbers.firstIndex(where: { $0 < 0 || Float($0).isInfinite }) {
            throw Failure("'\(table.name)', line \(table.lines[row]): a weight must not be negative")
        }
        guard numbers.contains(where: { $0 > 0 }) else {
            throw Failure("all weights in column '\(name)' of '\(table.name)' are 0")
        }
        return numbers
    }

    /// Groups by the order in which they first appear.
    private static func groups(_ name: String, of table: ColumnTable) throws(Failure) -> [Int] {
        let column = try column(name, of: table, option: "--group")
        guard column.missing == 0 else {
            throw Failure("column '\(name)' of '\(table.name)' must name a group in each row")
        }
        let keys: [UInt64]
        switch column.content {
        case .numbers(let numbers, _): keys = numbers.map { ($0 == 0 ? 0 : $0).bitPattern }
        case .words(let codes, _), .mixed(let codes, _, _, _): keys = codes.map { UInt64(bitPattern: Int64($0)) }
        case .empty: keys = []
        }
        var places: [UInt64: Int] = [:]
        return keys.map { key in
            if let place = places[key] { return place }
            let place = places.count
            places[key] = place
            return place
        }
    }
}

extension FeatureSchema.UnknownWord {
    /// What to tell a person.
    package func note(in table: String) -> String {
        "\(rows == 1 ? "1 row" : "\(rows) rows") of '\(table)' \(rows == 1 ? "has" : "have") a word in column '\(column)'"
            + " that the training data did not have, such as '\(example)'; it is taken as missing"
    }
}

extension TrainingOptions {
    /// The task, also where only the objective says it.
    var resolvedTask: ModelTask? {
        get throws(Failure) {
            if engine == .linear { return .regression }
            guard engine == .xgboost, let name = objective else { return task }
            guard let implied = BoosterObjective.task(of: name) else {
                throw Failure(
                    "varve does not know what the objective '\(name)' predicts",
                    remedy: "use one of those that begin with reg:, binary:, multi:, count: or rank:", category: .usage)
            }
            if let task, task != implied {
                throw Failure(
                    "the objective '\(name)' is for \(implied.rawValue), and the task is \(task.rawValue)",
                    category: .usage)
            }
            return implied
        }
    }
}
