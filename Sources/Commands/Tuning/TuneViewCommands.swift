import ArgumentParser
import Basics
import Documents
import FileSystem
import Pipelines
import ProjectFiles
import Rendering
import Tuning

/// `varve run tune list`: the studies that are kept here.
struct TuneListCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List studies",
        discussion: examples(("varve run tune list", "Names, trials and best values")), aliases: ["ls"])

    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        var table = Table(["Study", "Trials", "Best", "Journal"])
        for path in StudyOptions.journals(console.invocation.environment) {
            for record in try Journal(path, worker: "", create: false).replay.present {
                let best = record.best?.value.map(PythonFloat.repr) ?? "-"
                table.rows.append([record.name, String(record.trials.count), best, path])
            }
        }
        console.print(table.rows.isEmpty ? "There are no studies." : table.plain)
    }
}

/// `varve run tune status`: how far a study is.
struct TuneStatusCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show how far a study is",
        discussion: examples(("varve run tune status --all", "Every trial")))

    @OptionGroup var place: StudyOptions
    @Flag(help: "Show every trial, not only the last ten") var all = false
    @Flag(help: "Print JSON") var json = false
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let study = try place.open(console)
        let record = study.record
        if json {
            console.showJSON(JSON.emitPython(.array(record.trials.map(StudySummary.json))))
            return
        }
        let names = study.settings.space.parameters.map(\.name)
        var table = Table(["Trial", "State"] + study.settings.objectives.map(\.metric) + names)
        for trial in all ? record.trials[...] : record.trials.suffix(10) {
            let values = study.settings.objectives.indices.map { index in
                trial.values.flatMap { $0.indices.contains(index) ? PythonFloat.repr($0[index]) : nil } ?? "-"
            }
            let parameters = names.map { name in trial[name].map { Distribution.text($0.value) } ?? "-" }
            table.rows.append([String(trial.number), trial.state.name] + values + parameters)
        }
        let summary = StudySummary(record: record, settings: study.settings)
        console.print(table.plain + "\n\n" + summary.counts)
    }
}

/// `varve run tune best`: the best trial, or the front of several objectives.
struct TuneBestCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "best", abstract: "Show the best trial, or all that no other beats in every objective",
        discussion: examples(("varve run tune best --json", "For scripts")))

    @OptionGroup var place: StudyOptions
    @Flag(help: "Print JSON") var json = false
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let study = try place.open(console)
        let best = StudySummary(record: study.record, settings: study.settings).best
        guard !best.isEmpty else {
            throw Failure("the study '\(study.name)' has no complete trial that keeps its constraints")
        }
        if json {
            console.showJSON(JSON.emitPython(.array(best.map(StudySummary.json))))
            return
        }
        for trial in best {
            let values = (trial.values ?? []).map(PythonFloat.repr).joined(separator: ", ")
            console.print("trial \(trial.number): \(values)")
            for setting in trial.settings { console.print("  \(setting.name): \(Distribution.text(setting.value))") }
        }
    }
}

/// `varve run tune apply`: the best values into the parameter file.
struct TuneApplyCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Write the best parameters into a parameter file, whose comments stay",
        discussion: examples(
            ("varve run tune apply", "The best trial into params.yaml"),
            ("varve run tune apply --trial 7 --file conf/model.yaml", "Another trial, another file")))

    @OptionGroup var place: StudyOptions
    @Option(help: ArgumentHelp("Another trial than the best", valueName: "number")) var trial: Int?
    @Option(
        help: ArgumentHelp(
            "Parameter file, YAML or JSON, for names without a file of their own (default: params.yaml, or the one that "
                + "trainings of the study had)",
            valueName: "file"),
        completion: .file())
    var file: String?
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let study = try place.open(console)
        let record = study.record
        let chosen: Trial
        if let trial {
            guard record.trials.indices.contains(trial) else {
                throw Failure("the study '\(study.name)' has no trial \(trial)", category: .usage)
            }
            chosen = record.trials[trial]
        } else {
            guard let best = record.best else {
                throw Failure(
                    "the study '\(study.name)' has no best trial", remedy: "choose one with --trial", category: .usage)
            }
            chosen = best
        }
        let training = TrialSettings(record.userAttributes[TrialSettings.key])?.training
        let file = file ?? training?.parameterFile ?? "params.yaml"
        let folder = console.invocation.environment.workingDirectory
        let files: String
        if let training {
            try ParameterPoint.edit(file, in: folder) { .mapping(try training.applied(chosen, to: $0)) }
            files = file
        } else {
            let point = ParameterPoint(chosen.settings.map { ($0.name, $0.value) }, file: file)
            try point.write(in: folder)
            files = point.files.map(\.path).joined(separator: ", ")
        }
        console.print("Wrote trial \(chosen.number) to \(files): \(TuningView.parameters(chosen))")
    }
}

/// `varve run tune importance`: which parameters matter.
struct TuneImportanceCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "importance", abstract: "Show how much each parameter has to do with the objective",
        discussion: examples(("varve run tune importance --method fanova", "By a forest instead of densities")))

    @OptionGroup var place: StudyOptions
    @Option(help: ArgumentHelp("'ped' (PED-ANOVA, default) or 'fanova'", valueName: "name")) var method = "ped"
    @Option(help: ArgumentHelp("Which of several objectives, from 0", valueName: "number")) var objective: Int?
    @Flag(help: "Print JSON") var json = false
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let study = try place.open(console)
        let kind: Importance
        switch method {
        case "ped": kind = .ped
        case "fanova": kind = .forest(seed: study.settings.seed)
        default: throw Failure("'--method' must be 'ped' or 'fanova'", category: .usage)
        }
        let shares = try kind.shares(study.record, objective: objective)
        if json {
            console.showJSON(JSON.emitPython(.mapping(Mapping(shares.map { ($0.name, .float($0.share)) }))))
            return
        }
        var table = Table(["Parameter", "Importance"])
        table.rows = shares.map { [$0.name, PythonFloat.repr(PythonFloat.rounded($0.share, digits: 4))] }
        console.print(table.plain)
    }
}

/// `varve run tune export`: all trials for other programs.
struct TuneExportCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Print all trials as CSV or JSON",
        discussion: examples(("varve run tune export > trials.csv", "A table of all trials")))

    @OptionGroup var place: StudyOptions
    @Flag(help: "JSON instead of CSV") var json = false
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let study = try place.open(console)
        let table = TrialTable(study.record, study.settings)
        console.show(json ? table.json : table.csv, terminator: "")
    }
}

/// `varve run tune replay`: whether a study follows from its seed.
struct TuneReplayCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Draw every trial again from seed and journal, and compare",
        discussion: examples(("varve run tune replay", "Whether a study follows from its seed")))
    static let failureStatus: Int32 = 1

    @OptionGroup var place: StudyOptions
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let study = try place.open(console)
        let different = try study.replay()
        guard different.isEmpty else {
            let numbers = different.prefix(20).map(String.init).joined(separator: ", ")
            throw Failure("\(different.count) trials come out differently: \(numbers)")
        }
        console.print("All \(study.record.trials.count) trials come out the same.")
    }
}
