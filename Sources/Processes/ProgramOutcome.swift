/// How a program ended, and what it took.
package struct ProgramOutcome: Sendable, Equatable {
    package enum Status: Sendable, Equatable {
        case exited(Int32)
        /// Ended by a signal.
        case signalled(Int32)
    }

    package enum Cause: Sendable, Equatable {
        /// The program ended by itself, or by somebody else's signal.
        case own
        /// It took longer than allowed.
        case timeout
        /// It was asked to stop.
        case stopped
    }

    package var status: Status
    package var cause: Cause
    /// Seconds of processor time of the program and of what it waited for.
    package var processorTime: Double
    /// The largest resident size of one process of it, in bytes.
    package var peakMemory: Int64

    package init(status: Status, cause: Cause = .own, processorTime: Double = 0, peakMemory: Int64 = 0) {
        self.status = status
        self.cause = cause
        self.processorTime = processorTime
        self.peakMemory = peakMemory
    }

    package var succeeded: Bool { cause == .own && status == .exited(0) }

    /// As shells say it: the exit status, or 128 and the signal.
    package var code: Int32 {
        switch status {
        case .exited(let code): code
        case .signalled(let signal): 128 + signal
        }
    }
}
