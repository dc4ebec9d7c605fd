import Basics
import Documents
import FileSystem
package import Tables

/// A file that holds a table.
package struct TablePlace: Sendable {
    package let path: String
    package let format: TableFormat
    /// As messages call it.
    package let name: String

    package init(path: String, format: TableFormat, name: String) {
        self.path = path
        self.format = format
        self.name = name
    }
}

/// Where prepared tables go.
package enum PreparationOutput: Sendable {
    case file(TablePlace)
    /// One file for each side of a split, named after it.
    case folder(path: String, format: TableFormat, name: String)
}

/// What came of a preparation.
package struct PreparationReport: Sendable {
    package struct Side: Sendable {
        /// `nil` without a split.
        package let name: String?
        package let file: String
        package let rows: Int
    }

    package let rowsRead: Int
    package let sides: [Side]
    package let columns: [String]
    /// How many missing cells were filled in each column, on all sides.
    package let filled: [(column: String, count: Int)]
    /// Rows that steps took away, by the step's number.
    package let removed: [(step: Int, name: String, rows: Int)]
    package let warnings: [String]
}

/// Takes a table through steps: learns what they need, on the training side alone, then applies them to every row.
package struct Preparation: Sendable {
    private let input: TablePlace
    private let steps: [PreparationStep]
    private let missing: Set<String>

    package init(input: TablePlace, steps: [PreparationStep], missing: Set<String>? = nil) {
        self.input = input
        self.steps = steps
        self.missing = missing ?? MissingWords.usual
    }

    private var split: SplitRule? {
        for step in steps { if case .split(let rule) = step { return rule } }
        return nil
    }

    /// - Parameters:
    ///   - output: where the rows go.
    ///   - transformerPath: where the fitted steps go; nowhere for `nil`.
    package func run(to output: PreparationOutput, transformer transformerPath: String?) throws -> PreparationReport {
        let sides = split?.sides.map(\.name)
        _ = try TableFile(input)
        let places = try Self.places(output, sides: sides)
        for place in places { try Self.refuseSame(place, input) }
        var warnings: [String] = []
        let fitted = try fit(&warnings)

        let compiled = try compile(fitted)
        let transformer = transformerPath.map { _ in
            FittedTransformer(
                inputColumns: compiled.input, outputColumns: compiled.compiler.columns, rows: 0,
                side: split.map { $0.sides[$0.training].name }, missing: missing, steps: fitted)
        }
        if case .folder(let path, _, _) = output { try Files.makeDirectory(path) }
        let writers = try places.map { place in
            try TableWriter(place.path, format: place.format, columns: compiled.compiler.columns)
        }
        var removed = [Int](repeating: 0, count: steps.count)
        let rows = try pass { row in
            for (step, operation) in compiled.operations where try !operation(&row) {
                removed[step] += 1
                return
            }
            let writer = writers[max(row.side, 0)]
            try writer.write(writer.format == .jsonl ? row.cells.map(\.asLiteral) : row.cells)
        }
        try refuseEmpty(writers.map(\.rows), sides, removed)
        for writer in writers { try writer.seal() }
        var staged: StagedFile?
        if let transformer, let transformerPath {
            let counted = FittedTransformer(
                inputColumns: transformer.inputColumns, outputColumns: transformer.outputColumns,
                rows: writers[split?.training ?? 0].rows, side: transformer.side, missing: missing, steps: fitted)
            staged = try StagedFile(replacing: transformerPath)
            try staged?.write(Array(counted.text.utf8))
            try staged?.seal()
        }
        for writer in writers { try writer.finish() }
        try staged?.publish()
        return PreparationReport(
            rowsRead: rows,
            sides: zip(places, writers).enumerated().map { index, pair in
                PreparationReport.Side(name: sides?[index], file: pair.0.name, rows: pair.1.rows)
            },
            columns: compiled.compiler.columns, filled: compiled.compiler.filled.counts.filter { $0.count > 0 },
            removed: removed.indices.filter { removed[$0] > 0 }.map { ($0 + 1, steps[$0].name, removed[$0]) },
            warnings: warnings)
    }

    // MARK: Fitting

    /// Goes over the file as often as steps wait for others: in one pass all are fitted that look at columns which no
    /// step still to be fitted changes.
    private func fit(_ warnings: inout [String]) throws -> [FittedStep] {
        var fitted = steps.map { StepFitting.atOnce($0) }
        while let first = fitted.firstIndex(where: { $0 == nil }) {
            let waiting = try fitOnce(fitted)
            precondition(waiting.contains { $0.index == first }, "the first step waits for no other")
            for (index, fitting) in waiting {
                fitted[index] = try fitting.finish()
                warnings += fitting.warnings
            }
        }
        return fitted.compactMap { $0 }
    }

    private func fitOnce(_ fitted: [FittedStep?]) throws -> [(index: Int, fitting: StepFitting)] {
        var compiler = StepCompiler(columns: try TableFile(input).columns, file: input.name)
        var operations: [RowOperation] = []
        var waiting: [(index: Int, fitting: StepFitting)] = []
        // Columns that a step still to be fitted will change.
        var unsettled = Set<[UInt8]>()
        for (index, step) in steps.enumerated() {
            let fitting = StepFitting(step, compiler.place(index + 1, step.name))
            let names = fitted[index]?.columns ?? fitting.columns
            let isOpen =
                names.contains { unsettled.contains(Array($0.utf8)) || !waiting.isEmpty && !compiler.has($0) }
                || fitted[index]?.namesAll == true && !waiting.isEmpty
            if isOpen { break }
            if let step = fitted[index] {
                if let operation = try compiler.compile(step, number: index + 1) { operations.append(operation) }
                continue
            }
            operations.append(try fitting.operation(compiler, training: split?.training))
            waiting.append((index, fitting))
            unsettled.formUnion(names.map { Array($0.utf8) })
            if fitting.isAboutRows { break }
        }
        _ = try pass { row in
            for operation in operations where try !operation(&row) { return }
        }
        return waiting
    }

    private func compile(_ fitted: [FittedStep]) throws -> Compiled {
        let columns = try TableFile(input).columns
        var compiler = StepCompiler(columns: columns, file: input.name)
        var operations: [(step: Int, operation: RowOperation)] = []
        for (index, step) in fitted.enumerated() {
            if let operation = try compiler.compile(step, number: index + 1) { operations.append((index, operation)) }
        }
        return Compiled(input: columns, compiler: compiler, operations: operations)
    }

    private struct Compiled {
        let input: [String]
        let compiler: StepCompiler
        let operations: [(step: Int, operation: RowOperation)]
    }

    // MARK: Rows

    private func pass(_ body: (inout PreparedRow) throws -> Void) throws -> Int {
        let words = MissingWords(missing)
        return try input.forEachRow { row in
            var prepared = PreparedRow(cells: row.preparedCells(words), line: row.line)
            try body(&prepared)
        }
    }

    private func refuseEmpty(_ rows: [Int], _ sides: [String]?, _ removed: [Int]) throws {
        guard let empty = rows.firstIndex(of: 0) else { return }
        let takers = removed.indices.filter { removed[$0] > 0 }.map {
            "step \($0 + 1) (\(steps[$0].name)) took \(removed[$0])"
        }
        let reasons = takers.isEmpty ? "" : ": " + takers.joined(separator: ", ")
        guard let sides, rows.contains(where: { $0 > 0 }) else {
            throw Failure("'\(input.name)': no rows are left\(reasons)", remedy: "nothing was written: check the steps")
        }
        throw Failure(
            "'\(input.name)': no rows are left for '\(sides[empty])'\(reasons)",
            remedy: "nothing was written: give that side a larger ratio, or more rows to divide")
    }

    static func places(_ output: PreparationOutput, sides: [String]?) throws -> [TablePlace] {
        switch (output, sides) {
        case (.file(let place), nil): return [place]
        case (.folder(let path, let format, let name), let sides):
            return (sides ?? ["prepared"]).map { side in
                let file = "\(side).\(format.rawValue)"
                return TablePlace(path: Paths.join(path, file), format: format, name: Paths.join(name, file))
            }
        case (.file, .some):
            throw Failure(
                "a split makes several files, which do not fit in one", remedy: "give --output-dir instead of --output",
                category: .usage)
        }
    }

    static func refuseSame(_ output: TablePlace, _ input: TablePlace) throws {
        guard let existing = try Files.status(output.path, followingLinks: true),
            let source = try Files.status(input.path, followingLinks: true),
            existing.inode == source.inode, existing.device == source.device
        else { return }
        throw Failure(
            "'\(output.name)' is the input itself", remedy: "write to another file: the input would be lost",
            category: .usage)
    }
}

