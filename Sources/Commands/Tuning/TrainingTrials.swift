import Basics
import Documents
import FileSystem
import Models
import Pipelines
import Processes
import ProjectFiles
import Synchronization
import Tuning

/// Trials that are trainings in this process.
struct TrainingTrials: TrialRunner {
    private let training: TunedTraining
    private let environment: HostEnvironment
    private let timeout: Double?
    private let shelves: [String: Shelf]

    /// The matrices of a slot.
    private final class Shelf: Sendable {
        let matrices = Mutex(MatrixShelf())
    }

    /// - Parameters:
    ///   - environment: of which the slots share the processors.
    ///   - timeout: seconds that a trial may take.
    init(_ training: TunedTraining, slots: [String], timeout: Double?, _ environment: HostEnvironment) {
        self.training = training
        var environment = environment
        environment.processors = max(1, environment.processors / max(1, slots.count))
        self.environment = environment
        self.timeout = timeout
        shelves = Dictionary(slots.map { ($0, Shelf()) }) { first, _ in first }
    }

    func begin(_ place: TrialPlace) throws -> any RunningTrial {
        var options = try NativeTrainingOptions.request(training.section(for: place.trial.settings))
        options.model = Paths.join(place.folder, TrialModel.name(options.modelPath))
        options.importance = options.importance.map { Paths.join(place.folder, Paths.name($0)) }
        options.metricsFolder = Paths.join(place.folder, "dvclive")
        options.keepsCheckpoint = false
        let trial = TrainingTrial(place.folder, timeout: timeout)
        let shelf = shelves[place.slot] ?? Shelf()
        trial.start { [options] isStopped, progress in
            try shelf.matrices.withLock { matrices in
                try NativeTraining(
                    options, in: environment, progress: progress, tables: training.tables, shelf: matrices,
                    isStopped: isStopped
                ).run()
            }
        }
        return trial
    }
}

/// A training that is a trial. What it would print goes to `output.log` of the trial's folder, and what its model is worth
/// to `metrics.json`.
private final class TrainingTrial: RunningTrial {
    private enum Cause {
        case stop
        case timeout
    }
    private struct State {
        var ending: TrialEnding?
        var cause: Cause?
    }

    let workingDirectory: String
    var metricsFolder: String { workingDirectory }
    var process: ProcessIdentity? { nil }
    var ending: TrialEnding? { state.withLock(\.ending) }
    var output: [String] { log.lines }

    private let deadline: ContinuousClock.Instant?
    private let log: OutputTail
    private let state = Mutex(State())

    init(_ folder: String, timeout: Double?) {
        workingDirectory = folder
        deadline = timeout.map { .now + .seconds($0) }
        log = OutputTail(Paths.join(folder, "output.log"))
    }

    func stop(_ reason: TrialStop) { state.withLock { $0.cause = $0.cause ?? .stop } }

    /// Trains on a thread of its own, as XGBoost has its random numbers by thread.
    func start(
        _ train: @escaping @Sendable (@escaping @Sendable () -> Bool, any ProgressReporter) throws -> TrainingReport
    ) {
        let work: @Sendable () -> Void = { [self] in
            let ending: TrialEnding
            do {
                let report = try train({ self.isStopped }, TrialLog(log))
                try write(report)
                ending = .succeeded
            } catch is CancellationError {
                ending = .failed(state.withLock(\.cause) == .timeout ? "it took longer than it may" : "it was stopped")
            } catch {
                let reason = (error as? any UserFacingError)?.summary ?? "\(error)"
                log.take(Array((reason + "\n").utf8), isOutput: true)
                ending = .failed(reason)
            }
            log.close()
            state.withLock { $0.ending = ending }
        }
        if !startDetachedThread(work) { work() }
    }

    private var isStopped: Bool {
        state.withLock { state in
            if state.cause == nil, let deadline, deadline < .now { state.cause = .timeout }
            return state.cause != nil
        }
    }

    private func write(_ report: TrainingReport) throws {
        log.take(Array((NativeTrainingView(report).text + "\n").utf8), isOutput: true)
        var document = Value.mapping(Mapping())
        for (name, value) in report.metrics {
            document = document.replacing(
                name.split(separator: "/").map(String.init)[...], by: StudySummary.number(value))
        }
        var metrics = document.mapping ?? Mapping()
        metrics["rounds"] = report.rounds.map(Value.int)
        metrics["best_iteration"] = report.bestRound.map(Value.int)
        metrics["model_bytes"] = try Files.status(report.model).map { .int(Int(clamping: $0.size)) }
        try Files.write(
            Array((JSON.emitIndented(.mapping(metrics)) + "\n").utf8),
            to: Paths.join(workingDirectory, "metrics.json"), sync: false)
    }
}

/// What a training tells, as lines of a file.
private struct TrialLog: ProgressReporter {
    private let log: OutputTail

    init(_ log: OutputTail) { self.log = log }

    func report(_ event: ProgressEvent) {
        switch event {
        case .warning(let text): log.take(Array("warning: \(text)\n".utf8), isOutput: true)
        case .message(let text): log.take(Array((text + "\n").utf8), isOutput: true)
        default: break
        }
    }
}

/// The model of a trial.
enum TrialModel {
    /// Its name in the folder of its trial.
    static func name(_ path: String) -> String { path.lowercased().hasSuffix(".json") ? "model.json" : "model.ubj" }

    static func remove(in folder: String) {
        for name in ["model.ubj", "model.json"] {
            for path in [name, ModelCard.path(of: name)] { try? Files.remove(Paths.join(folder, path)) }
        }
    }
}

/// Removes the models of trials that are beaten.
final class KeptModels: TuningObserver {
    private let view: any TuningObserver
    private let folder: String
    private let keeping: TunedTraining.Keeping
    /// The trials whose models are there; other trials do not matter to what comes.
    private let kept: Mutex<StudyRecord>

    /// - Parameters:
    ///   - view: is told what happens, too.
    ///   - folder: where the folders of trials are.
    init(_ keeping: TunedTraining.Keeping, in folder: String, _ record: StudyRecord, telling view: any TuningObserver) {
        self.view = view
        self.folder = folder
        self.keeping = keeping
        var kept = record
        kept.trials = []
        self.kept = Mutex(kept)
        for trial in record.trials where trial.state.isFinished { take(trial) }
    }

    func began(_ trial: Trial, slot: String, isAgain: Bool) { view.began(trial, slot: slot, isAgain: isAgain) }

    func reported(_ number: Int, _ report: Trial.Report) { view.reported(number, report) }

    func ended(_ trial: Trial, reason: String?) {
        if trial.state.isFinished { take(trial) }
        view.ended(trial, reason: reason)
    }

    private func take(_ trial: Trial) {
        guard keeping != .all else { return }
        let beaten = kept.withLock { kept in
            let candidates = (kept.trials + [trial]).sorted { $0.number < $1.number }
            kept.trials = candidates
            let best = keeping == .none ? [] : kept.directions.count == 1 ? kept.best.map { [$0] } ?? [] : kept.front
            let numbers = best.map(\.number)
            kept.trials = candidates.filter { numbers.contains($0.number) }
            return candidates.map(\.number).filter { !numbers.contains($0) }
        }
        for number in beaten { TrialModel.remove(in: Paths.join(folder, String(number))) }
    }
}
