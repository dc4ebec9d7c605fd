/// What the engine tells about work that takes a while.
package enum ProgressEvent: Sendable {
    /// A phase began; totals are 0 where they are not known yet.
    case began(ProgressPhase, items: Int, bytes: Int64)
    /// So much more of the phase is done.
    case advanced(ProgressPhase, items: Int, bytes: Int64)
    /// So many bytes of requests and answers went over the network. `advanced` counts those of whole objects again, when
    /// they have arrived.
    case moved(bytes: Int64)
    /// The phase is over.
    case ended(ProgressPhase)
    /// Something a person should know that does not stop the work.
    case warning(String)
    /// A line about what is being done, in DVC's or our words; shown on standard output.
    case message(String)
}

/// The phases that have a name on the progress line.
package enum ProgressPhase: String, Sendable {
    case scanning = "Scanning"
    case hashing = "Hashing"
    case adding = "Adding"
    case committing = "Committing"
    case checkingOut = "Checking out"
    case querying = "Querying"
    case pushing = "Pushing"
    case fetching = "Fetching"
    case collecting = "Collecting garbage"

    /// Whether bytes that go over the network belong to it.
    package var isTransfer: Bool { self == .pushing || self == .fetching }
}

/// Takes progress events from any thread and never waits.
package protocol ProgressReporter: Sendable {
    func report(_ event: ProgressEvent)
}

/// Reports nothing.
package struct SilentProgress: ProgressReporter {
    package init() {}
    package func report(_ event: ProgressEvent) {}
}
