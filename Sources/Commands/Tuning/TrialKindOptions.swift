import ArgumentParser
import Basics
import Documents
import Tuning

/// What a trial is, where it is no program.
struct TrialKindOptions: ParsableArguments {
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
    @Flag(
        name: .customLong("train"),
        help: "Each trial trains on a table as `varve run train` does, whose options stand behind -- or in params.yaml")
    var isTraining = false

    /// What a trial is, by the command line, else by the file.
    ///
    /// - Parameter words: What stands behind `--`.
    func kind(
        _ words: [String], above section: Mapping, _ settings: StudySettings, _ console: Console
    ) throws -> TrialSettings.Kind {
        let words = words.first == "--" ? Array(words.dropFirst()) : words
        var wishes: [String] = []
        if !words.isEmpty, !isTraining { wishes.append("a program") }
        if !stage.isEmpty { wishes.append("--stage") }
        if isTraining { wishes.append("--train") }
        let isFromFile = wishes.isEmpty
        let train = section["train"].flatMap { $0.isNull || $0.bool == false ? nil : $0 }
        if isFromFile {
            wishes = ["command", "stage"].filter { section[$0] != nil } + (train == nil ? [] : ["train"])
        }
        guard wishes.count < 2 else {
            throw Failure(
                "a trial is a program, stages or a training, not \(wishes[0]) and \(wishes[1])", category: .usage)
        }
        let isPipeline = wishes.first == "--stage" || wishes.first == "stage"
        guard isPipeline || copyPaths.isEmpty else {
            throw Failure("'--copy-paths' is for trials that run stages", remedy: "add --stage", category: .usage)
        }
        switch wishes.first {
        case "--stage", "stage":
            return .stages(
                isFromFile ? try Self.list(section, "stage") : stage,
                copying: copyPaths.isEmpty ? try Self.list(section, "copy_paths") : copyPaths)
        case "--train", "train":
            let environment = console.invocation.environment
            let training = try TrialTrainingOptions(isTraining ? words : []).training(train ?? true, environment)
            let (checked, notes) = try training.checked(settings, environment)
            for note in notes { console.warn(note) }
            return .training(checked)
        default:
            return .program(isFromFile ? section["command"]?.array?.map(Distribution.text) ?? [] : words)
        }
    }

    /// One word, or a list of them; none where there is no such key.
    private static func list(_ section: Mapping, _ key: String) throws -> [String] {
        switch section[key] {
        case nil, .null?: return []
        case .string(let word)?: return [word]
        case .array(let words)? where words.allSatisfy({ $0.string != nil }): return words.compactMap(\.string)
        default: throw Failure("'\(key)' of the study must be a word or a list of words", category: .usage)
        }
    }
}
