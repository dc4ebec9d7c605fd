import ArgumentParser
import Basics
import Documents
import FileSystem
import Models
import Pipelines
import ProjectFiles
import Tuning

/// A training in this process whose options a study tunes.
struct TunedTraining {
    /// What becomes of the models of trials that have ended.
    enum Keeping: String, CaseIterable {
        case all
        /// Those that no other trial beats.
        case best
        case none
    }

    /// Where a parameter of the space belongs.
    enum Place: Equatable {
        /// A key of the section.
        case option(String)
        /// A key of `params` in the section.
        case parameter(String)
    }

    /// What all trials share.
    private(set) var section: RunnerSection
    var keeping = Keeping.best
    /// The SHA-256 of each file that all trials read, as the study was begun.
    private(set) var files = Mapping()
    /// The tables of all trials.
    let tables = SharedTables()

    /// Options that say where a training leaves things and how it is run, which is the study's business.
    private static let outer = ["model", "metrics_dir", "importance", "checkpoint_dir", "resume", "threads", "params"]
    private static let engines = ModelEngine.allCases

    /// - Parameter section: as `varve run train` reads it, flags included.
    init(_ section: RunnerSection) {
        self.section = RunnerSection(
            file: section.file, name: section.name, values: Self.plain(section.withUnderscores.values))
    }

    private static func plain(_ mapping: Mapping) -> Mapping {
        Mapping(mapping.entries.map { ($0.key, $0.value.mapping.map { .mapping(plain($0)) } ?? plain($0.value)) })
    }

    /// A number where a word says one in the very same way, as words of a command line do.
    private static func plain(_ value: Value) -> Value {
        guard case .string(let text) = value else { return value }
        if let whole = Int(text), String(whole) == text { return .int(whole) }
        if let real = Double(text), PythonFloat.repr(real) == text { return .float(real) }
        return value
    }

    // MARK: As a study remembers it

    init?(_ value: Value?) {
        guard let mapping = value?.mapping, let file = mapping["file"]?.string, let name = mapping["section"]?.string,
            let options = mapping["options"]?.mapping,
            let keeping = mapping["models"]?.string.flatMap(Keeping.init(rawValue:))
        else { return nil }
        section = RunnerSection(file: file, name: name, values: options)
        self.keeping = keeping
        files = mapping["files"]?.mapping ?? Mapping()
    }

    var value: Value {
        [
            "file": .string(section.file), "section": .string(section.name), "options": .mapping(section.values),
            "files": .mapping(files), "models": .string(keeping.rawValue),
        ]
    }

    /// Refuses to go on with files that are not those of the trials before.
    func checkFiles(_ environment: HostEnvironment) throws {
        let now = try digests(environment)
        for (path, digest) in files.entries where now[path] != digest {
            throw Failure(
                "'\(path)' has changed since the study was begun",
                remedy: "begin the study anew with --existing restart, or under another name with --study")
        }
    }

    private func digests(_ environment: HostEnvironment) throws -> Mapping {
        var result = Mapping()
        for key in ["data", "valid", "transformer"] {
            guard let path = try section.string(key) else { continue }
            result[path] = .string(try tables.sha256(of: Paths.absolute(path, from: environment.workingDirectory)))
        }
        return result
    }

    // MARK: Parameters of the space

    /// The parameter file that has the section, where one has it.
    var parameterFile: String? { section.file == VarveFile.fileName ? nil : section.file }

