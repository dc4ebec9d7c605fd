import Basics
import Charts
import Documents
import Rendering
import Tuning

/// A study as its charts see it: the trials that have a place in them, and what their axes are.
struct ChartedStudy {
    let record: StudyRecord
    let settings: StudySettings
    /// Complete trials all of whose values are numbers, by number.
    let complete: [Trial]
    /// The numbers of the best trial, or of the front of several objectives.
    let best: Set<Int>
    /// The parameters to draw: those that were asked for as they were named, else those that leave a choice, the most
    /// important first.
    let ranked: [Parameter]
    /// Whether somebody asked for parameters.
    let isNarrowed: Bool

    /// - Parameter names: The parameters to draw; all where it is `nil`.
    init(_ record: StudyRecord, _ settings: StudySettings, parameters names: [String]? = nil) throws(Failure) {
        self.record = record
        self.settings = settings
        complete = record.trials.filter { trial in
            trial.state == .complete && trial.values?.count == settings.objectives.count
                && trial.values?.allSatisfy(\.isFinite) ?? false
        }
        best = Set(StudySummary(record: record, settings: settings).best.map(\.number))
        isNarrowed = names != nil
        let all = settings.space.parameters
        if let names {
            var chosen: [Parameter] = []
            for name in names {
                guard let parameter = settings.space[name] else {
                    throw Failure(
                        "the study '\(record.name)' has no parameter '\(name)'",
                        remedy: "there are \(all.map(\.name).joined(separator: ", "))", category: .usage)
                }
                if !chosen.contains(where: { $0.name == name }) { chosen.append(parameter) }
            }
            ranked = chosen
        } else {
            let shares = complete.count > 1 ? (try? Importance.ped.shares(record)) ?? [] : []
            let order = shares.map(\.name)
            let choices = all.filter { !$0.distribution.isSingle }
            ranked = choices.indices.sorted { a, b in
                let places = [a, b].map { order.firstIndex(of: choices[$0].name) ?? order.count }
                return (places[0], a) < (places[1], b)
            }.map { choices[$0] }
        }
    }

    /// An objective as charts call it: without its file, if that leaves it apart from the others.
    func name(_ objective: Int) -> String {
        let metrics = settings.objectives.map(\.metric)
        let keys = metrics.map { metric in metric.split(separator: ":").last.map(String.init) ?? metric }
        return keys.count { $0 == keys[objective] } == 1 ? keys[objective] : metrics[objective]
    }

    func value(_ trial: Trial, _ objective: Int) -> Double { trial.values?[objective] ?? .nan }

    func axis(_ objective: Int) -> Axis {
        Axis(name(objective), isLog: Axis.needsLogarithms(complete.lazy.map { value($0, objective) }))
    }

    /// The colours of an objective: the better, the stronger.
    func ramp(_ objective: Int) -> Ramp {
        Ramp(
            axis(objective), isReversed: settings.objectives[objective].direction == .minimize,
            meaning: "strong colors are better")
    }

    /// The colours of trial numbers.
    var numberRamp: Ramp {
        var axis = Axis("trial")
        axis.isWhole = true
        return Ramp(axis, meaning: "strong colors are later")
    }

    /// An axis that covers the range of a parameter, so that one sees what was tried of it.
    func axis(_ parameter: Parameter) -> Axis {
        if case .categorical(let choices) = parameter.distribution {
            return Axis(parameter.name, categories: choices.map(Distribution.text))
        }
        let distribution = parameter.distribution
        var axis = Axis(parameter.name, isLog: distribution.isLog, covered: [distribution.low, distribution.high])
        if case .int = distribution { axis.isWhole = true }
        return axis
    }

    /// How a chart is named that there is one of for each objective.
    func title(_ text: String, _ objective: Int) -> String {
        settings.objectives.count == 1 ? text : "\(text): \(name(objective))"
    }

    /// The title under which a trial is found everywhere.
    func name(_ trial: Trial) -> String { "trial \(trial.number)" }

    /// What is missing from charts of values.
    var problems: [String] {
        let count = record.trials.count { $0.state == .complete } - complete.count
        return count > 0 ? ["\(counted(count, "trial")) whose value is no finite number left out."] : []
    }
}
