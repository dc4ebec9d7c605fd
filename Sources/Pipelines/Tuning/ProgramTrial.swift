import Basics
import FileSystem
package import Processes
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Trials that are runs of a program.
package struct ProgramTrials: TrialRunner {
    private let command: TrialCommand
    private let workingDirectory: String
    private let variables: [String: String]
    private let limits: ProgramLimits

    /// - Parameters:
    ///   - workingDirectory: Absolute path in which the program runs.
    ///   - variables: Its environment, to which those of the trial are added.
    package init(
        _ command: TrialCommand, workingDirectory: String, variables: [String: String], limits: ProgramLimits
    ) {
        self.command = command
        self.workingDirectory = workingDirectory
        self.variables = variables
        self.limits = limits
    }

    package func begin(_ place: TrialPlace) throws -> any RunningTrial {
        try ProgramTrial(
            command.words(for: place.trial, places: place.names), place, workingDirectory: workingDirectory,
            variables: variables, limits: limits)
    }
}

/// A program that is a trial; what it prints goes to `output.log` of the trial's folder.
final class ProgramTrial: RunningTrial {
    let workingDirectory: String
    let metricsFolder: String
    let process: ProcessIdentity?
    private let program: RunningProgram
    private let tail: OutputTail
    private let outcome = Mutex<TrialEnding?>(nil)

    /// - Parameters:
    ///   - metricsFolder: The folder of the trial, if no other.
    ///   - finish: is called after the program has succeeded, on a thread of its own, before the trial ends.
    init(
        _ words: [String], _ place: TrialPlace, workingDirectory: String, metricsFolder: String? = nil,
        variables: [String: String], limits: ProgramLimits, finish: @escaping @Sendable () throws -> Void = {}
    ) throws {
        self.workingDirectory = workingDirectory
        self.metricsFolder = metricsFolder ?? place.folder
        let tail = OutputTail(Paths.join(place.folder, "output.log"))
        self.tail = tail
        program = try RunningProgram(
            ProgramRequest(
                arguments: words, variables: variables.merging(place.variables) { $1 },
                workingDirectory: workingDirectory,
                streams: .relayed { stream, bytes in tail.take(bytes, isOutput: stream == .output) }))
        process = ProcessIdentity(of: program.group.id)
        let wait: @Sendable () -> Void = { [self] in
            let ended = program.wait(limits)
            tail.close()
            var ending = Self.ending(ended, tail)
            if ending == .succeeded {
                do {
                    try finish()
                } catch {
                    ending = .failed((error as? any UserFacingError)?.summary ?? "\(error)")
                }
            }
            outcome.withLock { $0 = ending }
        }
        if !startDetachedThread(wait) { wait() }
    }

    var ending: TrialEnding? { outcome.withLock { $0 } }
    var output: [String] { tail.lines }

    func stop(_ reason: TrialStop) {
        switch reason {
        case .pruned: program.stop(asking: SIGTERM)
        case .interrupted: program.stop(asking: SIGINT)
        }
    }

    private static func ending(_ outcome: ProgramOutcome, _ tail: OutputTail) -> TrialEnding {
        guard !outcome.succeeded else { return .succeeded }
        let last = tail.lastError.map { ": \($0)" } ?? ""
        switch (outcome.cause, outcome.status) {
        case (.timeout, _): return .failed("it took longer than it may")
        case (_, .exited(let code)): return .failed("exit status \(code)\(last)")
        case (_, .signalled(let signal)): return .failed("ended by signal \(signal)\(last)")
        }
    }
}
