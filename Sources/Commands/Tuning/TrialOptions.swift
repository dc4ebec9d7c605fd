import ArgumentParser
import Basics
import Documents
import Tuning

/// How trials are run.
struct TrialOptions: ParsableArguments {
    @Option(
        name: [.customShort("j"), .long], help: ArgumentHelp("Trials at a time (default: 1)", valueName: "number"))
    var jobs: Int?
    @Option(
        help: ArgumentHelp(
            "Devices such as 0,1: one trial at a time on each, which sees it as CUDA_VISIBLE_DEVICES",
            valueName: "ids"))
    var gpus: String?
    @Option(help: ArgumentHelp("Seconds that a trial may take", valueName: "seconds")) var timeout: Double?
    @Option(
        help: ArgumentHelp(
            "With --train, whose models stay: best (default), those that no other trial beats; all or none",
            valueName: "which"))
    var models: String?

    /// What is remembered with the study, so that `resume` runs trials in the same way.
    func settings(above section: Mapping, _ environment: HostEnvironment) throws -> TrialSettings {
        var result = TrialSettings()
        result.workingDirectory = environment.workingDirectory
        let devices = gpus ?? section["gpus"].map(Distribution.text)
        if let devices {
            result.slots = devices.split(whereSeparator: { ",[] ".contains($0) }).map(String.init)
            result.slotsAreDevices = true
        } else {
            let count = jobs ?? section["jobs"]?.int ?? 1
            guard (1...4096).contains(count) else {
                throw Failure("the number of jobs must lie between 1 and 4096", category: .usage)
            }
            result.slots = (0..<count).map(String.init)
        }
        guard !result.slots.isEmpty else { throw Failure("'--gpus' names no device", category: .usage) }
        result.timeout =
            try timeout
            ?? section["timeout"].map { value in
                guard let seconds = Double(Distribution.text(value)) else {
                    throw Failure("'timeout' of the study must be a number of seconds", category: .usage)
                }
                return seconds
            }
        if let timeout = result.timeout, !(timeout > 0) || timeout > 1e9 {
            throw Failure("the time of a trial must be above 0", category: .usage)
        }
        return result
    }

    /// Puts into a training what becomes of its models.
    func keep(_ kind: inout TrialSettings.Kind, above section: Mapping = Mapping()) throws {
        guard let word = models ?? section["models"].map(Distribution.text) else { return }
        guard let keeping = TunedTraining.Keeping(rawValue: word) else {
            throw Failure("'--models' must be 'best', 'all' or 'none', not '\(word)'", category: .usage)
        }
        guard case .training(var training) = kind else {
            throw Failure(
                "'--models' is for trials that train in this process", remedy: "add --train", category: .usage)
        }
        training.keeping = keeping
        kind = .training(training)
    }
}
