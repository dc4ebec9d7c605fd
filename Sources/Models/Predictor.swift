import Basics
import Documents
import FileSystem
import Preparation
package import Tables

/// A model and its card, whatever the engine, ready to be applied to tables.
///
/// Stays on one thread, as XGBoost's library does.
package struct Predictor {
    package let task: ModelTask
    /// In the order of the probabilities; empty where the target is a quantity.
    package let classes: [String]
    /// The columns that the model reads.
    package let schema: FeatureSchema
    /// The column that the model learned, as far as it is known.
    package let target: String?
    private let engine: Engine
    private let transformer: FittedTransformer?

    private enum Engine {
        case linear(LinearModel)
        case booster(Booster, XGBoostLibrary, rounds: Int)
    }

    /// What decides how rows are read and models applied.
    package struct Options: Sendable {
        package var unknown = FeatureSchema.UnknownWords.missing
        /// How many rounds of a booster count; nil for the best, or all of them.
        package var rounds: Int?
        /// Whether the model's own transformer makes its columns of raw ones; otherwise the table has them already.
        package var transforms = true

        package init() {}
    }

    /// The environment variable that names another library of XGBoost than the system's.
    package static let libraryVariable = XGBoostLibrary.pathVariable

    /// Rows that are turned into predictions at a time.
    private static let chunk = 1 << 17

    /// Reads a model and the card beside it; a model of XGBoost does without.
    ///
    /// - Parameters:
    ///   - path: absolute, or relative to the process's folder.
    ///   - name: how messages call the file; the path by default.
    ///   - library: XGBoost's library instead of the one that the system has.
    package static func load(
        _ path: String, name: String? = nil, library: String? = nil, options: Options = Options()
    ) throws -> Predictor {
        let bytes = try Files.read(path, limit: 4 << 30)
        let card = try Files.readIfPresent(ModelCard.path(of: path))
        return try Predictor.read(bytes, card: card, name: name ?? path, library: library, options: options)
    }

    /// Reads a model of which the bytes are at hand.
    ///
    /// - Parameters:
    ///   - card: the bytes of its card; `nil` where it has none.
    ///   - name: how messages call the model's file.
    package static func read(
        _ bytes: [UInt8], card: [UInt8]?, name: String, library: String? = nil, options: Options = Options()
    ) throws -> Predictor {
        guard !bytes.isEmpty else { throw Failure("'\(name)' is empty, and no model") }
        let card = try card.map { try ModelCard(parsing: $0, name: ModelCard.path(of: name)) }
        if let card, FileDigests(of: bytes).sha256 != card.modelSHA256 {
            throw Failure(
                "'\(name)' is not the model that '\(ModelCard.path(of: name))' was written for",
                remedy: "get both together, for instance with `varve checkout`, or train again")
        }
        if let model = try linear(bytes, name: name, isExpected: card.map { $0.engine != .xgboost }) {
            guard options.rounds == nil else {
                throw Failure("a linear model has no rounds to choose from", category: .usage)
            }
            return try Predictor(model, card, name: name)
        }
        let opened = try XGBoostLibrary.open(library)
        return try Predictor(opened, bytes, card, name: name, options)
    }

    /// - Parameter isExpected: what the card says; nil where there is none.
    private static func linear(_ bytes: [UInt8], name: String, isExpected: Bool?) throws(Failure) -> LinearModel? {
        if isExpected == false { return nil }
        func wrong(_ reason: String) -> Failure { Failure("'\(name)' is no linear model: \(reason)") }
        let value: Value
        do {
            value = try JSON.parse(bytes)
        } catch {
            if isExpected == nil { return nil }
            throw wrong(error.message + (error.line.map { " (line \($0))" } ?? ""))
        }
        if isExpected == nil, value.mapping?["schema"]?.string != LinearModel.schema { return nil }
        do {
            return try LinearModel(value)
        } catch {
            throw wrong(error.summary)
        }
    }

    private static func transformer(of card: ModelCard?, name: String) throws -> FittedTransformer? {
        try card?.transformer.map { try FittedTransformer($0, file: ModelCard.path(of: name)) }
    }

    private init(_ model: LinearModel, _ card: ModelCard?, name: String) throws {
        schema =
            card?.schema
            ?? FeatureSchema(
                columns: model.features.map {
                    .init(name: $0, encoding: .number, levels: [], dropsFirst: false)
                })
        guard schema.width == model.features.count, card == nil || card?.classes == model.classes else {
            throw Failure("'\(name)' and its card do not fit together")
        }
        task = model.task
        classes = model.classes
        target = card?.target
        transformer = try Self.transformer(of: card, name: name)
        engine = .linear(model)
    }

    private init(
        _ library: XGBoostLibrary, _ bytes: [UInt8], _ card: ModelCard?, name: String, _ options: Options
    ) throws {
        let document = try ModelDocument(parsing: bytes, name: name)
        let summary = document.summary
        guard let task = BoosterObjective.task(of: summary.objective) else {
            throw Failure(
                "varve does not know what '\(name)' predicts: its objective is '\(summary.objective)'")
        }
        let outputs = task == .binary ? 2 : task == .multiclass ? summary.classCount : 0
        self.task = task
        classes = card?.classes ?? (0..<outputs).map(String.init)
        if let card { schema = card.schema } else { schema = try Self.schema(of: summary, name: name) }
        guard schema.width == summary.featureCount, classes.count == outputs else {
            throw Failure("'\(name)' and its card do not fit together")
        }
        target = card?.target
        transformer = try Self.transformer(of: card, name: name)
        // What Python and varve write where they stopped early.
        let best = summary.attributes["best_iteration"].flatMap { Int($0) }.map { $0 + 1 }
        let rounds = options.rounds ?? best ?? 0
        guard (0...summary.roundCount).contains(rounds) || summary.booster == "gblinear" else {
            throw Failure(
                "'\(name)' has \(summary.roundCount) rounds, and \(rounds) were asked for", category: .usage)
        }
        let booster = try Booster(library)
        try booster.load(try document.bytes(for: library.version, name: name))
        guard try booster.featureCount == summary.featureCount else {
            throw Failure("XGBoost reads '\(name)' in another way than varve; it will not be used")
        }
        engine = .booster(booster, library, rounds: summary.booster == "gblinear" ? 0 : rounds)
    }

    /// Of a model that came without a card: its own names, all of numbers.
    private static func schema(of summary: ModelSummary, name: String) throws(Failure) -> FeatureSchema {
        guard !summary.featureNames.isEmpty else {
            throw Failure(
                "'\(name)' does not say which columns it reads, and there is no '\(ModelCard.path(of: name))'",
                remedy: "in Python, set `booster.feature_names` before saving the model")
        }
        return FeatureSchema(
            columns: summary.featureNames.map { .init(name: $0, encoding: .number, levels: [], dropsFirst: false) })
    }

    // MARK: Applying it

    /// What the model says about each row of a table's file.
    package func predict(_ path: String, format: TableFormat, name: String? = nil, options: Options = Options()) throws
        -> Predictions
    {
        try predict(try read(path, format: format, name: name, options: options), options: options)
    }

    /// Reads the columns that the model needs.
    private func read(_ path: String, format: TableFormat, name: String?, options: Options) throws -> ColumnTable {
        guard options.transforms, let transformer else {
            var wish = ColumnTable.Wish()
            wish.columns = schema.columns.map(\.name)
            wish.asWords = schema.wordColumns
            return try ColumnTable.read(path, format: format, wish: wish, name: name)
        }
        // The columns that a transformer looks at are its business; what new data lack may be what is predicted.
        var wish = ColumnTable.Wish()
        wish.missing = transformer.missing
        wish.asWords = transformer.categoryColumns
        let raw = try ColumnTable.read(path, format: format, wish: wish, name: name)
        return try transformer.apply(to: raw, absent: [target].compactMap { $0 })
    }

    /// What the model says about rows whose columns are those that it learned from.
    package func predict(_ table: ColumnTable, options: Options = Options()) throws -> Predictions {
        let scores: [Double]
        let unknown: [FeatureSchema.UnknownWord]
        switch engine {
        case .linear(let model):
            let (values, strangers) = try schema.encode(table, as: Double.self, unknown: options.unknown)
            unknown = strangers
            scores = model.predict(values, rows: table.rows)
        case .booster(let booster, let library, let rounds):
            let (values, strangers) = try schema.encode(table, as: Float.self, unknown: options.unknown)
            unknown = strangers
            scores = try apply(booster, library, rounds: rounds, to: values, rows: table.rows)
        }
        return Predictions(task: task, classes: classes, rows: table.rows, scores: scores, unknown: unknown)
    }

    private func apply(
        _ booster: Booster, _ library: XGBoostLibrary, rounds: Int, to values: [Float], rows: Int
    ) throws(Failure) -> [Double] {
        let width = schema.width
        var scores: [Double] = []
        scores.reserveCapacity(rows * max(1, classes.count))
        var start = 0
        while start < rows {
            let count = min(Self.chunk, rows - start)
            let part = Array(values[start * width..<(start + count) * width])
            let matrix = try DataMatrix(library, values: part, rows: count, width: width)
            let (found, outputs) = try booster.predict(matrix, rounds: rounds)
            if task == .binary, outputs == 1 {
                for probability in found { scores += [1 - Double(probability), Double(probability)] }
            } else {
                guard outputs == max(1, classes.count) else {
                    throw Failure(
                        "the model gives \(outputs) numbers for each row, where its classes are \(classes.count)")
                }
                scores += found.map { Double($0) }
            }
            start += count
        }
        return scores
    }
}
