import Basics
import Evaluation
import FileSystem
import Models
import Storage
import Tables
import Versioning

/// Reads what an evaluation needs: the rows, those that the threshold is chosen on, and the baseline's.
struct EvaluationInput: Sendable {
    let options: EvaluationOptions
    let environment: HostEnvironment
    let progress: any ProgressReporter

    /// Everything that was read.
    struct Gathered: Sendable {
        var data: EvaluationData
        var threshold: Threshold?
        var baseline: Evaluator.Baseline?
        var files: [EvaluationResult.InputFile] = []
        var notes: [String] = []
    }

    func gather() async throws -> Gathered {
        let path = try tablePath
        let format = try Self.format(path)
        let rows = try await read(path, format, role: options.model == nil ? "predictions" : "data")
        var gathered = Gathered(data: rows.data)
        gathered.files.append(rows.file)
        gathered.notes += rows.notes
        if let model = options.model {
            gathered.files.append(try .reading(absolute(model), role: "model", path: model))
        }
        var validation: EvaluationData?
        if let file = options.thresholdFrom {
            let rows = try await read(file, try Self.format(file), role: "threshold", isForThreshold: true)
            gathered.files.append(rows.file)
            validation = rows.data
        }
        let evaluator = Evaluator(options, processors: 1)
        gathered.threshold = try evaluator.threshold(for: gathered.data, validation: validation)
        if let baseline = options.baseline { try await add(baseline, path, format, to: &gathered, evaluator) }
        return gathered
    }

    private static func format(_ path: String) throws -> TableFormat {
        guard let format = TableFormat(path: path) else {
            throw Failure(
                "'\(path)' is no table that can be read", remedy: "name a .csv, .tsv or .jsonl file", category: .usage)
        }
        return format
    }

    /// The table that is judged: of predictions, or of what a model is to predict.
    private var tablePath: String {
        get throws {
            switch (options.predictions, options.model, options.data) {
            case (let path?, nil, nil): return path
            case (nil, .some, let path?): return path
            case (nil, .some, nil):
                throw Failure("a model needs a table to be applied to", remedy: "name it with --data", category: .usage)
            case (nil, nil, .some):
                throw Failure("--data goes with a model", remedy: "name it with --model", category: .usage)
            case (.some, _, _):
                throw Failure("--predictions excludes --model and --data", category: .usage)
            case (nil, nil, nil):
                throw Failure(
                    "no predictions are named",
                    remedy: "give a table with --predictions, or write `predictions:` into the section of params.yaml",
                    category: .usage)
            }
        }
    }

    private func absolute(_ path: String) -> String { Paths.absolute(path, from: environment.workingDirectory) }

    // MARK: Reading

    /// Rows, the file they are from, and what a reader should know of it.
    private struct Rows: Sendable {
        var data: EvaluationData
        var file: EvaluationResult.InputFile
        var notes: [String] = []
    }

    private func read(
        _ path: String, _ format: TableFormat, role: String, isForThreshold: Bool = false
    ) async throws -> Rows {
        let model = options.model.map { (path: absolute($0), name: $0) }
        return try await onOwnThread { [options, library] _ in
            let predictor = try model.map {
                try Predictor.load($0.path, name: $0.name, library: library, options: Self.modelOptions(options))
            }
            return try Self.rows(
                absolute(path), format, options, predictor, role: role, path: path, isForThreshold: isForThreshold)
        }
    }

    private var library: String? { environment[Predictor.libraryVariable] }

    private static func modelOptions(_ options: EvaluationOptions) -> Predictor.Options {
        var result = Predictor.Options()
        result.transforms = options.transforms
        return result
    }

    private static func rows(
        _ place: String, _ format: TableFormat, _ options: EvaluationOptions, _ predictor: Predictor? = nil,
        role: String, path: String, revision: String? = nil, isForThreshold: Bool = false
    ) throws -> Rows {
        let name = revision.map { "\(path) at \($0)" } ?? path
        let model = try predictor.map {
            try AppliedModel($0, to: place, format, name: name, options: Self.modelOptions(options))
        }
        var options = options
        if options.columns.target.isEmpty, let target = model?.target { options.columns.target = [target] }
        let data = try PredictionReader(options, model: model?.output)
            .read(place, format: format, name: name, isForThreshold: isForThreshold)
        let file = try EvaluationResult.InputFile.reading(place, role: role, path: path, revision: revision)
        return Rows(data: data, file: file, notes: model?.notes ?? [])
    }

    // MARK: Baseline

