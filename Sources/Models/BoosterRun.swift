import Basics
import Documents
import FileSystem
import Hashing
import Tables
import Tracking

/// A training by XGBoost from its options to its files.
struct BoosterRun {
    private let training: NativeTraining
    private var card: ModelCard
    private var options: TrainingOptions { training.options }

    init(_ training: NativeTraining, _ card: ModelCard) {
        self.training = training
        self.card = card
    }

    func run() throws -> TrainingReport {
        let library = try XGBoostLibrary.open(training.environment[XGBoostLibrary.pathVariable])
        let data = try training.tables.boosting(options, from: training.environment.workingDirectory)
        training.warn(data.notes)
        let wanted = (options.checkpointFolder ?? training.environment["VARVE_CKPT_DIR"]).map(training.absolute)
        let file =
            options.keepsCheckpoint
            ? CheckpointFile(folder: wanted ?? ownCheckpointFolder, isFolderOwn: wanted == nil) : nil
        let key = key(library)
        let start = try file.flatMap { try checkpoint(in: $0, key: key) }
        // What an earlier training left is of no use to this one.
        if start == nil { try file?.remove() }
        let folds = options.folds ?? 0
        var finished = start?.finished ?? []
        if folds > 0 {
            let division = RowDivision(
                rows: data.training.count,
                classes: options.isStratified ? try strata(data) : nil, groups: data.training.groups,
                seed: options.seed)
            let fold = try division.folds(folds)
            for part in finished.count..<max(folds, finished.count) {
                let curve = try run(
                    library, data, part: part, learns: { fold[$0] != part }, finished: finished, file: file, key: key,
                    start: start?.part == part ? start : nil)
                finished.append(curve)
                try file?.write(
                    BoosterCheckpoint(
                        key: key, part: part + 1, finished: finished, curve: BoosterCurve(), model: []))
            }
        }
        let final = try runFinal(
            library, data, finished: finished, file: file, key: key, start: start?.part == folds ? start : nil)
        var report = final
        report.resumedFrom = start.map { $0.curve.rounds.count }
        try file?.remove()
        return report
    }

    private func strata(_ data: TrainingData<Float>) throws(Failure) -> [Int] {
        guard data.target.task.isClassification else {
            throw Failure(
                "`--cv-stratified` spreads classes, and the task is \(data.target.task.rawValue)", category: .usage)
        }
        return data.training.target.map { Int($0) }
    }

    // MARK: A part

    /// Trains and judges on one division of the rows.
    private func run(
        _ library: XGBoostLibrary, _ data: TrainingData<Float>, part: Int, learns: (Int) -> Bool,
        finished: [BoosterCurve], file: CheckpointFile?, key: String, start: BoosterCheckpoint?
    ) throws -> BoosterCurve {
        let rows = data.training
        let training = rows.subset((0..<rows.count).filter(learns))
        let judging = rows.subset((0..<rows.count).filter { !learns($0) })
        let boosting = try boosting(library, data.target, training, rounds: options.rounds)
        var follower = BoosterTraining.Follower()
        follower.message = { self.training.progress.report(.warning($0)) }
        follower.isStopped = self.training.isStopped
        follower.segment = { curve, model in
            try file?.write(
                BoosterCheckpoint(key: key, part: part, finished: finished, curve: curve, model: model))
        }
        let result = try boosting.run(
            { try matrix(library, training, "fold \(part) train") },
            validation: { try matrix(library, judging, "fold \(part) valid") }, from: Self.state(start), follower)
        let best = result.best.map {
            ", best \(result.curve.names.last ?? "") \(Self.shown($0.score)) in round \($0.round)"
        }
        self.training.progress.report(
            .message("fold \(part + 1) of \(options.folds ?? 0): \(result.curve.rounds.count) rounds\(best ?? "")"))
        return result.curve
    }

    private func runFinal(
        _ library: XGBoostLibrary, _ data: TrainingData<Float>, finished: [BoosterCurve], file: CheckpointFile?,
        key: String, start: BoosterCheckpoint?
    ) throws -> TrainingReport {
        let boosting = try boosting(library, data.target, data.training, rounds: rounds(after: finished))
        let folds = CrossValidation(finished)
        var log = try training.log()
        func tell(_ curve: BoosterCurve, _ round: Int) throws {
            for (name, value) in curve.values(round) + folds.values(round) { try log?.log(name, value) }
            try log?.nextStep()
        }
        // A log that goes on is written anew: rounds behind the checkpoint may be in it.
        for round in 0..<(start?.curve.rounds.count ?? 0) { if let start { try tell(start.curve, round) } }
        var follower = BoosterTraining.Follower()
        let step = max(1, boosting.rounds / 20)
        follower.message = { training.progress.report(.warning($0)) }
        follower.round = { curve in
            let round = curve.rounds.count - 1
            try tell(curve, round)
            if round % step == 0 { training.progress.report(.message(Self.line(curve, round))) }
        }
        follower.isStopped = training.isStopped
        follower.segment = { curve, model in
            try file?.write(
                BoosterCheckpoint(
                    key: key, part: options.folds ?? 0, finished: finished, curve: curve, model: model))
        }
        let result = try boosting.run(
            { try matrix(library, data.training, "train") },
            validation: data.validation.map { rows in { try matrix(library, rows, "valid") } },
            from: Self.state(start), follower)
        try log?.finish()
        return try write(result, boosting.parameters, data, library, folds)
    }

