package import Documents

/// One line of a journal, in the form of Optuna's `JournalStorage`.
///
/// Studies and trials have no numbers in the lines that make them: they are counted from 0 over the whole file.
package enum JournalEntry: Sendable, Equatable {
    case createStudy(name: String, directions: [Direction])
    case deleteStudy(study: Int)
    case studyUserAttribute(study: Int, key: String, value: Value)
    case studySystemAttribute(study: Int, key: String, value: Value)
    /// A trial with all that it has, in one line: it is there as a whole or not at all.
    case createTrial(study: Int, Trial)
    case parameter(trial: Int, Trial.Setting)
    /// `at` is when it began or ended.
    case state(trial: Int, TrialState, values: [Double]?, at: String?)
    case report(trial: Int, step: Int, value: Double)
    case trialUserAttribute(trial: Int, key: String, value: Value)
    case trialSystemAttribute(trial: Int, key: String, value: Value)
    /// Something that newer programs may write, which changes nothing here.
    case other

    /// The line, without its break.
    func line(worker: String) -> String {
        var object = Mapping([("op_code", .int(code)), ("worker_id", .string(worker))])
        for (key, value) in fields.entries { object[key] = value }
        return JSON.emitPython(.mapping(object))
    }

    private var code: Int {
        switch self {
        case .createStudy: 0
        case .deleteStudy: 1
        case .studyUserAttribute: 2
        case .studySystemAttribute: 3
        case .createTrial: 4
        case .parameter: 5
        case .state: 6
        case .report: 7
        case .trialUserAttribute: 8
        case .trialSystemAttribute: 9
        case .other: 10
        }
    }

    private var fields: Mapping {
        let fields: Value =
            switch self {
            case .createStudy(let name, let directions):
                ["study_name": .string(name), "directions": .array(directions.map { .int($0.rawValue) })]
            case .deleteStudy(let study): ["study_id": .int(study)]
            case .studyUserAttribute(let study, let key, let value):
                ["study_id": .int(study), "user_attr": .mapping(Mapping([(key, value)]))]
            case .studySystemAttribute(let study, let key, let value):
                ["study_id": .int(study), "system_attr": .mapping(Mapping([(key, value)]))]
            case .createTrial(let study, let trial): .mapping(Self.fields(study, trial))
            case .parameter(let trial, let setting):
                [
                    "trial_id": .int(trial), "param_name": .string(setting.name),
                    "param_value_internal": .float(setting.inside),
                    "distribution": .string(JSON.emitPython(setting.distribution.json)),
                ]
            case .state(let trial, let state, let values, let moment):
                [
                    "trial_id": .int(trial), "state": .int(state.rawValue),
                    "values": values.map { .array($0.map(Value.float)) } ?? .null,
                    state == .running ? "datetime_start" : "datetime_complete": moment.map(Value.string) ?? .null,
                ]
            case .report(let trial, let step, let value):
                ["trial_id": .int(trial), "step": .int(step), "intermediate_value": .float(value)]
            case .trialUserAttribute(let trial, let key, let value):
                ["trial_id": .int(trial), "user_attr": .mapping(Mapping([(key, value)]))]
            case .trialSystemAttribute(let trial, let key, let value):
                ["trial_id": .int(trial), "system_attr": .mapping(Mapping([(key, value)]))]
            case .other: [:]
            }
        return fields.mapping ?? Mapping()
    }

    private static func fields(_ study: Int, _ trial: Trial) -> Mapping {
        var result = Mapping()
        result["study_id"] = .int(study)
        result["datetime_start"] = trial.startedAt.map(Value.string) ?? .null
        result["state"] = .int(trial.state.rawValue)
        // One value stands by itself, several as a list.
        let values = trial.values ?? []
        result["value"] = values.count == 1 ? .float(values[0]) : .null
        result["values"] = values.count > 1 ? .array(values.map(Value.float)) : .null
        if let end = trial.finishedAt { result["datetime_complete"] = .string(end) }
        result["distributions"] = .mapping(
            Mapping(trial.settings.map { ($0.name, .string(JSON.emitPython($0.distribution.json))) }))
        result["params"] = .mapping(Mapping(trial.settings.map { ($0.name, .float($0.inside)) }))
        result["user_attrs"] = .mapping(trial.userAttributes)
        result["system_attrs"] = .mapping(trial.systemAttributes)
        result["intermediate_values"] = .mapping(
            Mapping(trial.reports.map { (String($0.step), .float($0.value)) }))
        return result
    }
}

