import ArgumentParser
import Basics
import Documents
import FileSystem
import ProjectFiles
import Tuning

/// What a study searches, and how: flags above the section of `varve.yaml` or of a parameter file.
struct SearchOptions: ParsableArguments {
    @Option(
        name: [.customShort("s"), .long],
        help: ArgumentHelp(
            "A parameter and its range in Hydra's grammar, such as 'lr=tag(log,interval(1e-5,1e-1))', 'n=range(1,8)', "
                + "'opt=adam,sgd'; may be given again", valueName: "name=range"))
    var space: [String] = []
    @Option(help: ArgumentHelp("Metric to make small: KEY, or FILE:KEY; may be given again", valueName: "metric"))
    var minimize: [String] = []
    @Option(help: ArgumentHelp("Metric to make large: KEY, or FILE:KEY; may be given again", valueName: "metric"))
    var maximize: [String] = []
    @Option(
        help: ArgumentHelp(
            "tpe (default), random, grid, sobol, halton, cmaes, gp or nsga2; with options as {tpe: {startup: 20}}",
            valueName: "sampler"))
    var sampler: String?
    @Option(
        help: ArgumentHelp(
            "none (default), median, percentile, asha, hyperband, patient, threshold or wilcoxon; with options as "
                + "{asha: {min: 1}}", valueName: "pruner"))
    var pruner: String?
    @Option(name: [.customShort("n"), .long], help: ArgumentHelp("Trials in all (default: 100)", valueName: "number"))
    var trials: Int?
    @Option(help: ArgumentHelp("Number that everything random follows from (default: 0)", valueName: "number"))
    var seed: Int?
    @Option(
        help: ArgumentHelp(
            "What parallel trials see of one another: 'free' (default), or 'strict', which makes every run the same",
            valueName: "order"))
    var order: String?
    @Option(
        help: ArgumentHelp(
            "With strict order: a trial sees those so many numbers back (default: the number of slots)",
            valueName: "number"))
    var window: Int?
    @Option(help: ArgumentHelp("Times that a failed trial is begun anew (default: 0)", valueName: "number"))
    var retries: Int?
    @Option(help: ArgumentHelp("Stop after so many trials without a better one", valueName: "number"))
    var patience: Int?
    @Option(help: ArgumentHelp("Stop at a value that is good enough", valueName: "value")) var target: Double?
    @Option(help: ArgumentHelp("Stop handing out trials after a time such as 90s, 15m or 12h", valueName: "time"))
    var wall: String?
    @Option(
        help: ArgumentHelp(
            "Formula that results keep, such as 'size_mb <= 50'; may be given again", valueName: "formula"))
    var constraint: [String] = []
    @Option(
        help: ArgumentHelp(
            "Formula that parameters keep, such as 'a + b <= 1'; may be given again", valueName: "formula"))
    var limit: [String] = []
    @Option(
        help: ArgumentHelp("Point to try first, such as 'lr=0.1,opt=sgd'; may be given again", valueName: "point"))
    var first: [String] = []

    /// The section with all flags above it.
    ///
    /// - Parameters:
    ///   - section: What the file says.
    ///   - slots: How many trials may run at a time.
    func document(above section: Mapping, slots: Int) throws -> Mapping {
        var result = section
        if !space.isEmpty {
            var parameters = section["space"]?.mapping ?? Mapping()
            for text in space {
                let parameter = try OverrideGrammar.parameter(text)
                parameters[parameter.name] = try SearchSpace([parameter]).document[parameter.name]
            }
            result["space"] = .mapping(parameters)
        }
        let objectives =
            minimize.map { Self.objective($0, "minimize") } + maximize.map { Self.objective($0, "maximize") }
        if !objectives.isEmpty { result["objective"] = .array(objectives) }
        if let sampler { result["sampler"] = try Self.named(sampler, "--sampler") }
        if let pruner { result["pruner"] = try Self.named(pruner, "--pruner") }
        if let trials { result["trials"] = .int(trials) }
        if let seed { result["seed"] = .int(seed) }
        if let order { result["order"] = .string(order) }
        if let window { result["window"] = .int(window) }
        if result["order"]?.string == "strict", result["window"] == nil { result["window"] = .int(slots) }
        if let retries { result["retries"] = .int(retries) }
        var stop = result["stop"]?.mapping ?? Mapping()
        if let patience { stop["patience"] = .int(patience) }
        if let target { stop["target"] = .float(target) }
        if let wall { stop["wall"] = .string(wall) }
        if !stop.isEmpty { result["stop"] = .mapping(stop) }
        if !constraint.isEmpty { result["constraints"] = .array(constraint.map(Value.string)) }
        if !limit.isEmpty { result["limits"] = .array(limit.map(Value.string)) }
        if !first.isEmpty { result["first"] = .array(try first.map { .mapping(try Self.point($0)) }) }
        return result
    }

    private static func objective(_ metric: String, _ direction: String) -> Value {
        ["metric": .string(metric), "direction": .string(direction)]
    }

    private static func named(_ text: String, _ option: String) throws -> Value {
        do {
            return try YAML.parse(text)
        } catch {
            throw Failure("\(option) '\(text)' cannot be read: \(error.message)", category: .usage)
        }
    }

    /// `lr=0.1,opt=sgd`
    static func point(_ text: String) throws -> Mapping {
        var result = Mapping()
        for part in text.split(separator: ",") {
            guard let equals = part.firstIndex(of: "="), equals > part.startIndex else {
                throw Failure("'\(part)' of the point '\(text)' must be name=value", category: .usage)
            }
            result[String(part[..<equals])] = .string(String(part[part.index(after: equals)...]))
        }
        return result
    }
}

/// Where a study finds the options that its command line leaves open: its own section of `varve.yaml`, else that of the
/// parameter file.
struct StudySection {
    let values: Mapping
    /// The study that `varve.yaml` names.
    let name: String?

    init(study: String?, _ options: RunnerSectionOptions, _ environment: HostEnvironment) throws {
        let path = Paths.absolute(VarveFile.fileName, from: environment.workingDirectory)
        if options.params == nil, options.section == nil, let bytes = try Files.readIfPresent(path) {
            let document = try ParamsFile(parsing: bytes, path: VarveFile.fileName).value
            let studies = document.mapping?["tune"]?.mapping ?? Mapping()
            let wanted = study ?? (studies.count == 1 ? studies.keys.first : nil)
            if let wanted, let section = studies[wanted]?.mapping {
                values = section
                name = wanted
                return
            }
            if study == nil, studies.count > 1 {
                throw Failure(
                    "'\(VarveFile.fileName)' has more than one study",
                    remedy: "choose one with --study: \(studies.keys.joined(separator: ", "))", category: .usage)
            }
        }
        values = try options.read("tune", environment).values
        name = nil
    }
}
