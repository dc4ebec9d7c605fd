import Basics
package import Documents
import FileSystem

/// Logs what a program measures, step by step, as DVCLive's `Live` does.
///
/// A run that goes on after another one (`resume`) finds its latest values and counts on behind its last complete step.
/// One difference from DVCLive: a run whose step 0 alone is complete goes on with step 1, where DVCLive counts 0 twice.
package struct LiveLog: Sendable {
    package let folder: LiveFolder
    /// The latest values, nested by the parts of their names, with `step` where steps are counted.
    package private(set) var summary = Mapping()
    /// `nil` while no step has been completed or named.
    private var current: Int?
    private var parameters: Mapping?
    private var histories: [String: MetricHistory] = [:]

    /// Makes the folder where it is missing.
    ///
    /// - Parameters:
    ///   - folder: usually `dvclive`, or what `VARVE_METRICS_DIR` says.
    ///   - resume: whether to go on with what is there; otherwise what an earlier run has logged is removed.
    package init(folder: String, resume: Bool) throws {
        self.folder = LiveFolder(folder)
        if resume {
            try readSummary()
        } else {
            try self.folder.removeLogs()
        }
        try Files.makeDirectory(folder)
    }

    private mutating func readSummary() throws {
        guard let bytes = try Files.readIfPresent(folder.metrics) else { return }
        do throws(DocumentError) {
            guard let mapping = try JSON.parse(bytes, duplicateKeys: .overwriting).mapping else {
                throw DocumentError("it is no mapping")
            }
            summary = mapping
        } catch {
            let place = error.line.map { ":\($0)" } ?? ""
            throw Failure(
                "cannot read '\(folder.metrics)\(place)': \(error.message)",
                remedy: "remove the file; the tables in '\(folder.histories)' stay as they are", category: .unexpected)
        }
        current = lastCompleteStep.map { $0 + 1 }
    }

    /// What `metrics.json` says, `nil` where it names no step.
    package var lastCompleteStep: Int? {
        guard let step = summary["step"]?.int, step < .max else { return nil }
        return step
    }

    /// The step that values are logged for, 0 at the beginning.
    package var step: Int { current ?? 0 }

    /// Values are logged for this step from now on.
    package mutating func move(to step: Int) { current = step }

    /// Forgets a step and all later ones: for a program that goes on from a checkpoint older than what it has logged.
    ///
    /// The tables then are as if it had never come further. Latest values stay until they are logged anew.
    package mutating func rewind(to step: Int) throws {
        histories = [:]
        for name in folder.historyNames() {
            try MetricHistory.drop(from: step, in: Paths.join(folder.histories, name + ".tsv"))
        }
        current = step
        if step > 0 { summary["step"] = .int(step - 1) } else { summary = Mapping() }
    }

    // MARK: Logging

    /// Adds a value to a metric's table and makes it the latest.
    ///
    /// - Parameters:
    ///   - name: may have parts: `train/loss`.
    ///   - timestamp: whether the table shows when; the first value of a table decides.
    package mutating func log(_ name: String, _ value: Double, timestamp: Bool = false) throws {
        try log(name, value: .number(value), timestamp: timestamp)
    }

    /// - Parameter hasHistory: without it the value is only kept as the latest.
    package mutating func log(
        _ name: String, value: MetricValue, timestamp: Bool = false, hasHistory: Bool = true
    ) throws {
        let name = try LoggedName(name)
        var changed = summary
        try changed.set(value.json, at: name.parts[...], of: name)
        if hasHistory {
            var history =
                histories[name.path] ?? MetricHistory(path: folder.history(of: name), column: name.column)
            try history.append(step: step, value, timestamp: timestamp)
            histories[name.path] = history
        }
        summary = changed
    }

    /// Puts parameters into the folder's `params.yaml`, over those of the same names.
    package mutating func log(parameters new: Mapping) throws {
        var values = try parameters ?? readParameters()
        for (name, value) in new.entries { values[name] = value }
        parameters = values
        try Files.write(Array(YAML.emit(.mapping(values)).utf8), to: folder.parameters, sync: false)
    }

    private func readParameters() throws -> Mapping {
        guard let bytes = try Files.readIfPresent(folder.parameters) else { return Mapping() }
        do throws(DocumentError) {
            return try YAML.parse(bytes).mapping ?? Mapping()
        } catch {
            throw Failure(
                "cannot read '\(folder.parameters):\(error.line ?? 1)': \(error.message)",
                remedy: "correct or remove the file", category: .unexpected)
        }
    }

    // MARK: Steps

    /// Completes the step: the latest values go to `metrics.json`, and the next step begins.
    package mutating func nextStep() throws {
        if current == nil { current = 0 }
        try writeSummary()
        current = step + 1
    }

    /// Writes what was logged behind the last complete step. The log can be used on.
    package mutating func finish() throws {
        if let last = lastCompleteStep { current = last }
        try writeSummary()
    }

    /// Writes `metrics.json`, with the step where steps are counted.
    package mutating func writeSummary() throws {
        if let current { summary["step"] = .int(current) }
        let text = JSON.emitIndented(.mapping(summary)) + "\n"
        try Files.write(Array(text.utf8), to: folder.metrics, sync: false)
    }
}

extension Mapping {
    /// Puts a value at a path of keys. What has a value of its own cannot hold others.
    fileprivate mutating func set(_ value: Value, at path: ArraySlice<String>, of name: LoggedName) throws(Failure) {
        guard let key = path.first else { return }
        guard path.count > 1 else {
            self[key] = value
            return
        }
        guard var inner = self[key] == nil ? Mapping() : self[key]?.mapping else {
            let upper = name.parts.dropLast(path.count - 1).joined(separator: "/")
            throw Failure(
                "cannot log '\(name.path)': '\(upper)' is a metric with a value of its own",
                remedy: "rename one of them, such as '\(upper)' to '\(upper)/all'", category: .usage)
        }
        try inner.set(value, at: path.dropFirst(), of: name)
        self[key] = .mapping(inner)
    }
}
