package import Tables

/// What a model says of the rows of a file.
package struct ModelOutput: Sendable {
    package var task: EvaluationTask
    /// In the order of the scores of a row; empty where the model gives numbers.
    package var classes: [String]
    /// Row by row: the positive class's probability, one for each class, or the number.
    package var values: [Double]

    package init(task: EvaluationTask, classes: [String], values: [Double]) {
        self.task = task
        self.classes = classes
        self.values = values
    }
}

/// Reads predictions: finds out what kind they are, and refuses what could not be judged.
package struct PredictionReader {
    package let options: EvaluationOptions
    /// What the model says of the rows; `nil` where the file has predictions.
    package var model: ModelOutput?

    package init(_ options: EvaluationOptions, model: ModelOutput? = nil) {
        self.options = options
        self.model = model
    }

    /// - Parameters:
    ///   - name: how messages call the file.
    ///   - isForThreshold: whether only the truth and the scores are needed.
    /// - Throws: `InputError`, `TableError` or `FileError`.
    package func read(
        _ path: String, format: TableFormat, name: String, isForThreshold: Bool = false
    ) throws -> EvaluationData {
        let header = try TableFile(path, format: format, name: name).columns
        guard !options.columns.target.isEmpty else {
            throw InputError(
                "no column is named as what is true", remedy: "name it with --target; columns are: \(listed(header))")
        }
        let match = { try InputColumns.matches($0, in: header, of: name, option: $1) }
        let target = try match(options.columns.target, "--target")
        let prediction = model == nil ? try match(options.columns.prediction, "--pred-col") : []
        let scores = model == nil ? try match(options.columns.scoreColumns, "--score-cols") : []
        let score = model == nil ? options.columns.score : nil
        if model == nil, prediction.isEmpty, scores.isEmpty, score == nil {
            throw InputError(
                "no column is named as what was predicted",
                remedy: "name it with --score, --score-cols or --pred-col; columns are: \(listed(header))")
        }
        var wish = ColumnTable.Wish()
        var names = (target + prediction + scores).map(\.column) + [score].compactMap { $0 }
        var extras = [options.columns.weight, options.columns.query].compactMap { $0 }
        if !isForThreshold {
            extras += [options.columns.cluster].compactMap { $0 } + options.columns.key + sliceColumns
            wish.asWords.formUnion(options.columns.key)
        }
        names += extras
        wish.columns = names.enumerated().filter { place, name in
            !names[..<place].contains { $0.utf8.elementsEqual(name.utf8) }
        }.map(\.element)
        if options.columns.separator != nil { wish.asWords.formUnion((target + prediction).map(\.column)) }
        let table = try ColumnTable.read(path, format: format, wish: wish, name: name)
        if let model, model.values.count != table.rows * (model.task == .multiclass ? model.classes.count : 1) {
            throw InputError(
                "the model's preparation leaves out rows of '\(name)', so that predictions and rows do not fit together",
                remedy: "apply it with `varve predict --keep`, and judge what that writes with --predictions")
        }
        var builder = try PredictionBuilder(
            table: table, options: options, target: target, prediction: prediction, scores: scores, score: score,
            model: model)
        try builder.build()
        var data = builder.data
        try addExtras(to: &data, from: table, isForThreshold: isForThreshold)
        return data
    }

    private var sliceColumns: [String] {
        options.slices.flatMap { $0.parts.map(\.column) } + options.fairness + options.gates.flatMap(\.neededColumns)
    }

    private func listed(_ columns: [String]) -> String { columns.joined(separator: ", ") }

    private func addExtras(to data: inout EvaluationData, from table: ColumnTable, isForThreshold: Bool) throws {
        if let name = options.columns.weight {
            let weights = try PredictionBuilder.numbers(of: name, in: table, role: "the weight")
            if let row = weights.firstIndex(where: { $0 < 0 }) {
                throw InputError(
                    "'\(table.name)', line \(table.lines[row]): the weight in '\(name)' is negative (\(weights[row]))")
            }
            guard weights.contains(where: { $0 > 0 }) else {
                throw InputError("'\(table.name)': all weights in '\(name)' are zero")
            }
            data.weights = weights
        }
        if let name = options.columns.query, data.task == .ranking {
            data.queries = try groups(of: name, in: table, role: "the query")
        }
        if isForThreshold { return }
        if let name = options.columns.cluster {
            data.clusters = try groups(of: name, in: table, role: "the cluster")
        }
        if !options.columns.key.isEmpty { data.keys = try keys(in: table) }
        data.columns = try sliceColumns.enumerated().filter { place, name in
            !sliceColumns[..<place].contains { $0.utf8.elementsEqual(name.utf8) }
        }.map { _, name in (name, try sliceColumn(name, in: table)) }
    }

    /// Groups whose order does not matter, numbered by their first rows; each cell must hold something.
    private func groups(of name: String, in table: ColumnTable, role: String) throws -> [Int32] {
        guard let column = table.column(name) else { return [] }
        let codes: [Int32]
        switch column.content {
        case .words(let words, _), .mixed(let words, _, _, _): codes = words
        case .numbers(let values, _):
            var places: [UInt64: Int32] = [:]
            codes = values.map { value in
                if value.isNaN { return -1 }
                let bits = (value + 0).bitPattern
                let code = places[bits] ?? Int32(places.count)
                places[bits] = code
                return code
            }
        case .empty: codes = [Int32](repeating: -1, count: table.rows)
        }
        if let row = codes.firstIndex(where: { $0 < 0 }) {
            throw InputError(
                "'\(table.name)', line \(table.lines[row]): \(role) in '\(name)' is missing; it is in \(column.missing) of "
                    + "\(table.rows) rows")
        }
        return EvaluationData.renumbered(codes)
    }

    private func keys(in table: ColumnTable) throws -> [String] {
        var parts: [(codes: [Int32], levels: [String])] = []
        for name in options.columns.key {
            guard let column = table.column(name) else { continue }
            guard case .words(let codes, let levels) = column.content, column.missing == 0 else {
                throw InputError("'\(table.name)': the key '\(name)' is missing in \(column.missing) rows")
            }
            parts.append((codes, levels))
        }
        return (0..<table.rows).map { row in
            parts.map { $0.levels[Int($0.codes[row])] }.joined(separator: "\u{1F}")
        }
    }

    /// How many different numbers a column may have and still be taken for one of groups.
    static let mostNumbers = 50

    private func sliceColumn(_ name: String, in table: ColumnTable) throws -> EvaluationData.SliceColumn {
        guard let column = table.column(name) else { return EvaluationData.SliceColumn(codes: [], levels: []) }
        let wishes = options.slices.flatMap(\.parts).filter { $0.column.utf8.elementsEqual(name.utf8) }
        if let bins = wishes.lazy.compactMap(\.bins).first {
            guard let numbers = column.numbers else {
                throw InputError(
                    "'\(table.name)': '\(name)' holds words, which no quantiles divide",
                    remedy: "leave ':\(bins)' out to slice by its words")
            }
            return QuantileBins.column(numbers, bins: bins)
        }
        guard let labels = LabelColumn(column, rows: table.rows) else {
            throw InputError("'\(table.name)': '\(name)' has too many different values to slice by")
        }
        guard labels.numbers == nil || labels.levels.count <= Self.mostNumbers else {
            throw InputError(
                "'\(table.name)': '\(name)' has \(labels.levels.count) different numbers, too many for groups",
                remedy: "divide it by quantiles: --slice \(name):4")
        }
        return EvaluationData.SliceColumn(codes: labels.codes, levels: labels.levels)
    }
}
