import Basics
import Charts
import Pipelines
import Processes
import Rendering
import Synchronization
import Tracking

/// Shows how a training by a program goes: on a terminal its latest values, curves and the time left, below all that it
/// prints; elsewhere nothing but what it prints.
final class ProgramTrainingView: TrainingObserver {
    private let console: Console
    private let name: String
    private let isLive: Bool
    private let lines = Mutex((output: LineCollector(), errors: LineCollector()))

    /// - Parameter name: what is trained, as the first line calls it.
    init(_ console: Console, name: String, showsLive: Bool) {
        self.console = console
        self.name = name
        isLive = showsLive && console.isWatched
    }

    var interval: Duration? { isLive ? .milliseconds(250) : nil }

    var relay: (@Sendable (ProgramRequest.OutputStream, [UInt8]) -> Void)? {
        guard isLive else { return nil }
        return { [self] stream, piece in
            let whole = lines.withLock { lines in
                stream == .errors ? lines.errors.take(piece) : lines.output.take(piece)
            }
            for line in whole { console.passOn(LineCollector.drawn(line[...]), asError: stream == .errors) }
        }
    }

    func show(_ progress: TrainingProgress) {
        guard isLive else { return }
        let beginning = lines.withLock { lines in
            lines.errors.beginning.isEmpty ? lines.output.beginning : lines.errors.beginning
        }
        let terminal = console.outputTerminal
        let drawing = TrainingDrawing(
            width: terminal.width ?? 80, height: max(4, (terminal.height ?? 24) / 2))
        console.stand(drawing.lines(name, progress, beginning: beginning))
    }

    func say(_ line: String) { console.note(line) }

    /// Takes the live lines away and shows what is left of the program's last words.
    func end() {
        guard isLive else { return }
        console.stand([])
        let (output, errors) = lines.withLock { ($0.output.takeRest(), $0.errors.takeRest()) }
        if let output { console.passOn(LineCollector.drawn(output[...]), asError: false) }
        if let errors { console.passOn(LineCollector.drawn(errors[...]), asError: true) }
    }
}

/// The lines that tell how far a training is.
struct TrainingDrawing {
    let width: Int
    let height: Int

    func lines(_ name: String, _ progress: TrainingProgress, beginning: String) -> [String] {
        var lines = [heading(name, progress)]
        let curves = progress.series.map { series in
            (name: series.name.onOneLine, values: series.points.map(\.value), last: series.latest.value)
        }
        // A line for what has no table: shown only where there is room for it.
        let room = max(1, height - 2)
        let shown = curves.count > room ? curves.prefix(room - 1) : curves[...]
        let names = min(shown.map(\.name.count).max() ?? 0, max(8, width / 3))
        let numbers = shown.map { NumberText.short($0.last) }
        let digits = numbers.map(\.count).max() ?? 0
        let columns = min(60, width - names - digits - 8)
        for (curve, number) in zip(shown, numbers) {
            let label = curve.name.count > names ? "…" + curve.name.suffix(names - 1) : curve.name
            let pad = String(repeating: " ", count: names - label.count)
            let blank = String(repeating: " ", count: digits - number.count)
            lines.append("  \(label)\(pad)  \(blank)\(number)  " + Sparkline.text(curve.values, width: columns))
        }
        if shown.count < curves.count { lines.append("  \(curves.count - shown.count) more") }
        let tail = beginning.onOneLine
        if tail.contains(where: { !$0.isWhitespace }) { lines.append("  " + tail) }
        return lines
    }

    private func heading(_ name: String, _ progress: TrainingProgress) -> String {
        var parts = ["▸ \(name.onOneLine)"]
        if let limit = progress.attemptLimit, limit > 1 || progress.attempt > 1 {
            parts.append("attempt \(progress.attempt) of \(limit)")
        } else if progress.attempt > 1 {
            parts.append("attempt \(progress.attempt)")
        }
        if let steps = progress.stepsDone {
            let total = progress.totalSteps.flatMap { $0 >= steps ? "/\($0)" : nil } ?? ""
            parts.append("step \(steps)\(total)")
        }
        parts.append(ProgressMeter.duration(progress.seconds))
        if let left = progress.secondsLeft { parts.append("\(ProgressMeter.duration(left)) left") }
        return parts.joined(separator: "  ")
    }
}
