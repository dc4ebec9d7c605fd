import Basics
import Documents
package import Processes

/// Whether and when a stage that failed is tried again.
package struct RetryPolicy: Sendable, Equatable {
    /// How often, after the first attempt.
    package var limit: Int
    /// The pause before the second attempt.
    package var pause = Duration.zero
    /// By how much the pause grows from one attempt to the next.
    package var factor = 1.0
    /// What makes a failure worth another attempt; `nil` for any failure.
    package var causes: [Cause]?

    package enum Cause: Sendable, Equatable {
        case exit(Int32)
        case signal
        case timeout
        /// Ended by the kernel's hard signal, as when memory runs out.
        case outOfMemory

        /// As a stage or a command line names it.
        package init?(_ word: String) {
            switch word {
            case "signal": self = .signal
            case "timeout": self = .timeout
            case "oom": self = .outOfMemory
            default:
                guard let code = Int32(word), (1...255).contains(code) else { return nil }
                self = .exit(code)
            }
        }
    }

    /// What a program exits with that was told to give up; only who asks for it has it tried again.
    package static let prunedStatus: Int32 = 99

    package init(limit: Int) { self.limit = limit }

    init(_ value: Value) throws(SettingProblem) {
        if let count = value.int {
            self.init(limit: count)
        } else if let mapping = value.mapping {
            guard let count = mapping["max"]?.int else { throw SettingProblem(path: ".max", text: "is no integer") }
            self.init(limit: count)
            if let pause = mapping["backoff"] {
                guard let duration = Duration(setting: pause) else {
                    throw SettingProblem(path: ".backoff", text: "is no duration such as 10s")
                }
                self.pause = duration
            }
            if let factor = mapping["factor"] {
                guard let number = factor.int.map(Double.init) ?? factor.float, number >= 1, number < 1000 else {
                    throw SettingProblem(path: ".factor", text: "is no number of at least 1")
                }
                self.factor = number
            }
            if let on = mapping["on"], !on.isNull {
                var causes: [Cause] = []
                for item in on.array ?? [on] { causes.append(try Self.cause(item)) }
                self.causes = causes
            }
        } else {
            throw SettingProblem(text: "is neither a number nor a mapping with max")
        }
        guard (0...1000).contains(limit) else { throw SettingProblem(path: ".max", text: "is not from 0 to 1000") }
    }

    private static func cause(_ value: Value) throws(SettingProblem) -> Cause {
        guard let cause = value.settingText.flatMap({ Cause($0) }) else {
            throw SettingProblem(path: ".on", text: "may hold exit statuses, signal, timeout and oom")
        }
        return cause
    }

    /// Whether a failed attempt is followed by another.
    package func wantsAnother(after attempt: Int, _ outcome: ProgramOutcome) -> Bool {
        guard attempt <= limit, outcome.cause != .stopped, !outcome.succeeded else { return false }
        guard let causes else { return outcome.status != .exited(Self.prunedStatus) }
        return causes.contains { cause in
            switch cause {
            case .exit(let code): outcome.cause == .own && outcome.code == code
            case .signal: outcome.cause == .own && outcome.code > 128
            case .timeout: outcome.cause == .timeout
            case .outOfMemory: outcome.cause == .own && outcome.code == 137
            }
        }
    }

    /// How long to wait after a failed attempt, the first being 1; at most a day.
    package func pause(after attempt: Int) -> Duration {
        var seconds = pause.seconds
        for _ in 1..<max(1, attempt) { seconds = min(seconds * factor, 86400) }
        return .seconds(seconds)
    }
}

extension Value {
    var float: Double? { if case .float(let value) = self { value } else { nil } }
}