    private func boosting(
        _ library: XGBoostLibrary, _ target: Target, _ rows: TrainingRows<Float>, rounds: Int?
    ) throws(Failure) -> BoosterTraining {
        // Threads that wait for each other cost more than they bring where there is little to do.
        let worth = 1 + rows.count * rows.width / 100_000
        let threads = options.threads > 0 ? options.threads : min(training.environment.processors, worth)
        let parameters = try BoosterParameters(options, target: target, training: rows, threads: threads)
        return BoosterTraining(
            library: library, parameters: parameters, given: options.parameters, seed: options.seed,
            rounds: rounds ?? TrainingOptions.standardRounds,
            segment: options.checkpointEvery ?? TrainingOptions.standardCheckpoint,
            rule: StoppingRule(
                isMaximised: parameters.metrics.last.map(BoosterObjective.isMaximised) ?? false,
                patience: options.earlyStopping, minimumGain: options.minimumGain ?? 0))
    }

    /// Of the training on all rows: the mean of the folds' best, where they were told to stop.
    private func rounds(after finished: [BoosterCurve]) -> Int? {
        guard !finished.isEmpty, options.earlyStopping != nil else { return options.rounds }
        let rule = StoppingRule(
            isMaximised: BoosterObjective.isMaximised(
                String((finished[0].names.last ?? "").drop { $0 != "/" }.dropFirst())),
            patience: nil, minimumGain: options.minimumGain ?? 0)
        let best = finished.compactMap { rule.judge($0)?.best }
        guard !best.isEmpty else { return options.rounds }
        return max(1, Int((Double(best.reduce(0, +)) / Double(best.count) + 1).rounded()))
    }

    /// - Parameter name: which of the training's rows these are, so that they may be found again.
    private func matrix(
        _ library: XGBoostLibrary, _ rows: TrainingRows<Float>, _ name: String
    ) throws(Failure) -> DataMatrix {
        guard let shelf = training.shelf, BoosterParameters.keepsMatrices(options.parameters) else {
            return try matrix(library, rows)
        }
        return try shelf.matrix(name, of: options.rowsKey) { () throws(Failure) in try matrix(library, rows) }
    }

    private func matrix(_ library: XGBoostLibrary, _ rows: TrainingRows<Float>) throws(Failure) -> DataMatrix {
        let matrix = try DataMatrix(library, values: rows.values, rows: rows.count, width: rows.width)
        try matrix.set(labels: rows.target.map { Float($0) })
        if let sizes = rows.groupSizes {
            try matrix.set(groups: sizes)
            // XGBoost wants one weight for each group; that of its first row.
            if let weights = rows.weights {
                var first = 0
                try matrix.set(
                    weights: sizes.map { size in
                        defer { first += Int(size) }
                        return Float(weights[first])
                    })
            }
        } else if let weights = rows.weights {
            try matrix.set(weights: weights.map { Float($0) })
        }
        return matrix
    }

    private static func state(_ checkpoint: BoosterCheckpoint?) -> (curve: BoosterCurve, model: [UInt8])? {
        checkpoint.flatMap { $0.model.isEmpty ? nil : ($0.curve, $0.model) }
    }

    // MARK: Checkpoints

    /// The checkpoint to go on from; nil to begin.
    private func checkpoint(in file: CheckpointFile, key: String) throws(FileError) -> BoosterCheckpoint? {
        guard options.resumption != .never else { return nil }
        func tell(_ reason: String) {
            if options.resumption == .always { training.progress.report(.message(reason)) }
        }
        guard let found = try file.read() else {
            tell(
                Files.exists(file.path)
                    ? "the checkpoint is damaged; the training begins anew"
                    : "there is no checkpoint; the training begins")
            return nil
        }
        guard found.key == key else {
            tell("the checkpoint is of other data or options; the training begins anew")
            return nil
        }
        let folds = options.folds ?? 0
        guard found.part <= folds, found.finished.count == min(found.part, folds) else { return nil }
        let place = found.part < folds ? "fold \(found.part + 1), " : ""
        training.progress.report(.message("going on from \(place)round \(found.curve.rounds.count)"))
        return found
    }

    /// A place that Git does not see, or else one beside the model; the same for every training of this model.
    private var ownCheckpointFolder: String {
        let model = training.absolute(options.modelPath)
        if let place = training.environment.projectTemporaries {
            let project = Paths.parent(Paths.parent(place))
            let name = String(SHA256.hex(of: Array(Paths.relative(model, to: project).utf8)).prefix(16))
            return Paths.join(place, "varve/train/\(name)")
        }
        return Paths.join(Paths.parent(model), ".\(Paths.name(model)).checkpoint")
    }

