package import Basics
package import Processes
package import Versioning

/// What `repro` is asked to do.
package struct ReproductionRequest: Sendable {
    /// What follows from a stage that fails.
    package enum OnFailure: Sendable {
        /// Nothing new is begun.
        case stop
        /// Stages that need it are skipped, all others run.
        case keepGoing
        /// Even those that need it run.
        case ignore
    }

    /// Stages, pipeline files, pointer files; the pipeline file beside the user by default.
    package var targets: [String] = []
    /// Whether names of stages are patterns.
    package var usesPatterns = false
    /// Whether a folder stands for the stages below it.
    package var isRecursive = false
    /// Nothing but the targets.
    package var onlyTargets = false
    /// All stages connected with the targets.
    package var wholePipelines = false
    package var allPipelines = false
    /// From the targets on instead of up to them.
    package var downstream = false
    /// Begin the targets whether they have changed or not; earlier runs with the same dependencies count.
    package var assumesStale = false
    /// Run what has not changed, too.
    package var force = false
    /// Run what reads from a stage that ran.
    package var forcesDownstream = false
    /// Fetch what is missing.
    package var pulls = false
    /// Whether missing data is no reason to run.
    package var allowsMissing = false
    /// Only tell what would run.
    package var isDry = false
    /// Leave data out of the cache.
    package var withoutCommit = false
    /// Whether earlier runs with the same dependencies are looked for.
    package var usesRunCache = true
    package var onFailure = OnFailure.stop
    /// Asked before each stage that is to run; `nil` to ask nobody.
    package var consent: (@Sendable (String) -> Bool)?
    /// How many stages may run at once.
    package var jobs = 1
    /// Variables for all commands.
    package var variables: [String: String] = [:]
    /// How long to wait for other commands at the beginning.
    package var patience = Repository.LockPatience.seconds(30)

    package init() {}
}

/// Takes what commands of stages print, and is told when they are about to use the process's own streams.
package protocol StageOutlet: Sendable {
    /// Hands on what was printed so far, so that a command's own output follows it.
    func flush()
    /// A stage's command begins beside those of others.
    func began(_ stage: String)
    /// Shows a piece of a stage's output; called from any thread.
    func relay(_ piece: [UInt8], _ stream: ProgramRequest.OutputStream, of stage: String)
    /// Shows a line about a stage's work, among the output of others.
    func say(_ line: String, of stage: String)
    /// No more output of a stage will come.
    func ended(_ stage: String)
}

/// What `repro` did.
package struct ReproductionResult: Sendable {
    /// Stages in the order in which they were dealt with.
    package var reports: [StageReport] = []
    /// Files for the user to `git add`, from where the user stands.
    package var filesToStage: [String] = []
    /// Data that is in the cache but could not be linked into the workspace.
    package var unlinked: [String] = []
    /// Seconds from beginning to end.
    package var seconds = 0.0

    package init() {}

    /// Whether any stage was brought up to date, or would be.
    package var hasReproduced: Bool { reports.contains { $0.outcome.isReproduction } }
}

/// What became of one stage.
package struct StageReport: Sendable, Equatable {
    package enum Outcome: String, Sendable {
        case unchanged
        /// Its command ran.
        case ran
        /// Its outputs came from the run cache.
        case restored
        /// Its data was looked at and recorded.
        case verified
        /// Its missing data was fetched.
        case pulled
        case failed
        /// A stage that it needs failed.
        case skipped
        case interrupted

        package var isReproduction: Bool { self == .ran || self == .restored || self == .verified }
    }

    package let stage: String
    package let outcome: Outcome
    /// Of its command, in seconds.
    package var seconds = 0.0
    package var attempts = 0
}

/// Stages that could not be reproduced.
package struct ReproductionFailed: UserFacingError {
    package let stages: [String]
    /// What the only one failed of, unless that has been told.
    package let cause: (any Error)?
    /// What was done all the same.
    package let result: ReproductionResult

    package var summary: String {
        let names = stages.map { "'\($0)'" }.joinedWithAnd
        let lead = "failed to reproduce\(stages.count > 1 ? " stages:" : "") \(names)"
        guard let cause else { return lead }
        return "\(lead): \((cause as? any UserFacingError)?.summary ?? "\(cause)")"
    }
    package var remedy: String? { (cause as? any UserFacingError)?.remedy }
    package var category: ErrorCategory { .unexpected }
}

/// A command of a stage that ended badly.
package struct StageCommandFailed: UserFacingError, Equatable {
    package let script: String
    package let outcome: ProgramOutcome
    package let timeout: Duration?

    package var summary: String {
        if outcome.cause == .timeout {
            return "failed to run: \(script), ended after its timeout of \(timeout?.shortText ?? "0 s")"
        }
        let code: Int32 =
            switch outcome.status {
            case .exited(let code): code
            // As Python tells of a signal.
            case .signalled(let signal): -signal
            }
        return "failed to run: \(script), exited with \(code)"
    }

    package var remedy: String? {
        switch (outcome.cause, outcome.status) {
        case (.timeout, _): "raise meta.varve.timeout of the stage"
        case (.own, .exited(127)): "a command was not found; check the PATH"
        case (.own, .signalled(9)), (.own, .exited(137)): "it was killed; the machine may have run out of memory"
        default: nil
        }
    }
}

extension [String] {
    /// `a, b and c`
    var joinedWithAnd: String {
        guard count > 1, let last else { return first ?? "" }
        return dropLast().joined(separator: ", ") + " and " + last
    }
}