    /// Where a parameter belongs.
    ///
    /// `train.` or the section before its name says nothing, `params.` that it is the engine's. A key of `varve run train`
    /// is that, and anything else is the engine's.
    func place(of name: String) throws(Failure) -> Place {
        var short = Substring(name)
        if let prefix = [section.name + ".", "train."].first(where: { short.hasPrefix($0) }) {
            short = short.dropFirst(prefix.count)
        }
        if short.hasPrefix("params.") { return .parameter(String(short.dropFirst("params.".count))) }
        let key = String(short).replacing("-", with: "_")
        if Self.outer.contains(key) {
            throw Failure("'\(name)' is no parameter that can be tuned", category: .usage)
        }
        if NativeTrainingOptions.keys.contains(key) { return .option(key) }
        let known = Self.engines.flatMap(\.parameters)
        guard known.contains(String(short)) else {
            let candidates = known + NativeTrainingOptions.keys.filter { !Self.outer.contains($0) }
            throw Failure(
                "'\(name)' is neither an option of `varve run train` nor a parameter of an engine",
                remedy: nearest(to: String(short), among: candidates).map { "did you mean '\($0)'?" }
                    ?? "write 'params.\(short)' for one that varve does not know", category: .usage)
        }
        return .parameter(String(short))
    }

    /// The section of one trial.
    func section(for settings: [Trial.Setting]) throws(Failure) -> RunnerSection {
        var result = section
        var parameters = section.values["params"]?.mapping ?? Mapping()
        for setting in settings {
            // What is null is left out, also where all trials share it.
            let value = setting.value.isNull ? nil : setting.value
            switch try place(of: setting.name) {
            case .option(let key): result.set(key, value ?? .null, flag: setting.name)
            case .parameter(let name):
                if let other = ModelEngine.xgboost.otherName(of: name) { parameters[other] = nil }
                parameters[name] = value
            }
        }
        if !parameters.isEmpty || result.values["params"] != nil { result.set("params", .mapping(parameters)) }
        return result
    }

    // MARK: Before the first trial

    /// Refuses what no trial could use, and makes trainings measure what the study looks at.
    ///
    /// - Returns: this training, and what a person should know of the data.
    func checked(_ settings: StudySettings, _ environment: HostEnvironment) throws -> (TunedTraining, [String]) {
        var places: [Place] = []
        for parameter in settings.space.parameters {
            let place = try place(of: parameter.name)
            guard !places.contains(place) else {
                throw Failure("'\(parameter.name)' is in the space twice, by two names", category: .usage)
            }
            places.append(place)
        }
        let sample = settings.space.parameters.filter { $0.condition == nil }.map { parameter in
            Trial.Setting(
                name: parameter.name, inside: parameter.distribution.low, distribution: parameter.distribution)
        }
        let options = try NativeTrainingOptions.request(section(for: sample))
        let tuned = places.compactMap { place in if case .parameter(let name) = place { name } else { nil } }
        let engines = try engines(settings.space, fixed: options.engine)
        let rehearsal = try TrainingRehearsal(
            options, engines: engines, tuned: tuned, in: environment, tables: tables)
        var result = self
        if engines.count == 1 {
            var missing: [String] = []
            for objective in settings.objectives.reversed() {
                guard let metric = try Self.metric(objective, options, rehearsal) else { continue }
                if !(rehearsal.metrics + missing).contains(metric) { missing.append(metric) }
            }
            for metric in missing { try rehearsal.check(metric: metric) }
            if !missing.isEmpty, !places.contains(.option("eval_metric")) {
                result.section.set("eval_metric", .array((options.metrics + missing).map(Value.string)))
            }
        }
        result.files = try digests(environment)
        return (result, rehearsal.notes)
    }

    private func engines(_ space: SearchSpace, fixed: ModelEngine) throws(Failure) -> [ModelEngine] {
        for parameter in space.parameters {
            guard case .option("engine") = try place(of: parameter.name),
                case .categorical(let choices) = parameter.distribution
            else { continue }
            return choices.compactMap { $0.string.flatMap(ModelEngine.init(rawValue:)) }
        }
        return [fixed]
    }

    /// Numbers that each trial leaves beside the metrics of its engine.
    static let sizes = ["rounds", "best_iteration", "model_bytes"]

