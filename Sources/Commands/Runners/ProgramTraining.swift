import ArgumentParser
import Basics
import FileSystem
import Pipelines
import Processes
import Versioning

/// `varve run train -- …`: a program of one's own, supervised.
struct ProgramTraining {
    private let settings: ProgramTrainingSettings
    private let console: Console

    /// - Parameter words: the program and its arguments.
    init(
        _ words: [String], _ places: TrainingPlaceOptions, _ options: ProgramTrainingOptions,
        _ section: RunnerSectionOptions, _ console: Console
    ) throws {
        settings = try ProgramTrainingSettings(words, places, options, section, console.invocation.environment)
        self.console = console
    }

    /// Runs the program and passes on its exit status.
    func run() async throws {
        Interruption.watchTermination()
        let view = ProgramTrainingView(console, name: name, showsLive: settings.showsLive)
        let training = try Training(
            settings.request, environment: console.invocation.environment, repository: try repository, observer: view)
        console.flush()
        let result: TrainingResult
        do {
            result = try await training.run()
        } catch {
            view.end()
            throw error
        }
        view.end()
        if result.wasInterrupted { throw CancellationError() }
        guard result.status != 0 else {
            if view.interval != nil { console.note(TrainingSummary(result).text) }
            return
        }
        if let reason = TrainingSummary(result).failure { console.report(reason) }
        throw ExitCode(result.status)
    }

    /// The script rather than its interpreter, where one is named.
    private var name: String {
        let words = settings.request.words
        let script = words.dropFirst().first { word in
            !word.hasPrefix("-") && word.split(separator: "/").last?.contains(".") == true
        }
        return script ?? words.prefix(2).joined(separator: " ")
    }

    /// Where records go; a folder outside of any project has none.
    private var repository: Repository? {
        get throws {
            do {
                return try Repository(discoveredFrom: console.invocation.environment, progress: console.progress)
            } catch is NotAProject {
                return nil
            }
        }
    }
}

/// What a training came to.
struct TrainingSummary {
    private let result: TrainingResult

    init(_ result: TrainingResult) { self.result = result }

    /// `Trained in 3.1 s, 2 attempts, 20 steps`
    var text: String {
        var parts = ["Trained in \(Duration.seconds(result.record.seconds).shortText)"]
        if result.record.attemptCount > 1 { parts.append("\(result.record.attemptCount) attempts") }
        if let steps = result.progress.stepsDone { parts.append("\(steps) steps") }
        return parts.joined(separator: ", ")
    }

    /// `nil` where a program was told to give up and did.
    var failure: Failure? {
        guard result.record.result != "pruned" else { return nil }
        let verdict = result.record.attempts.last?.verdict ?? "failed"
        let attempts = result.record.attemptCount > 1 ? " in the last of \(result.record.attemptCount) attempts" : ""
        switch result.outcome.cause {
        case .timeout: return Failure("the program took longer than it may\(attempts) and was ended")
        default: return Failure("the program failed\(attempts): \(verdict)")
        }
    }
}
