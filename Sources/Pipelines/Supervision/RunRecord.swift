package import Documents
package import Processes

/// One attempt to run a stage's command.
package struct RunAttempt: Sendable, Equatable {
    /// Seconds since 1970.
    package var began: Double
    package var ended: Double
    /// The script that ended the attempt: the last, or the one that failed.
    package var outcome: ProgramOutcome
    package var processorTime: Double
    package var peakMemory: Int64

    /// As the record has it.
    var value: Value {
        .mapping(
            Mapping([
                ("began", .float(began)), ("ended", .float(ended)), ("result", .string(verdict)),
                ("exit", .int(Int(outcome.code))), ("cpu_seconds", .float(processorTime)),
                ("peak_memory", .int(Int(peakMemory))),
            ]))
    }

    /// `ok`, `exit 3`, `signal 9`, `timeout`, `stopped`
    package var verdict: String {
        switch outcome.cause {
        case .timeout: return "timeout"
        case .stopped: return "stopped"
        case .own: break
        }
        switch outcome.status {
        case .exited(0): return "ok"
        case .exited(let code): return "exit \(code)"
        case .signalled(let signal): return "signal \(signal)"
        }
    }
}

/// What is known of one execution of a stage, for people and for the next plan. It may be lost.
package struct RunRecord: Sendable {
    package static let schema = "varve.run/v1"

    package var id: RunID
    package var stage: String
    package var command: Value
    package var attempts: [RunAttempt]
    /// `running`, and in the end `ok`, `failed`, `interrupted`, `pruned`
    package var result: String
    /// Attempts of the same run by earlier commands, as they were recorded.
    package var earlier: [Value] = []

    /// Attempts in all.
    package var attemptCount: Int { earlier.count + attempts.count }
    /// When this command took it up, in seconds since 1970.
    package var start = WallClock.seconds
    package var began: Double { earlier.first?.mapping?["began"]?.float ?? attempts.first?.began ?? start }
    package var ended: Double { attempts.last?.ended ?? start }
    /// How long the attempts of this command took, with the pauses between them.
    package var seconds: Double { ended - (attempts.first?.began ?? ended) }

    package var value: Mapping {
        Mapping([
            ("schema", .string(Self.schema)), ("id", .string(id.text)), ("stage", .string(stage)), ("cmd", command),
            ("result", .string(result)), ("began", .float(began)), ("ended", .float(ended)),
            ("seconds", .float(seconds)), ("attempts", .array(earlier + attempts.map(\.value))),
        ])
    }
}
