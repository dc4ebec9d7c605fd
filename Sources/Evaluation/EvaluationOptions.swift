package import Basics
import Documents
package import ProjectFiles

/// Everything that `evaluate` can be told, from the command line and the section of a parameter file.
package struct EvaluationOptions: Sendable {
    package var predictions: String?
    package var model: String?
    package var data: String?
    /// Whether a model's own transformer is applied to the data first; otherwise they have been through it.
    package var transforms = true

    package var columns = InputColumns()
    package var task: EvaluationTask?
    package var positive: String?
    package var classes: [String] = []

    package var metrics: [String] = []
    package var threshold: ThresholdWish = .fixed(0.5)
    /// Whether somebody named the threshold.
    package var namesThreshold = false
    package var thresholdFrom: String?

    package var slices: [SliceWish] = []
    package var fairness: [String] = []
    package var leastRows = 30

    /// `nil` to leave it to the number of rows.
    package var replicates: Int?
    package var confidence = 95.0
    package var seed: UInt64 = 0
    package var intervalMethod: IntervalMethod = .percentile
    package var baseline: String?
    package var threads: Int?

    package var calibrationBins = 10
    package var calibrationByQuantile = false

    package var gates: [Gate] = []
    package var out: String?

    package static let keys = [
        "predictions", "model", "data", "transform", "target", "score", "score_cols", "pred_col", "weight", "query",
        "cluster",
        "key", "task", "positive", "classes", "labels_separator", "metrics", "threshold", "threshold_from",
        "threshold_for", "slice", "fairness", "min_n", "bootstrap", "ci", "ci_method", "seed", "baseline", "jobs",
        "calibration_bins", "calibration_strategy", "gates", "gate", "out", "md",
    ]

    /// More draws than this only fill memory.
    private static let mostReplicates = 1_000_000

    package init() {}

    /// - Parameter section: with the flags of the command line put above it, under the names of `keys`.
    package init(_ given: RunnerSection) throws(Failure) {
        let section = given.withUnderscores
        try section.refuseOthers(than: Self.keys)
        predictions = try section.string("predictions")
        model = try section.string("model")
        data = try section.string("data")
        transforms = try section.bool("transform") ?? true
        columns = try InputColumns(section)
        task = try Self.word(section, "task", EvaluationTask.self, also: "auto")
        positive = try section.string("positive")
        classes = try section.strings("classes") ?? []
        metrics = try (section.strings("metrics") ?? []).flatMap(Self.commaSeparated)
        try readThreshold(section)
        slices = try (section.strings("slice") ?? []).map { SliceWish($0) }
        fairness = try (section.strings("fairness") ?? []).flatMap(Self.commaSeparated)
        leastRows = try Self.count(section, "min_n", atLeast: 0) ?? leastRows
        replicates = try Self.count(section, "bootstrap", atLeast: 0)
        if let replicates, replicates > Self.mostReplicates {
            throw section.wrong("bootstrap", "must be at most \(Self.mostReplicates)")
        }
        if let ci = try section.number("ci") {
            // 0.95 says the same as 95.
            confidence = ci > 0 && ci < 1 ? ci * 100 : ci
            guard confidence > 0, confidence < 100 else {
                throw section.wrong("ci", "must lie between 0 and 100", remedy: "for example 95")
            }
        }
        intervalMethod = try Self.word(section, "ci_method", IntervalMethod.self) ?? .percentile
        if intervalMethod == .clustered, columns.cluster == nil {
            throw section.wrong(
                "ci_method", "is 'clustered', and no column of clusters is named",
                remedy: "name it with --cluster (cluster: in the section)")
        }
        seed = UInt64(try Self.count(section, "seed", atLeast: 0) ?? 0)
        baseline = try section.string("baseline")
        threads = try Self.count(section, "jobs", atLeast: 1)
        calibrationBins = try Self.count(section, "calibration_bins", atLeast: 1) ?? calibrationBins
        if let strategy = try section.string("calibration_strategy") {
            guard strategy == "uniform" || strategy == "quantile" else {
                throw section.wrong("calibration_strategy", "must be uniform or quantile, not '\(strategy)'")
            }
            calibrationByQuantile = strategy == "quantile"
        }
        out = try section.string("out")
        if let list = section.value("gates"), list.string == nil {
            do throws(Failure) {
                gates = try GateFile.gates(in: list, of: section.file, at: "\(section.name).gates")
            } catch { throw error }
        }
        for text in try section.strings("gate") ?? [] { gates.append(try Gate(shortForm: text)) }
    }

    private mutating func readThreshold(_ section: RunnerSection) throws(Failure) {
        thresholdFrom = try section.string("threshold_from")
        let rule = try section.string("threshold_for")
        let word = try section.string("threshold")
        namesThreshold = word != nil || rule != nil || thresholdFrom != nil
        if let rule {
            guard let parsed = ThresholdRule(rule) else {
                throw section.wrong(
                    "threshold_for", "is '\(rule)', which is no rule for a threshold", remedy: ThresholdRule.advice)
            }
            threshold = .chosen(parsed)
        } else if thresholdFrom != nil || word == "choose" {
            threshold = .chosen(.f1)
        }
        guard let word, word != "choose" else { return }
        guard rule == nil, thresholdFrom == nil else {
            throw section.wrong(
                "threshold", "is given, and a rule to choose one as well", remedy: "leave one of them out")
        }
        guard let number = Double(word), number.isFinite else {
            throw section.wrong("threshold", "must be a number or 'choose', not '\(word)'")
        }
        threshold = .fixed(number)
    }

    private static func count(_ section: RunnerSection, _ key: String, atLeast least: Int) throws(Failure) -> Int? {
        guard let number = try section.integer(key) else { return nil }
        guard number >= least, number <= 1 << 52 else {
            throw section.wrong(key, "must be a whole number of at least \(least)")
        }
        return number
    }

    private static func word<Choice: RawRepresentable & CaseIterable>(
        _ section: RunnerSection, _ key: String, _ type: Choice.Type, also other: String? = nil
    ) throws(Failure) -> Choice? where Choice.RawValue == String {
        guard let word = try section.string(key), word != other else { return nil }
        guard let choice = Choice(rawValue: word) else {
            let known = (other.map { [$0] } ?? []) + Choice.allCases.map(\.rawValue)
            throw section.wrong(key, "is '\(word)'", remedy: RunnerSection.advice(for: word, among: known))
        }
        return choice
    }

    static func commaSeparated(_ text: String) -> [String] {
        text.split(separator: ",").map { $0.trimmed }.filter { !$0.isEmpty }
    }
}

extension StringProtocol {
    /// Without spaces at both ends.
    var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
