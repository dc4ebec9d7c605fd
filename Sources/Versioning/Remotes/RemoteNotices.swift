import Basics
import HTTP
import Storage
import Synchronization

/// Tells whoever waits for a remote why: a silent server, a request that is tried again.
///
/// Hundreds of requests meet the same trouble at once, so each sentence is said once in a while only.
final class RemoteNotices: Sendable {
    private let name: String
    private let progress: any ProgressReporter
    private let said = Mutex<ContinuousClock.Instant?>(nil)

    /// How long to be quiet after a sentence.
    private static let pause = Duration.seconds(4)

    init(_ name: String, _ progress: any ProgressReporter) {
        self.name = name
        self.progress = progress
    }

    func note(_ event: HTTPEvent) {
        switch event {
        case .silence(let host, let seconds, let limit):
            say("waiting for \(host), which has sent and taken nothing for \(seconds) s (gives up after \(limit) s)")
        case .moved(let bytes): progress.report(.moved(bytes: bytes))
        }
    }

    /// A request failed and will be sent again.
    func note(_ error: StorageError, waiting: Duration, attempt: Int, of attempts: Int) {
        let seconds = waiting.components.seconds
        let wait = seconds > 0 ? "in \(seconds) s" : "at once"
        say("'\(name)': \(error.detail); trying again \(wait) (attempt \(attempt + 1) of \(attempts))")
    }

    private func say(_ text: String) {
        let now = ContinuousClock.now
        let isDue = said.withLock { last in
            if let last, now - last < Self.pause { return false }
            last = now
            return true
        }
        if isDue { progress.report(.warning(text)) }
    }
}