    private func add(
        _ baseline: String, _ path: String, _ format: TableFormat, to gathered: inout Gathered, _ evaluator: Evaluator
    ) async throws {
        // Groups and clusters are those of the rows here; an older file may not have such columns yet.
        var wish = options
        (wish.slices, wish.fairness, wish.gates, wish.columns.cluster) = ([], [], [], nil)
        wish.task = gathered.data.task
        if gathered.data.task == .binary {
            wish.classes = gathered.data.classes
            wish.positive = nil
        }
        let place = absolute(baseline)
        let isFile = Files.exists(place) && !Files.isDirectory(place)
        if let model = options.model, !isFile || TableFormat(path: baseline) == nil {
            let found = try await isFile ? olderModel(place, named: baseline) : olderModel(model, at: baseline)
            guard let found else {
                gathered.notes.append("There is no '\(model)' at '\(baseline)', so nothing is compared.")
                return
            }
            gathered.files.append(found.file)
            gathered.baseline = try await applied(found, baseline, path, format, wish, evaluator)
            return
        }
        if isFile {
            let format = try Self.format(baseline)
            let rows = try await onOwnThread { [wish] _ in
                try Self.rows(place, format, wish, role: "baseline", path: baseline)
            }
            gathered.files.append(rows.file)
            let threshold =
                options.thresholdFrom == nil
                ? try evaluator.threshold(for: rows.data, validation: nil) : gathered.threshold
            if options.thresholdFrom != nil {
                gathered.notes.append("The baseline is judged with the same threshold, which was not chosen for it.")
            }
            gathered.baseline = Evaluator.Baseline(data: rows.data, name: baseline, threshold: threshold)
            return
        }
        let repository = try Repository(discoveredFrom: environment, progress: progress)
        let found = try await repository.reading(path, at: baseline) { [wish] place in
            try Self.rows(place, format, wish, role: "baseline", path: path, revision: baseline)
        }
        guard let found else {
            gathered.notes.append("There is no '\(path)' at '\(baseline)', so nothing is compared.")
            return
        }
        gathered.files.append(found.file)
        var threshold = gathered.threshold
        if let file = options.thresholdFrom {
            let format = try Self.format(file)
            let rows = try await repository.reading(file, at: baseline) { [wish] place in
                try Self.rows(
                    place, format, wish, role: "baseline threshold", path: file, revision: baseline,
                    isForThreshold: true)
            }
            if let rows {
                gathered.files.append(rows.file)
                threshold = try evaluator.threshold(for: found.data, validation: rows.data)
            } else {
                gathered.notes.append(
                    "There is no '\(file)' at '\(baseline)': the baseline is judged with the threshold that was chosen "
                        + "here.")
            }
        } else {
            threshold = try evaluator.threshold(for: found.data, validation: nil)
        }
        gathered.baseline = Evaluator.Baseline(data: found.data, name: baseline, threshold: threshold)
    }

    // MARK: A model as baseline

    private struct OlderModel: Sendable {
        let bytes: [UInt8]
        let card: [UInt8]?
        /// How messages call it.
        let name: String
        let file: EvaluationResult.InputFile
    }

    private func olderModel(_ place: String, named name: String) async throws -> OlderModel? {
        try await onOwnThread { _ in
            try OlderModel(
                bytes: Files.read(place, limit: 4 << 30), card: Files.readIfPresent(ModelCard.path(of: place)),
                name: name, file: .reading(place, role: "baseline model", path: name))
        }
    }

    /// The model and its card as they were at a revision; nothing is checked out.
    private func olderModel(_ model: String, at revision: String) async throws -> OlderModel? {
        let repository = try Repository(discoveredFrom: environment, progress: progress)
        let card = try await repository.reading(ModelCard.path(of: model), at: revision) { try Files.read($0) }
        return try await repository.reading(model, at: revision) { place in
            try OlderModel(
                bytes: Files.read(place, limit: 4 << 30), card: card, name: "\(model) at \(revision)",
                file: .reading(place, role: "baseline model", path: model, revision: revision))
        }
    }

    /// What an older model says of the rows that are judged here.
    private func applied(
        _ model: OlderModel, _ baseline: String, _ path: String, _ format: TableFormat, _ wish: EvaluationOptions,
        _ evaluator: Evaluator
    ) async throws -> Evaluator.Baseline {
        try await onOwnThread { [options, library] _ in
            let predictor = try Predictor.read(
                model.bytes, card: model.card, name: model.name, library: library, options: Self.modelOptions(options))
            let data = try Self.rows(absolute(path), format, wish, predictor, role: "baseline", path: path).data
            let validation = try options.thresholdFrom.map { file in
                try Self.rows(
                    absolute(file), Self.format(file), wish, predictor, role: "baseline threshold", path: file,
                    isForThreshold: true
                ).data
            }
            let threshold = try evaluator.threshold(for: data, validation: validation)
            return Evaluator.Baseline(data: data, name: baseline, threshold: threshold)
        }
    }
}
