import Basics
import Synchronization

/// Keeps the warnings that the engine reports.
final class MessageLog: ProgressReporter {
    private let kept = Mutex<[String]>([])

    var warnings: [String] { kept.withLock { $0 } }

    func report(_ event: ProgressEvent) {
        if case .warning(let text) = event { kept.withLock { $0.append(text) } }
    }
}
