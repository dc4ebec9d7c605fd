import Charts
import Pipelines
import Rendering
import Tuning

/// The lines that tell how far a study is.
struct TuningDrawing {
    let width: Int
    let height: Int

    /// `12 of 50 trials · 2 pruned · best 0.31 (trial 7) · 2 min left`, and a line for each running trial.
    ///
    /// - Parameters:
    ///   - seconds: Now, by a clock that only goes forward.
    ///   - start: When this run of the study began.
    func lines(_ progress: TuningProgress, seconds: Double, since start: Double) -> [String] {
        var lines = [heading(progress, seconds - start)]
        let room = max(1, height - 1)
        let shown = progress.running.count > room ? progress.running.prefix(room - 1) : progress.running[...]
        let digits = shown.map { String($0.number).count }.max() ?? 0
        let values = shown.map { trial in trial.reports.last.map { NumberText.short($0.value) } ?? "" }
        let steps = shown.map { trial in trial.reports.last.map { "step \($0.step)" } ?? "" }
        let hasReports = shown.contains { !$0.reports.isEmpty }
        for (place, trial) in shown.enumerated() {
            var line = "  trial " + padded(String(trial.number), digits, isRight: true)
            line += "  " + ProgressMeter.duration(max(0, seconds - trial.start))
            if hasReports {
                line += "  " + padded(steps[place], steps.map(\.count).max() ?? 0)
                line += "  " + padded(values[place], values.map(\.count).max() ?? 0)
                let columns = max(4, min(24, width / 6))
                line += "  " + padded(Sparkline.text(trial.reports.map(\.value), width: columns), columns)
            }
            line += "  " + trial.parameters.onOneLine
            lines.append(line.count < width ? line : line.prefix(max(1, width - 2)) + "…")
        }
        if shown.count < progress.running.count { lines.append("  \(progress.running.count - shown.count) more run") }
        return lines
    }

    private func heading(_ progress: TuningProgress, _ seconds: Double) -> String {
        let done = progress.before + progress.endedCount
        var parts = ["\(done) of \(progress.wanted) trials"]
        for state in [TrialState.pruned, .failed] {
            if let count = progress.ended[state] { parts.append("\(count) \(state.name)") }
        }
        if let best = progress.best { parts.append("best \(NumberText.short(best.value)) (trial \(best.number))") }
        let left = progress.wanted - done
        if progress.endedCount > 0, left > 0 {
            let rest = seconds / Double(progress.endedCount) * Double(left)
            parts.append("\(Duration.seconds(rest).shortText) left")
        }
        return "▸ " + parts.joined(separator: " · ")
    }

    private func padded(_ text: String, _ count: Int, isRight: Bool = false) -> String {
        let pad = String(repeating: " ", count: max(0, count - text.count))
        return isRight ? pad + text : text + pad
    }
}
