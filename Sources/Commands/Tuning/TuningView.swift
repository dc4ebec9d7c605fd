import Basics
import Documents
import Pipelines
import Rendering
import Synchronization
import Tuning

/// Says on standard error how trials go, and keeps lines below that tell what runs.
final class TuningView: TuningObserver {
    private struct State {
        var progress: TuningProgress
        var isOver = false
    }

    private let console: Console
    private let best: BestSoFar
    private let start = monotonicSeconds()
    private let state: Mutex<State>

    init(_ console: Console, _ best: BestSoFar, _ settings: StudySettings, _ record: StudyRecord) {
        self.console = console
        self.best = best
        state = Mutex(State(progress: TuningProgress(wanted: settings.trials, record)))
    }

    /// Runs `body`; where a person watches, lines tell meanwhile what runs.
    func whileShown<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        let ticker = Task {
            while !Task.isCancelled, console.isWatched {
                stand()
                try? await Task.sleep(for: .milliseconds(250))
            }
        }
        defer {
            ticker.cancel()
            state.withLock { state in
                state.isOver = true
                console.stand([])
            }
        }
        return try await body()
    }

    func began(_ trial: Trial, slot: String, isAgain: Bool) {
        console.detail("trial \(trial.number) \(isAgain ? "begins anew" : "begins"): \(Self.parameters(trial))")
        state.withLock { $0.progress.begin(trial, now: monotonicSeconds()) }
        stand()
    }

    func reported(_ number: Int, _ report: Trial.Report) {
        state.withLock { $0.progress.take(report, of: number) }
    }

    func ended(_ trial: Trial, reason: String?) {
        let best = best.take(trial)
        let values = (trial.values ?? []).map(PythonFloat.repr).joined(separator: ", ")
        switch trial.state {
        case .complete:
            let word = best?.number == trial.number ? ", the best so far" : ""
            console.note("trial \(trial.number): \(values)\(word)  \(Self.parameters(trial))")
        case .pruned: console.note("trial \(trial.number): pruned  \(Self.parameters(trial))")
        case .failed: console.warn("trial \(trial.number) failed: \(reason ?? "nobody knows why")")
        case .running, .waiting:
            console.warn("trial \(trial.number) is begun anew, it failed: \(reason ?? "nobody knows why")")
        }
        state.withLock { $0.progress.end(trial, best: best) }
        stand()
    }

    private func stand() {
        state.withLock { state in
            guard !state.isOver else { return }
            let terminal = console.errorTerminal
            let drawing = TuningDrawing(width: terminal.width ?? 80, height: max(2, (terminal.height ?? 24) / 2))
            console.stand(drawing.lines(state.progress, seconds: monotonicSeconds(), since: start))
        }
    }

    static func parameters(_ trial: Trial) -> String {
        trial.settings.map { "\($0.name)=\(Distribution.text($0.value))" }.joined(separator: " ")
    }
}
