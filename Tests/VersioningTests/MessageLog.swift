import Basics
import Synchronization

/// Keeps the warnings and messages that the engine reports.
final class MessageLog: ProgressReporter {
    private let kept = Mutex<(warnings: [String], messages: [String])>(([], []))

    var warnings: [String] { kept.withLock { $0.warnings } }
    var messages: [String] { kept.withLock { $0.messages } }

    func report(_ event: ProgressEvent) {
        switch event {
        case .warning(let text): kept.withLock { $0.warnings.append(text) }
        case .message(let text): kept.withLock { $0.messages.append(text) }
        case .began, .advanced, .moved, .ended: break
        }
    }
}
