package import Documents
package import Processes

/// A program that trains a model, and how it is to be run.
package struct TrainingRequest: Sendable {
    /// The executable first.
    package var words: [String]
    /// Absolute path.
    package var directory: String
    /// How long one attempt may take.
    package var timeout: Duration?
    package var retry: RetryPolicy?
    package var seed: Int?
    /// Where the program puts what it can go on from; absolute.
    package var checkpointFolder: String?
    /// How many generations of checkpoints stay; `nil` for all.
    package var keptCheckpoints: Int?
    /// A folder in DVCLive's layout; absolute.
    package var metricsFolder: String
    /// What the program finds in `VARVE_PARAMS`; `nil` for what the stage around it has, or nothing.
    package var parameters: Value?
    package var resumption = Resumption.ifUnchanged
    /// Variables on top of those of the caller.
    package var variables: [(name: String, value: String)] = []
    /// How often the record tells that the run is alive.
    package var heartbeat = Duration.seconds(10)
    /// How many steps there will be, where that is known.
    package var totalSteps: Int?

    /// When a run goes on from checkpoints that are there.
    package enum Resumption: Sendable {
        /// When the run that left them was cut short or failed, and had the same command, parameters and code.
        case ifUnchanged
        case always
        /// Never: they are removed.
        case never
    }

    package init(words: [String], directory: String, metricsFolder: String) {
        self.words = words
        self.directory = directory
        self.metricsFolder = metricsFolder
    }
}

/// Whoever shows how a training goes. Called from threads of its own, by one at a time.
package protocol TrainingObserver: Sendable {
    /// Takes what the program prints; `nil` where it has this process's own streams.
    var relay: (@Sendable (ProgramRequest.OutputStream, [UInt8]) -> Void)? { get }
    /// How often the progress is wanted; `nil` where nobody looks at it.
    var interval: Duration? { get }
    func show(_ progress: TrainingProgress)
    /// A line about the work, in order with what the program prints.
    func say(_ line: String)
}

/// How a training ended.
package struct TrainingResult: Sendable {
    package var record: RunRecord
    package var outcome: ProgramOutcome
    /// Whether the user wanted no more.
    package var wasInterrupted: Bool
    package var progress: TrainingProgress

    /// What the runner exits with: the program's own status, 128 and the signal, 124 after a timeout.
    package var status: Int32 { outcome.cause == .timeout ? 124 : outcome.code }
}
