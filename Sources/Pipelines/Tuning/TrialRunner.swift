package import Processes
package import Tuning

/// What a trial consists of: a program, targets of a pipeline, a training.
package protocol TrialRunner: Sendable {
    /// Begins a trial.
    ///
    /// - Throws: `Failure` or `ProgramError` where it cannot be begun; the trial has failed then.
    func begin(_ place: TrialPlace) async throws -> any RunningTrial
}

/// A trial that was begun. Used from one task; whatever it does itself goes on elsewhere.
package protocol RunningTrial: Sendable {
    /// The absolute path at which relative names of metrics files begin.
    var workingDirectory: String { get }
    /// The absolute path of the folder in which metrics without a file's name are looked for.
    var metricsFolder: String { get }
    /// What has to be ended before somebody else begins the trial anew; `nil` where it dies with this process.
    var process: ProcessIdentity? { get }
    /// `nil` while it runs.
    var ending: TrialEnding? { get }
    /// The last lines that it printed.
    var output: [String] { get }

    /// Asks it to end; `ending` is there a little later.
    func stop(_ reason: TrialStop)
}

package enum TrialEnding: Sendable, Equatable {
    case succeeded
    case failed(String)
}

package enum TrialStop: Sendable {
    /// It is not worth going on.
    case pruned
    /// A person does not want to go on.
    case interrupted
}

/// Where a trial is run and what it is told.
package struct TrialPlace: Sendable {
    package let trial: Trial
    /// Absolute path of its own folder, which is empty but for `parameters`.
    package let folder: String
    /// Absolute path of a JSON file with all parameters, nested by the dots in their names.
    package let parameters: String
    package let study: String
    package let slot: String
    /// Whether the slot is a device, of which the trial shall see no other.
    package let isDevice: Bool

    /// What `{…}` may name beside parameters.
    package var names: [String: String] {
        ["trial": String(trial.number), "dir": folder, "params": parameters, "study": study, "slot": slot]
    }

    /// For programs.
    package var variables: [String: String] {
        var result = [
            "VARVE_STUDY": study, "VARVE_TRIAL": String(trial.number), "VARVE_TRIAL_DIR": folder,
            "VARVE_PARAMS": parameters, "VARVE_SLOT": slot,
        ]
        if isDevice { result["CUDA_VISIBLE_DEVICES"] = slot }
        return result
    }
}
