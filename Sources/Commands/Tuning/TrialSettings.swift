import Basics
import Documents
import FileSystem
import Pipelines
import Tuning

/// How trials are run, as a study remembers it.
struct TrialSettings {
    static let key = "varve:run"

    enum Kind {
        /// A program and its words.
        case program([String])
        /// Targets of a pipeline, and what the copies of the workspace have beside what Git would track.
        case stages([String], copying: [String])
        /// In this process.
        case training(TunedTraining)
    }

    var kind = Kind.program([])
    var workingDirectory = ""
    var slots: [String] = ["0"]
    var slotsAreDevices = false
    var timeout: Double?

    init() {}

    init?(_ value: Value?) {
        guard let mapping = value?.mapping, let directory = mapping["working_directory"]?.string,
            let slots = mapping["slots"]?.array?.compactMap(\.string), !slots.isEmpty
        else { return nil }
        if let training = TunedTraining(mapping["train"]) {
            kind = .training(training)
        } else if let stages = mapping["stages"]?.array?.compactMap(\.string) {
            kind = .stages(stages, copying: mapping["copy_paths"]?.array?.compactMap(\.string) ?? [])
        } else if let words = mapping["command"]?.array?.compactMap(\.string) {
            kind = .program(words)
        } else {
            return nil
        }
        workingDirectory = directory
        self.slots = slots
        slotsAreDevices = mapping["devices"]?.bool ?? false
        if case .float(let seconds)? = mapping["timeout"] { timeout = seconds }
    }

    var value: Value {
        var result = Mapping([
            ("working_directory", .string(workingDirectory)), ("slots", .array(slots.map(Value.string))),
            ("devices", .bool(slotsAreDevices)),
        ])
        switch kind {
        case .program(let words): result["command"] = .array(words.map(Value.string))
        case .stages(let stages, let paths):
            result["stages"] = .array(stages.map(Value.string))
            if !paths.isEmpty { result["copy_paths"] = .array(paths.map(Value.string)) }
        case .training(let training): result["train"] = training.value
        }
        if let timeout { result["timeout"] = .float(timeout) }
        return .mapping(result)
    }

    var training: TunedTraining? {
        if case .training(let training) = kind { training } else { nil }
    }

    /// Refuses trials that would write over one another's metrics.
    func check(_ settings: StudySettings) throws {
        // Each copy of a workspace has files of its own.
        if case .stages = kind { return }
        guard slots.count > 1 else { return }
        for objective in settings.objectives {
            guard let file = TrialMetrics.split(objective.metric).file, !file.contains("{dir}"),
                !file.contains("{trial}")
            else { continue }
            throw Failure(
                "trials that run at the same time would write over '\(file)'",
                remedy: "let the program write into the folder of its trial and name '{dir}/\(Paths.name(file))'",
                category: .usage)
        }
    }
}
