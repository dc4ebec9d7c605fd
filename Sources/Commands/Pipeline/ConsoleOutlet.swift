import Basics
import Pipelines
import Processes
import Rendering
import Synchronization

/// Shows what stages print: as it is where one runs at a time, else line by line with the stage's name in front.
final class ConsoleOutlet: StageOutlet {
    private let console: Console
    /// The beginning of a line whose end has not come yet, by stage and stream.
    private let begun = Mutex<[Key: LineCollector]>([:])
    private let tail = Mutex(LiveTail())

    private struct Key: Hashable {
        let stage: String
        let isError: Bool
    }

    init(_ console: Console) { self.console = console }

    func flush() { console.flush() }

    /// Runs `body`; where a person watches, what each running stage printed last stands below all other output.
    func withLiveTail<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        guard console.isWatched else { return try await body() }
        let ticker = Task {
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(200))
                refresh()
            }
        }
        defer {
            ticker.cancel()
            console.stand([])
        }
        return try await body()
    }

    private func refresh() {
        let lines = tail.withLock { tail in
            tail.lines(height: max(1, (console.outputTerminal.height ?? 24) / 2), now: monotonicSeconds())
        }
        console.stand(lines)
    }

    func began(_ stage: String) { tail.withLock { $0.begin(stage, now: monotonicSeconds()) } }

    func say(_ line: String, of stage: String) { console.print("[\(stage)] \(line)") }

    func relay(_ piece: [UInt8], _ stream: ProgramRequest.OutputStream, of stage: String) {
        let key = Key(stage: stage, isError: stream == .errors)
        let lines = begun.withLock { begun -> [[UInt8]] in
            let lines = begun[key, default: LineCollector()].take(piece)
            if let beginning = begun[key]?.beginning { tail.withLock { $0.show(beginning, of: stage) } }
            return lines
        }
        for line in lines { show(line, key) }
    }

    func ended(_ stage: String) {
        defer {
            tail.withLock { $0.end(stage) }
            if console.isWatched { refresh() }
        }
        for isError in [false, true] {
            let key = Key(stage: stage, isError: isError)
            let rest = begun.withLock { begun in
                defer { begun[key] = nil }
                return begun[key]?.takeRest()
            }
            if let rest { show(rest, key) }
        }
    }

    private func show(_ line: [UInt8], _ key: Key) {
        let drawn = LineCollector.drawn(line[...])
        tail.withLock { $0.show(drawn, of: key.stage) }
        console.passOn("[\(key.stage)] \(drawn)", asError: key.isError)
    }
}