extension FittedTransformer {
    /// Takes a file through the steps.
    ///
    /// - Parameters:
    ///   - absent: columns that the file need not have, such as the target.
    ///   - includesRowSteps: whether filter and dedupe are done as well.
    @discardableResult
    package func run(
        _ input: TablePlace, to output: TablePlace, absent: [String], includesRowSteps: Bool
    ) throws -> PreparationReport {
        try Preparation.refuseSame(output, input)
        let columns = try TableFile(input).columns
        let transform = try rowTransform(
            columns: columns, file: input.name, absent: absent, includesRowSteps: includesRowSteps)
        let writer = try TableWriter(output.path, format: output.format, columns: transform.columns)
        let rows = try input.forEachRow { row in
            guard let cells = try transform.apply(row) else { return }
            try writer.write(writer.format == .jsonl ? cells.map(\.asLiteral) : cells)
        }
        guard writer.rows > 0 else { throw Failure("'\(input.name)': no rows are left") }
        try writer.finish()
        return PreparationReport(
            rowsRead: rows, sides: [PreparationReport.Side(name: nil, file: output.name, rows: writer.rows)],
            columns: transform.columns, filled: transform.filled.counts.filter { $0.count > 0 }, removed: [],
            warnings: [])
    }
}

extension TableFile {
    fileprivate init(_ place: TablePlace) throws {
        try self.init(place.path, format: place.format, name: place.name)
        guard !columns.isEmpty else {
            throw TableError(path: place.name, line: nil, reason: "is empty: there is not even a heading")
        }
    }
}

extension TablePlace {
    /// Calls the body with each row; a record that cannot be used ends the work.
    ///
    /// - Returns: how many there were, at least one.
    fileprivate func forEachRow(_ body: (TableRow) throws -> Void) throws -> Int {
        var file = try TableFile(self)
        var rows = 0
        var row = TableRow()
        while try file.next(&row) {
            if let problem = file.problems.first {
                throw TableError(path: name, line: problem.line, reason: problem.reason)
            }
            rows += 1
            if rows & 0xfff == 0 { try Task.checkCancellation() }
            try body(row)
        }
        if let problem = file.problems.first {
            throw TableError(path: name, line: problem.line, reason: problem.reason)
        }
        guard rows > 0 else { throw TableError(path: name, line: nil, reason: "has no rows") }
        return rows
    }
}

extension TableCell {
    /// As JSON shows it: what is spelled as a number there, or as `true` or `false`, is one.
    fileprivate var asLiteral: TableCell { if case .bytes(let bytes) = self { .literal(bytes) } else { self } }
}
