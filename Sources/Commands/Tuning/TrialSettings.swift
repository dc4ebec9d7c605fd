import Basics
import Documents
import FileSystem
import Pipelines
import Tuning

/// How trials are run, as a study remembers it.
struct TrialSettings {
    static let key = "varve:run"

    var words: [String] = []
    /// Instead of a program.
    var training: TunedTraining?
    var workingDirectory = ""
    var slots: [String] = ["0"]
    var slotsAreDevices = false
    var timeout: Double?

    init() {}

    init?(_ value: Value?) {
        guard let mapping = value?.mapping, let words = mapping["command"]?.array?.compactMap(\.string),
            let directory = mapping["working_directory"]?.string,
            let slots = mapping["slots"]?.array?.compactMap(\.string), !slots.isEmpty
        else { return nil }
        self.words = words
        training = TunedTraining(mapping["train"])
        workingDirectory = directory
        self.slots = slots
        slotsAreDevices = mapping["devices"]?.bool ?? false
        if case .float(let seconds)? = mapping["timeout"] { timeout = seconds }
    }

    var value: Value {
        var result = Mapping([
            ("command", .array(words.map(Value.string))), ("working_directory", .string(workingDirectory)),
            ("slots", .array(slots.map(Value.string))), ("devices", .bool(slotsAreDevices)),
        ])
        result["train"] = training?.value
        if let timeout { result["timeout"] = .float(timeout) }
        return .mapping(result)
    }

    /// Refuses trials that would write over one another's metrics.
    func check(_ settings: StudySettings) throws {
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