extension JournalEntry {
    /// Reads a line; `nil` for one that is damaged or that no known program writes.
    package init?(line: ArraySlice<UInt8>) {
        guard let object = (try? JSON.parse(Array(line), duplicateKeys: .overwriting))?.mapping,
            let code = object["op_code"]?.int
        else { return nil }
        func attribute(_ key: String) -> (key: String, value: Value)? { object[key]?.mapping?.entries.first }
        let study = object["study_id"]?.int
        let trial = object["trial_id"]?.int
        switch code {
        case 0:
            guard let name = object["study_name"]?.string else { return nil }
            // Optuna writes 0 for a direction that nobody set, which means the least.
            self = .createStudy(
                name: name,
                directions: (object["directions"]?.array ?? []).map { Direction(rawValue: $0.int ?? 1) ?? .minimize })
        case 1:
            guard let study else { return nil }
            self = .deleteStudy(study: study)
        case 2, 3:
            guard let study, let pair = attribute(code == 2 ? "user_attr" : "system_attr") else { return nil }
            self =
                code == 2
                ? .studyUserAttribute(study: study, key: pair.key, value: pair.value)
                : .studySystemAttribute(study: study, key: pair.key, value: pair.value)
        case 4:
            guard let study, let trial = Self.trial(object) else { return nil }
            self = .createTrial(study: study, trial)
        case 5:
            guard let trial, let name = object["param_name"]?.string,
                let inside = Distribution.number(object["param_value_internal"]),
                let distribution = Self.distribution(object["distribution"])
            else { return nil }
            self = .parameter(
                trial: trial, Trial.Setting(name: name, inside: inside, distribution: distribution))
        case 6:
            guard let trial, let state = object["state"]?.int.flatMap(TrialState.init(rawValue:)) else { return nil }
            self = .state(
                trial: trial, state, values: Self.numbers(object["values"]),
                at: (object["datetime_complete"] ?? object["datetime_start"])?.string)
        case 7:
            guard let trial, let step = object["step"]?.int,
                let value = Distribution.number(object["intermediate_value"])
            else { return nil }
            self = .report(trial: trial, step: step, value: value)
        case 8, 9:
            guard let trial, let pair = attribute(code == 8 ? "user_attr" : "system_attr") else { return nil }
            self =
                code == 8
                ? .trialUserAttribute(trial: trial, key: pair.key, value: pair.value)
                : .trialSystemAttribute(trial: trial, key: pair.key, value: pair.value)
        default: self = .other
        }
    }

    private static func distribution(_ value: Value?) -> Distribution? {
        guard let text = value?.string, let json = try? JSON.parse(text) else { return nil }
        return try? Distribution(json: json)
    }

    private static func numbers(_ value: Value?) -> [Double]? {
        guard let items = value?.array else { return nil }
        let numbers = items.compactMap { Distribution.number($0) }
        return numbers.count == items.count ? numbers : nil
    }

    private static func trial(_ object: Mapping) -> Trial? {
        guard let state = TrialState(rawValue: object["state"]?.int ?? 0) else { return nil }
        var settings: [Trial.Setting] = []
        for (name, value) in object["params"]?.mapping?.entries ?? [] {
            guard let inside = Distribution.number(value),
                let distribution = distribution(object["distributions"]?.mapping?[name])
            else { return nil }
            settings.append(Trial.Setting(name: name, inside: inside, distribution: distribution))
        }
        var trial = Trial(
            number: 0, state: state,
            values: numbers(object["values"]) ?? Distribution.number(object["value"]).map { [$0] },
            settings: settings, userAttributes: object["user_attrs"]?.mapping ?? Mapping(),
            systemAttributes: object["system_attrs"]?.mapping ?? Mapping(),
            startedAt: object["datetime_start"]?.string, finishedAt: object["datetime_complete"]?.string)
        for (step, value) in object["intermediate_values"]?.mapping?.entries ?? [] {
            guard let step = Int(step), let value = Distribution.number(value) else { return nil }
            trial.report(value, at: step)
        }
        return trial
    }
}
