package import Basics
package import Documents
import FileSystem

/// What must be known of a model beside its file; it lies next to it as `<model>.varve.json`.
package struct ModelCard: Sendable {
    package var engine = ModelEngine.xgboost
    package var task = ModelTask.regression
    package var objective: String?
    package var target = ""
    /// In the order of the probabilities; empty where the target is a quantity.
    package var classes: [String] = []
    package var schema = FeatureSchema(columns: [])
    /// The fitted transformer that makes the model's columns of raw ones, as its file has it.
    package var transformer: Value?
    package var seed = 0
    package var parameters: [TrainingOptions.Parameter] = []
    package var rounds: Int?
    package var checkpointEvery: Int?
    package var bestRound: Int?
    package var bestScore: Double?
    package var metrics: [(name: String, value: Double)] = []
    package var data: [Data] = []
    package var libraryVersion: String?
    /// The digests of the model's file, so that a card is never taken for that of another one.
    package var modelMD5 = ""
    package var modelSHA256 = ""

    /// A file that the model was made from.
    package struct Data: Sendable, Equatable {
        package let role: String
        package let path: String
        package let rows: Int?
        package let md5: String
        package let sha256: String
    }

    package static let schemaName = "varve.model/v1"

    package init() {}

    /// Where the card of a model lies.
    package static func path(of model: String) -> String { model + ".varve.json" }

    // MARK: As a document

    package var value: Value {
        var card = Mapping([
            ("schema", .string(Self.schemaName)), ("engine", .string(engine.rawValue)),
            ("task", .string(task.rawValue)),
        ])
        card["objective"] = objective.map { .string($0) }
        card["target"] = .string(target)
        if !classes.isEmpty { card["classes"] = .array(classes.map { .string($0) }) }
        card["columns"] = schema.value
        card["features"] = .array(schema.featureNames.map { .string($0) })
        card["seed"] = .int(seed)
        card["parameters"] = .mapping(Mapping(parameters.map { (key: $0.name, value: .string($0.value)) }))
        card["rounds"] = rounds.map { .int($0) }
        card["checkpoint_every"] = checkpointEvery.map { .int($0) }
        card["best_iteration"] = bestRound.map { .int($0) }
        card["best_score"] = bestScore.map(Self.number)
        card["metrics"] = .mapping(Mapping(metrics.map { (key: $0.name, value: Self.number($0.value)) }))
        card["data"] = .array(
            data.map { data in
                var entry = Mapping([("role", .string(data.role)), ("path", .string(data.path))])
                entry["rows"] = data.rows.map { .int($0) }
                entry["md5"] = .string(data.md5)
                entry["sha256"] = .string(data.sha256)
                return .mapping(entry)
            })
        card["library"] = libraryVersion.map { ["name": "xgboost", "version": .string($0)] }
        card["model"] = ["md5": .string(modelMD5), "sha256": .string(modelSHA256)]
        card["transformer"] = transformer
        return .mapping(card)
    }

    package var bytes: [UInt8] { Array((JSON.emitIndented(value) + "\n").utf8) }

    /// As DVCLive writes numbers: what JSON has no number for is a word.
    static func number(_ number: Double) -> Value {
        number.isNaN ? "NaN" : number.isInfinite ? .string(number < 0 ? "-Infinity" : "Infinity") : .float(number)
    }

    /// - Throws: for what is no card, with what is wrong with it.
    package init(parsing bytes: [UInt8], name: String) throws(Failure) {
        func wrong(_ reason: String) -> Failure {
            Failure(
                "'\(name)' is no card of a model: \(reason)",
                remedy: "`varve run train` writes it beside the model; get both together")
        }
        let card: Mapping?
        do {
            card = try JSON.parse(bytes, limits: DocumentLimits(depth: 64)).mapping
        } catch {
            throw wrong(error.message + (error.line.map { " (line \($0))" } ?? ""))
        }
        guard let card, card["schema"]?.string == Self.schemaName else {
            throw wrong("its 'schema' is not \(Self.schemaName)")
        }
        guard let engine = card["engine"]?.string.flatMap(ModelEngine.init(rawValue:)),
            let task = card["task"]?.string.flatMap(ModelTask.init(rawValue:))
        else { throw wrong("its engine or task is not known") }
        guard let schema = FeatureSchema(card["columns"]) else { throw wrong("its 'columns' do not fit together") }
        guard let model = card["model"]?.mapping, let md5 = model["md5"]?.string,
            let sha256 = model["sha256"]?.string
        else { throw wrong("it does not say which model it belongs to") }
        self.engine = engine
        self.task = task
        self.schema = schema
        modelMD5 = md5
        modelSHA256 = sha256
        objective = card["objective"]?.string
        target = card["target"]?.string ?? ""
        classes = (card["classes"]?.array ?? []).compactMap(\.string)
        bestRound = card["best_iteration"]?.int
        rounds = card["rounds"]?.int
        transformer = card["transformer"].flatMap { $0.isNull ? nil : $0 }
        guard task.isClassification == !classes.isEmpty, task != .binary || classes.count == 2 else {
            throw wrong("its 'classes' do not fit its task")
        }
    }
}
