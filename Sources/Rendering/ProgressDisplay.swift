package import Basics
import Synchronization

/// Keeps the last lines of a terminal for what goes on: lines that stand there for a while, and below them a
/// `ProgressMeter`, drawn at most ten times a second.
///
/// No progress is drawn until a phase has taken a moment, so quick commands leave no trace. Text for the same terminal goes
/// through `interrupt`, which takes these lines away first; output and they are then never mixed.
package final class ProgressDisplay: Sendable {
    private struct State {
        var meter = ProgressMeter()
        var standing: [String] = []
        /// Lines on the screen; the cursor is in the last one.
        var drawn = 0
        var lastDrawing = -Double.infinity
    }

    private let sink: any TextSink
    private let width: Int
    private let clock: @Sendable () -> Double
    private let state = Mutex(State())
    private static let delay = 0.3
    private static let interval = 0.1

    /// - Parameter clock: seconds that only go forward.
    package init(sink: any TextSink, width: Int, clock: @escaping @Sendable () -> Double) {
        self.sink = sink
        self.width = max(20, width)
        self.clock = clock
    }

    package func report(_ event: ProgressEvent) {
        state.withLock { state in
            let now = clock()
            let summary = state.meter.apply(event, now: now)
            if let summary, state.drawn > state.standing.count {
                sink.write(Self.erasure(of: state.drawn) + summary + "\n")
                state.drawn = 0
                if !state.standing.isEmpty { draw(&state, now) }
            }
            guard now - state.lastDrawing >= Self.interval, progressLine(state, now) != nil else { return }
            draw(&state, now)
        }
    }

    /// Replaces the lines that stand above the progress; none takes them away.
    package func stand(_ lines: [String]) {
        state.withLock { state in
            if lines.isEmpty, state.standing.isEmpty { return }
            state.standing = lines.map { String($0.prefix(width - 1)) }
            draw(&state, clock())
            sink.flush()
        }
    }

    /// Runs `body`, which may write to the terminal, with the lines out of the way. Standing lines are drawn again, and the
    /// progress returns with the next event.
    package func interrupt(_ body: () -> Void) {
        state.withLock { state in
            if state.drawn > 0 {
                sink.write(Self.erasure(of: state.drawn))
                sink.flush()
                state.drawn = 0
            }
            body()
            let now = clock()
            // Where much is written, the lines come back when somebody has the time to read them.
            guard !state.standing.isEmpty, now - state.lastDrawing >= Self.interval else {
                if state.standing.isEmpty { state.lastDrawing = -Double.infinity }
                return
            }
            draw(&state, now)
            sink.flush()
        }
    }

    private func progressLine(_ state: State, _ now: Double) -> String? {
        state.meter.age(now: now) >= Self.delay ? state.meter.line(width: width, now: now) : nil
    }

    private func draw(_ state: inout State, _ now: Double) {
        let lines = state.standing + (progressLine(state, now).map { [$0] } ?? [])
        sink.write(Self.erasure(of: state.drawn) + lines.joined(separator: "\n"))
        state.drawn = lines.count
        state.lastDrawing = now
    }

    /// Takes so many lines away; the cursor ends at the beginning of the first.
    private static func erasure(of lines: Int) -> String {
        lines > 1 ? "\u{1B}[\(lines - 1)A\r\u{1B}[J" : "\r\u{1B}[K"
    }
}
