import Basics
import Documents
import FileSystem
import Processes
package import Tuning

/// How the trials of a study are run.
package struct TuningRequest: Sendable {
    package var trials: any TrialRunner
    /// Absolute path under which each trial has a folder named by its number.
    package var folder: String
    /// One for each trial that may run at a time: the number of a slot, or of a device.
    package var slots: [String]
    /// Whether the slots are devices, of which a trial shall see its own only.
    package var slotsAreDevices: Bool

    package init(_ trials: any TrialRunner, folder: String, slots: [String], slotsAreDevices: Bool = false) {
        self.trials = trials
        self.folder = folder
        self.slots = slots
        self.slotsAreDevices = slotsAreDevices
    }
}

/// What goes on in a study, for whoever shows it. Called from any task.
package protocol TuningObserver: Sendable {
    func began(_ trial: Trial, slot: String, isAgain: Bool)
    /// A running trial told a value on its way.
    func reported(_ number: Int, _ report: Trial.Report)
    func ended(_ trial: Trial, reason: String?)
}

/// Runs the trials of a study, as many at a time as there are slots.
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
        let place = try await place(for: trial, slot)
        let running: any RunningTrial
        do {
            running = try await request.trials.begin(place)
        } catch let error as any UserFacingError {
            return try await desk.tell(
                trial.number, .failed(error.summary),
                TrialMetrics(folder: place.folder, workingDirectory: place.folder, places: place.names))
        }
        if let process = running.process {
            try await desk.note(trial.number, Self.processKey, .string(process.text))
        }
        let settings = await desk.settings
        func metrics(_ output: [String] = []) -> TrialMetrics {
            TrialMetrics(
                folder: running.metricsFolder, workingDirectory: running.workingDirectory, places: place.names,
                output: output)
        }
        var history = HistoryReader(settings.objectives.first.map { metrics().history($0.metric) } ?? [])
        var isPruned = false
        var isCancelled = false
        var ending: TrialEnding?
        while ending == nil {
            // What was reported before the end is read after it.
            ending = running.ending
            if Task.isCancelled, !isCancelled {
                isCancelled = true
                running.stop(.interrupted)
            }
            for report in history.new() where !isPruned && !isCancelled {
                isPruned = try await desk.report(trial.number, report)
                observer?.reported(trial.number, report)
                if isPruned { running.stop(.pruned) }
            }
            if ending == nil { await Self.pause(until: running) }
        }
        if isCancelled { throw CancellationError() }
        let found = metrics(running.output)
        // A program that ended by itself before it heard that it should is judged as pruned all the same.
        if isPruned { return try await desk.tell(trial.number, .pruned, found) }
        if case .failed(let reason) = ending { return try await desk.tell(trial.number, .failed(reason), found) }
        return try await desk.tell(trial.number, Self.result(settings, found), found)
    }

    private func place(for trial: Trial, _ slot: String) async throws -> TrialPlace {
        let folder = Paths.join(request.folder, String(trial.number))
        // What an attempt that was cut off has left is not this one's.
        try? Files.removeTree(folder)
        try Files.makeDirectory(folder)
        let parameters = Paths.join(folder, "params.json")
        try Files.write(
            Array((JSON.emitPython(.mapping(trial.nested)) + "\n").utf8), to: parameters, sync: false)
        return TrialPlace(
            trial: trial, folder: folder, parameters: parameters, study: await desk.record.name, slot: slot,
            isDevice: request.slotsAreDevices)
    }

    /// Waits a fifth of a second, but not long after the end: at first it looks often, for short trials.
    private static func pause(until trial: any RunningTrial) async {
        var pause = 1
        var waited = 0
        while waited < 200, trial.ending == nil, !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(pause))
            waited += pause
            pause = min(pause * 2, 16)
        }
    }

    private static func result(_ settings: StudySettings, _ metrics: TrialMetrics) -> Study.Outcome {
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
