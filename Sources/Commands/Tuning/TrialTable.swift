import Basics
import Documents
import Tuning

/// All trials of a study as a table.
struct TrialTable {
    private let record: StudyRecord
    private let settings: StudySettings

    init(_ record: StudyRecord, _ settings: StudySettings) {
        self.record = record
        self.settings = settings
    }

    /// A line for each trial: number, state, values, parameters, times.
    var csv: String {
        let names = settings.space.parameters.map(\.name)
        let metrics = settings.objectives.map(\.metric)
        var lines = [["number", "state"] + metrics + names + ["started", "finished"]]
        for trial in record.trials {
            let values = metrics.indices.map { index in
                trial.values.flatMap { $0.indices.contains(index) ? PythonFloat.repr($0[index]) : nil } ?? ""
            }
            let parameters = names.map { name in trial[name].map { Distribution.text($0.value) } ?? "" }
            lines.append(
                [String(trial.number), trial.state.name] + values + parameters
                    + [trial.startedAt ?? "", trial.finishedAt ?? ""])
        }
        return lines.map { $0.map(Self.quoted).joined(separator: ",") + "\n" }.joined()
    }

    var json: String { JSON.emitPython(.array(record.trials.map(StudySummary.json))) + "\n" }

    private static func quoted(_ text: String) -> String {
        guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
