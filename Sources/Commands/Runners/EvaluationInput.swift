import Basics
import Evaluation
import FileSystem
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
        guard let path = options.predictions else {
            throw Failure(
                "no predictions are named",
                remedy: "give a table with --predictions, or write `predictions:` into the section of params.yaml",
                category: .usage)
        }
        let format = try Self.format(path)
        let rows = try await read(path, format, role: "predictions")
        var gathered = Gathered(data: rows.data)
        gathered.files.append(rows.file)
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

    // MARK: Reading

    private typealias Rows = (data: EvaluationData, file: EvaluationResult.InputFile)

    private func read(
        _ path: String, _ format: TableFormat, role: String, isForThreshold: Bool = false
    ) async throws -> Rows {
        let place = Paths.absolute(path, from: environment.workingDirectory)
        return try await onOwnThread { _ in
            try Self.rows(place, format, options, role: role, path: path, revision: nil, isForThreshold: isForThreshold)
        }
    }

    /// The rows and the digest of a file, each on a thread of its own.
    private static func rows(
        _ place: String, _ format: TableFormat, _ options: EvaluationOptions, role: String, path: String,
        revision: String?, isForThreshold: Bool
    ) throws -> Rows {
        let name = revision.map { "\(path) at \($0)" } ?? path
        let data = try PredictionReader(options).read(place, format: format, name: name, isForThreshold: isForThreshold)
        let file = try EvaluationResult.InputFile.reading(place, role: role, path: path, revision: revision)
        return (data, file)
    }

    // MARK: Baseline

    private func add(
        _ baseline: String, _ path: String, _ format: TableFormat, to gathered: inout Gathered, _ evaluator: Evaluator
    ) async throws {
        var wish = options
        wish.task = gathered.data.task
        if gathered.data.task == .binary {
            wish.classes = gathered.data.classes
            wish.positive = nil
        }
        let place = Paths.absolute(baseline, from: environment.workingDirectory)
        if Files.exists(place), !Files.isDirectory(place) {
            let format = try Self.format(baseline)
            let rows = try await onOwnThread { [wish] _ in
                try Self.rows(place, format, wish, role: "baseline", path: baseline, revision: nil, isForThreshold: false)
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
            try Self.rows(place, format, wish, role: "baseline", path: path, revision: baseline, isForThreshold: false)
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
                    place, format, wish, role: "baseline threshold", path: file, revision: baseline, isForThreshold: true)
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
}
