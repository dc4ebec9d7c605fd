import Basics
package import Documents
import FileSystem
package import Processes
import Synchronization
package import Tuning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// How the trials of a study are run.
package struct TuningRequest: Sendable {
    package var command: TrialCommand
    /// Absolute path in which programs run.
    package var workingDirectory: String
    package var variables: [String: String]
    /// Absolute path under which each trial has a folder named by its number.
    package var folder: String
    /// One for each trial that may run at a time: the number of a slot, or of a device.
    package var slots: [String]
    /// Whether the slots are devices, of which a program shall see its own only.
    package var slotsAreDevices = false
    /// How long a trial may take.
    package var limits = ProgramLimits()

    package init(
        command: TrialCommand, workingDirectory: String, variables: [String: String], folder: String, slots: [String]
    ) {
        self.command = command
        self.workingDirectory = workingDirectory
        self.variables = variables
        self.folder = folder
        self.slots = slots
    }
}

/// What goes on in a study, for whoever shows it. Called from any task.
package protocol TuningObserver: Sendable {
    func began(_ trial: Trial, slot: String, isAgain: Bool)
    /// A running trial told a value on its way.
    func reported(_ number: Int, _ report: Trial.Report)
    func ended(_ trial: Trial, reason: String?)
}

/// Runs the trials of a study as programs, as many at a time as there are slots.
package struct TuningRun: Sendable {
    private let desk: StudyDesk
    private let request: TuningRequest
    private let observer: (any TuningObserver)?

    package init(_ desk: StudyDesk, _ request: TuningRequest, observer: (any TuningObserver)? = nil) {
        self.desk = desk
        self.request = request
        self.observer = observer
    }

    /// The attribute of a running trial that says which process it is.
    private static let processKey = "varve:process"

    /// Runs until the study is done.
    ///
    /// - Returns: why it was done.
    /// - Throws: `CancellationError` when the task was cancelled; running trials are ended then and stay in the journal
    ///   as running ones, for `resume`.
    package func run() async throws -> Study.StopReason {
        let start = ContinuousClock.now
        var lost = try await takeOver()
        var free = Array(request.slots.reversed())
        var reason: Study.StopReason?
        try await withThrowingTaskGroup(of: String.self) { group in
            var running = 0
            while true {
                filling: while let slot = free.last, reason == nil || !lost.isEmpty {
                    try Task.checkCancellation()
                    let trial: Trial
                    let isAgain = !lost.isEmpty
                    if isAgain {
                        trial = lost.removeFirst()
                    } else {
                        let elapsed = start.duration(to: .now) / .seconds(1)
                        switch try await desk.ask(elapsed: elapsed) {
                        case .trial(let next): trial = next
                        case .done(let why):
                            reason = why
                            continue
                        case .wait:
                            if running > 0 { break filling }
                            // Somebody else's trial is awaited.
                            try await Task.sleep(for: .milliseconds(200))
                            continue
                        }
                    }
                    free.removeLast()
                    running += 1
                    group.addTask {
                        try await run(trial, slot, isAgain: isAgain)
                        return slot
                    }
                }
                guard running > 0, let slot = try await group.next() else { break }
                running -= 1
                free.append(slot)
            }
        }
        try Task.checkCancellation()
        return reason ?? .trials
    }

    /// Ends what is left of lost trials' programs before they are begun anew.
    private func takeOver() async throws -> [Trial] {
        let lost = try await desk.takeOver { owner in ProcessIdentity(text: owner)?.isRunning ?? false }
        for trial in lost {
            guard let text = trial.userAttributes[Self.processKey]?.string else { continue }
            ProcessIdentity(text: text)?.remainingGroup?.end(grace: .seconds(5))
        }
        return lost
    }

    // MARK: One trial

    private func run(_ trial: Trial, _ slot: String, isAgain: Bool) async throws {
        var trial = trial
        var isAgain = isAgain
        while true {
            observer?.began(trial, slot: slot, isAgain: isAgain)
            let sequel = try await attempt(trial, slot)
            switch sequel {
            case .ended:
                let ended = await desk.record.trials[trial.number]
                observer?.ended(ended, reason: ended.systemAttributes[TrialMark.failure]?.string)
                return
            case .again(let next):
                observer?.ended(next, reason: next.systemAttributes[TrialMark.failure]?.string)
                trial = next
                isAgain = true
            }
        }
    }

    private func attempt(_ trial: Trial, _ slot: String) async throws -> Study.Sequel {
        let folder = Paths.join(request.folder, String(trial.number))
        // What an attempt that was cut off has left is not this one's.
        try? Files.removeTree(folder)
        try Files.makeDirectory(folder)
        let file = Paths.join(folder, "params.json")
        try Files.write(Array((JSON.emitPython(.mapping(trial.nested)) + "\n").utf8), to: file, sync: false)
        let record = await desk.record
        let places = [
            "trial": String(trial.number), "dir": folder, "params": file, "study": record.name, "slot": slot,
        ]
        let tail = OutputTail(Paths.join(folder, "output.log"))
        var program = ProgramRequest(
            arguments: request.command.words(for: trial, places: places), variables: request.variables,
            workingDirectory: request.workingDirectory,
            streams: .relayed { stream, bytes in tail.take(bytes, isOutput: stream == .output) })
        program.variables["VARVE_STUDY"] = record.name
        program.variables["VARVE_TRIAL"] = String(trial.number)
        program.variables["VARVE_TRIAL_DIR"] = folder
        program.variables["VARVE_PARAMS"] = file
        program.variables["VARVE_SLOT"] = slot
        if request.slotsAreDevices { program.variables["CUDA_VISIBLE_DEVICES"] = slot }
        let empty = TrialMetrics(folder: folder, workingDirectory: request.workingDirectory, places: places)
        let running: RunningProgram
        do {
            running = try RunningProgram(program)
        } catch {
            return try await desk.tell(trial.number, .failed(error.summary), empty)
        }
        try await desk.note(
            trial.number, Self.processKey, .string(ProcessIdentity(of: running.group.id).text))
        let settings = await desk.settings
        let ending = ProgramEnding()
        let limits = request.limits
        if !startDetachedThread({ ending.set(running.wait(limits)) }) { ending.set(running.wait(limits)) }
        var history = HistoryReader(settings.objectives.first.map { empty.history($0.metric) } ?? [])
        var isPruned = false
        var isCancelled = false
        var outcome: ProgramOutcome?
        while outcome == nil {
            outcome = ending.value
            if Task.isCancelled, !isCancelled {
                isCancelled = true
                running.stop(asking: SIGINT)
            }
            for report in history.new() where !isPruned && !isCancelled {
                isPruned = try await desk.report(trial.number, report)
                observer?.reported(trial.number, report)
                if isPruned { running.stop(asking: SIGTERM) }
            }
            if outcome == nil { await ending.pause() }
        }
        guard let outcome else { return .ended(.failed) }
        tail.close()
        if isCancelled { throw CancellationError() }
        let metrics = TrialMetrics(
            folder: folder, workingDirectory: request.workingDirectory, places: places, output: tail.lines)
        // A program that ended by itself before it heard that it should is judged as pruned all the same.
        if isPruned { return try await desk.tell(trial.number, .pruned, metrics) }
        return try await desk.tell(trial.number, Self.result(outcome, settings, metrics, tail), metrics)
    }

    private static func result(
        _ outcome: ProgramOutcome, _ settings: StudySettings, _ metrics: TrialMetrics, _ tail: OutputTail
    ) -> Study.Outcome {
        guard outcome.succeeded else {
            let last = tail.lastError.map { ": \($0)" } ?? ""
            switch (outcome.cause, outcome.status) {
            case (.timeout, _): return .failed("it took longer than it may")
            case (_, .exited(let code)): return .failed("exit status \(code)\(last)")
            case (_, .signalled(let signal)): return .failed("ended by signal \(signal)\(last)")
            }
        }
        var values: [Double] = []
        for objective in settings.objectives {
            guard let value = metrics.value(objective.metric) else {
                return .failed("there is no metric '\(objective.metric)'")
            }
            guard let number = Self.number(value) else {
                return .failed("the metric '\(objective.metric)' is no number")
            }
            values.append(number)
        }
        return .complete(values)
    }

    private static func number(_ value: Value) -> Double? {
        switch value {
        case .int(let whole): Double(whole)
        case .float(let real): real
        // As DVCLive writes them.
        case .string(let text): ["NaN", "Infinity", "-Infinity"].contains(text) ? Double(text) : nil
        default: nil
        }
    }
}

