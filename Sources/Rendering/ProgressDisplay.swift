package import Basics
import Synchronization

/// Draws a `ProgressMeter` on one line of a terminal, at most ten times a second.
///
/// Nothing is drawn until a phase has taken a moment, so quick commands leave no trace. Text for the same terminal goes
/// through `interrupt`, which takes the line away first; lines of output and the bar are then never mixed.
package final class ProgressDisplay: Sendable {
    private struct State {
        var meter = ProgressMeter()
        var isDrawn = false
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
            if let summary, state.isDrawn {
                sink.write("\r\u{1B}[K" + summary + "\n")
                state.isDrawn = false
            }
            guard now - state.lastDrawing >= Self.interval, state.meter.age(now: now) >= Self.delay,
                let line = state.meter.line(width: width, now: now)
            else { return }
            sink.write("\r\u{1B}[K" + line)
            state.isDrawn = true
            state.lastDrawing = now
        }
    }

    /// Runs `body`, which may write to the terminal, with the line out of the way; it returns with the next event.
    package func interrupt(_ body: () -> Void) {
        state.withLock { state in
            if state.isDrawn {
                sink.write("\r\u{1B}[K")
                sink.flush()
                state.isDrawn = false
                state.lastDrawing = -Double.infinity
            }
            body()
        }
    }
}