    /// The digest of all that the model follows from; the number of threads is not among it.
    private func key(_ library: XGBoostLibrary) -> String {
        func words(_ list: [String]) -> Value { .array(list.map { .string($0) }) }
        func optional(_ text: String?) -> Value { text.map { .string($0) } ?? .null }
        let all: Value = .array([
            .string(library.version.description),
            .array(card.data.map { .string($0.role + " " + $0.sha256) }),
            words([options.target]), optional(options.weight), optional(options.group),
            options.features.map(words) ?? .null, words(options.ignored), words(options.categorical),
            .string(options.words.rawValue), optional(options.format?.rawValue), optional(options.task?.rawValue),
            optional(options.objective), words(options.metrics),
            words(options.parameters.flatMap { [$0.name, $0.value] }), .int(options.rounds ?? -1),
            .int(options.earlyStopping ?? -1), .float(options.minimumGain ?? 0),
            .float(options.validationFraction ?? 0), .int(options.folds ?? 0), .bool(options.isStratified),
            .int(options.seed), .int(options.checkpointEvery ?? TrainingOptions.standardCheckpoint),
        ])
        return SHA256.hex(of: Array(JSON.emitPython(all).utf8))
    }

    // MARK: Results

    private func write(
        _ result: BoosterTraining.Result, _ parameters: BoosterParameters, _ data: TrainingData<Float>,
        _ library: XGBoostLibrary, _ folds: CrossValidation
    ) throws -> TrainingReport {
        let isLinear = options.parameters.contains { $0.name == "booster" && $0.value == "gblinear" }
        let names = data.schema.featureNames
        let importance = try options.importance.map { _ in
            try FeatureImportance(result.booster, features: names, isLinear: isLinear)
        }
        if let best = result.best {
            try result.booster.set(attribute: "best_iteration", String(best.round))
            try result.booster.set(attribute: "best_score", "\(best.score)")
        }
        try result.booster.set(
            featureNames: Self.xgboostNames(names), types: [String](repeating: "float", count: names.count))
        let format = ModelFormat(path: options.modelPath) ?? .ubj
        let model = try result.booster.save(format)
        let round = result.best?.round ?? result.curve.rounds.count - 1
        var card = card
        card.task = data.target.task
        card.objective = parameters.objective
        card.classes = data.target.classes
        card.schema = data.schema
        card.parameters = parameters.all.filter { $0.name != "nthread" && $0.name != "validate_parameters" }
        card.rounds = result.curve.rounds.count
        card.checkpointEvery = options.checkpointEvery ?? TrainingOptions.standardCheckpoint
        card.bestRound = result.best?.round
        card.bestScore = result.best?.score
        card.metrics = result.curve.values(round) + folds.values(round)
        card.libraryVersion = library.version.description
        var report = TrainingReport()
        report.task = card.task
        report.model = options.modelPath
        report.rows = data.training.count
        report.columns = names.count
        report.rounds = card.rounds
        report.bestRound = card.bestRound
        report.bestScore = card.bestScore
        report.metrics = card.metrics
        report.outputs = try training.write(model: model, card: card, importance: importance)
        return report
    }

    /// Names as XGBoost and its Python package take them: without brackets and `<`, and no two alike.
    static func xgboostNames(_ names: [String]) -> [String] {
        var taken: Set<[UInt8]> = []
        return names.map { name in
            var text = String(
                name.map { character in
                    switch character {
                    case "[": "("
                    case "]": ")"
                    case "<": "_"
                    default: character
                    }
                })
            while !taken.insert(Array(text.utf8)).inserted { text += "_" }
            return text
        }
    }

    private static func line(_ curve: BoosterCurve, _ round: Int) -> String {
        "[\(round)]  " + curve.values(round).map { "\($0.name) \(shown($0.value))" }.joined(separator: "  ")
    }

    static func shown(_ value: Double) -> String {
        guard value.isFinite, value != 0 else { return "\(value)" }
        let text = "\(Float(value))"
        return text
    }
}

/// What the folds of a cross-validation say together.
struct CrossValidation {
    private let folds: [BoosterCurve]

    init(_ folds: [BoosterCurve]) { self.folds = folds }

    /// Mean and deviation over the folds of what their kept-back rows say after a round; nothing for a round that not
    /// all of them came to.
    func values(_ round: Int) -> [(name: String, value: Double)] {
        guard let first = folds.first, folds.allSatisfy({ $0.rounds.count > round && $0.names == first.names }) else {
            return []
        }
        return first.names.indices.filter { first.names[$0].hasPrefix("valid/") }.flatMap { place in
            let numbers = folds.map { $0.rounds[round][place] }
            let mean = numbers.reduce(0, +) / Double(numbers.count)
            let squares = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            let name = "cv/" + first.names[place].dropFirst("valid/".count)
            return [
                (name: name, value: mean),
                (name: name + "_sd", value: (squares / Double(numbers.count)).squareRoot()),
            ]
        }
    }
}