    /// The engine's name of what an objective looks at; nil for what is not the engine's.
    private static func metric(
        _ objective: Objective, _ options: TrainingOptions, _ rehearsal: TrainingRehearsal
    ) throws(Failure) -> String? {
        let (file, key) = TrialMetrics.split(objective.metric)
        guard file == nil, !sizes.contains(key) else { return nil }
        let parts = key.split(maxSplits: 1) { $0 == "." || $0 == "/" }.map(String.init)
        guard parts.count == 2, ["train", "valid", "cv"].contains(parts[0]) else {
            let known = ["train", "valid", "cv"].flatMap { data in rehearsal.metrics.map { "\(data).\($0)" } } + sizes
            throw Failure(
                "a training has no metric '\(key)'",
                remedy: known.first { $0.hasSuffix(".\(key)") && $0.hasPrefix("valid.") }.map {
                    "did you mean '\($0)'?"
                }
                    ?? "its metrics are such as " + known.joined(separator: ", "), category: .usage)
        }
        if parts[0] == "valid", options.validation == nil, options.validationFraction == nil {
            throw Failure(
                "there are no data for the metric '\(key)'",
                remedy: "add a table with `valid`, or keep rows back with `valid_fraction`", category: .usage)
        }
        if parts[0] == "cv", options.folds == nil {
            throw Failure(
                "there are no folds for the metric '\(key)'", remedy: "say how many with `cv`", category: .usage)
        }
        return parts[0] == "cv" && parts[1].hasSuffix("_sd") ? String(parts[1].dropLast(3)) : parts[1]
    }

    // MARK: The best one

    /// The section from which `varve run train` makes the model of a trial.
    func result(_ trial: Trial) throws(Failure) -> Mapping {
        var values = try section(for: trial.settings).values
        for key in values.keys where values[key]?.isNull == true || key != "params" && Self.outer.contains(key) {
            values[key] = nil
        }
        return values
    }

    /// A parameter file in which the section is that of a trial. Where the training leaves things stays as it is.
    func applied(_ trial: Trial, to document: Value) throws(Failure) -> Mapping {
        let wanted = try result(trial)
        let path = section.name.split(separator: ".").map(String.init)
        var section = path.reduce(document.mapping) { inner, key in inner?[key]?.mapping } ?? Mapping()
        for key in NativeTrainingOptions.keys where key == "params" || !Self.outer.contains(key) {
            // The file may spell it with dashes.
            let spelling = section.keys.first { $0.replacing("-", with: "_") == key } ?? key
            section[spelling] = wanted[key]
        }
        return document.replacing(path[...], by: .mapping(section)).mapping ?? Mapping()
    }
}

/// The options of `varve run train` that a study's command line has behind `--`.
struct TrialTrainingOptions: ParsableArguments {
    @OptionGroup var native: NativeTrainingOptions
    @Option(help: ArgumentHelp("Seed of everything that is random", valueName: "number")) var seed: Int?
    @OptionGroup var section: RunnerSectionOptions

    init() {}

    /// - Parameter words: those of the command line.
    init(_ words: [String]) throws {
        guard let parsed = try Self.read(words) else {
            throw Failure(
                "the options behind -- are those of a training", remedy: "`varve run train --help` lists them",
                category: .usage)
        }
        self = parsed
    }

    /// The training of a study.
    ///
    /// - Parameter value: what the study's section says: true, the name of a section of the parameter file, or the options
    ///   themselves.
    func training(_ value: Value, _ environment: HostEnvironment) throws -> TunedTraining {
        var result: RunnerSection
        if let mapping = value.mapping, section.section == nil, section.params == nil {
            result = RunnerSection(file: VarveFile.fileName, name: "train", values: mapping)
        } else {
            var section = section
            if let name = value.string { section.section = section.section ?? name }
            // The stage that the study is gives its name to a section of the study, not of the training.
            var environment = environment
            environment.variables["VARVE_STAGE"] = nil
            environment.variables["DVC_STAGE"] = nil
            result = try section.read("train", environment)
        }
        result = result.withUnderscores
        result.set("seed", seed.map(Value.int))
        try native.put(above: &result)
        try NativeTrainingOptions.putSeed(of: environment, into: &result)
        // Said while it is known where each value came from.
        _ = try NativeTrainingOptions.request(result)
        return TunedTraining(result)
    }
}