extension Trial {
    /// The parameters as a parameter file has them: `train.lr` is the key `lr` of `train`.
    package var nested: Mapping {
        var result = Mapping()
        for setting in settings { result.set(setting.name.split(separator: ".").map(String.init)[...], setting.value) }
        return result
    }
}

extension Mapping {
    /// Sets a value at a path of keys, making mappings on the way.
    package mutating func set(_ path: ArraySlice<String>, _ value: Value) {
        guard let key = path.first else { return }
        if path.count == 1 {
            self[key] = value
        } else {
            var inner = self[key]?.mapping ?? Mapping()
            inner.set(path.dropFirst(), value)
            self[key] = .mapping(inner)
        }
    }
}

extension ProcessIdentity {
    /// For journals: the number, a space, and when it began.
    package var text: String { "\(id) \(start)" }

    package init?(text: String) {
        let parts = text.split(separator: " ", maxSplits: 1)
        guard let first = parts.first, let id = Int32(first) else { return nil }
        self.init(id: id, start: parts.count > 1 ? String(parts[1]) : "")
    }
}

/// How a program ended, told from its thread to a task.
private final class ProgramEnding: Sendable {
    private let state = Mutex<ProgramOutcome?>(nil)

    var value: ProgramOutcome? { state.withLock { $0 } }
    func set(_ outcome: ProgramOutcome) { state.withLock { $0 = outcome } }

