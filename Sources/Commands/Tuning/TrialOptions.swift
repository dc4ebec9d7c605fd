import ArgumentParser
import Basics
import Documents
import Tuning

/// How trials are run.
struct TrialOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Instead of a program: bring this stage of dvc.yaml up to date, or all of a pipeline file, in a copy of the "
                + "workspace that shares the cache; may be given again", valueName: "target"))
    var stage: [String] = []
    @Option(
        name: [.customShort("C"), .customLong("copy-paths")],
        help: ArgumentHelp(
            "With --stage: also copy this file or folder, which Git ignores; may be given again", valueName: "path"),
        completion: .file())
    var copyPaths: [String] = []
    @Option(
        name: [.customShort("j"), .long], help: ArgumentHelp("Trials at a time (default: 1)", valueName: "number"))
    var jobs: Int?
    @Option(
        help: ArgumentHelp(
            "Devices such as 0,1: one trial at a time on each, which sees it as CUDA_VISIBLE_DEVICES",
            valueName: "ids"))
    var gpus: String?
    @Option(help: ArgumentHelp("Seconds that a trial may take", valueName: "seconds")) var timeout: Double?

    /// What is remembered with the study, so that `resume` runs trials in the same way.
    func settings(above section: Mapping, _ environment: HostEnvironment) throws -> TrialSettings {
        var result = TrialSettings()
        result.workingDirectory = environment.workingDirectory
        result.stages = stage.isEmpty ? try Self.list(section, "stage") : stage
        result.copiedPaths = copyPaths.isEmpty ? try Self.list(section, "copy_paths") : copyPaths
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

    /// One word, or a list of them.
    private static func list(_ section: Mapping, _ key: String) throws -> [String] {
        switch section[key] {
        case nil, .null?: return []
        case .string(let word)?: return [word]
        case .array(let words)? where words.allSatisfy({ $0.string != nil }): return words.compactMap(\.string)
        default: throw Failure("'\(key)' of the study must be a word or a list of words", category: .usage)
        }
    }
}