    /// Waits a fifth of a second, but not long after the end: at first it looks often, for short programs.
    func pause() async {
        var pause = 1
        var waited = 0
        while waited < 200, value == nil, !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(pause))
            waited += pause
            pause = min(pause * 2, 16)
        }
    }
}

/// What a program prints: all of it in a file, the last lines in memory.
private final class OutputTail: Sendable {
    private struct State {
        var descriptor: Int32
        var lines: [String] = []
        var part: [UInt8] = []
        var lastError: String?
        var errorPart: [UInt8] = []
    }
    private let state: Mutex<State>

    init(_ path: String) {
        state = Mutex(State(descriptor: open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o666)))
    }

    var lines: [String] { state.withLock(\.lines) }
    var lastError: String? { state.withLock(\.lastError) }

    func take(_ bytes: [UInt8], isOutput: Bool) {
        state.withLock { state in
            if state.descriptor >= 0 {
                // A full disk loses the log, not the trial.
                _ = bytes.withUnsafeBytes { write(state.descriptor, $0.baseAddress, $0.count) }
            }
            var part = (isOutput ? state.part : state.errorPart) + bytes
            while let end = part.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: part[..<end], as: UTF8.self)
                if isOutput {
                    state.lines.append(line)
                    if state.lines.count > 200 { state.lines.removeFirst() }
                } else if line.contains(where: { !$0.isWhitespace }) {
                    state.lastError = String(line.prefix(300))
                }
                part.removeSubrange(...end)
            }
            if part.count > 1 << 20 { part = [] }
            if isOutput { state.part = part } else { state.errorPart = part }
        }
    }

    func close() {
        state.withLock { state in
            if !state.part.isEmpty { state.lines.append(String(decoding: state.part, as: UTF8.self)) }
            state.part = []
            if state.descriptor >= 0 { _ = closeDescriptor(state.descriptor) }
            state.descriptor = -1
        }
    }
}

private func closeDescriptor(_ descriptor: Int32) -> Int32 { close(descriptor) }
