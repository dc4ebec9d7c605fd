import ArgumentParser
import Basics
import Documents
import FileSystem
import Preparation
import ProjectFiles
import Tables

/// `varve run prepare`: take a table through steps that are learnt on its training side.
struct RunPrepareCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "prepare", abstract: "Split, clean and encode a table, and keep what was learnt for new data",
        discussion: """
            The steps are a list in the section 'prepare' of params.yaml: select, drop, rename, cast, filter, split, \
            sample, dedupe, fillna, onehot, ordinal, scale, clip, bin. What stands behind a split is learnt from its \
            training side alone.


            """
                + examples(
                    (
                        "varve run prepare -i data.csv --output-dir prepared",
                        "Write prepared/train.csv, valid.csv, test.csv and transformer.json"
                    ),
                    (
                        "varve run prepare --apply prepared/transformer.json -i new.csv -o new-prepared.csv",
                        "Do the same to data that came later"
                    )))
    static let failureStatus: Int32 = 1

    @Option(name: [.short, .long], help: ArgumentHelp("Table to read", valueName: "file"), completion: .file())
    var input: String?
    @Option(
        name: [.short, .long], help: ArgumentHelp("Where the rows go when there is no split", valueName: "file"),
        completion: .file())
    var output: String?
    @Option(
        name: .customLong("output-dir"),
        help: ArgumentHelp("Folder for a file of each side of a split, and the transformer", valueName: "folder"),
        completion: .directory)
    var outputFolder: String?
    @Option(
        help: ArgumentHelp(
            "Where what was learnt goes (default: transformer.json in the folder of --output-dir)", valueName: "file"),
        completion: .file())
    var transformer: String?
    @Option(
        help: ArgumentHelp("Apply this transformer instead of learning one", valueName: "transformer"),
        completion: .file())
    var apply: String?
    @Option(
        help: ArgumentHelp("YAML or JSON file with the list of steps, in place of the section's", valueName: "file"),
        completion: .file())
    var steps: String?
    @Option(help: ArgumentHelp("Seed of splits and samples that have none of their own", valueName: "number"))
    var seed: Int?
    @Option(
        help: ArgumentHelp(
            "Format of what is written: csv, tsv or jsonl (default: by the file's name, else the input's)",
            valueName: "format"))
    var format: String?
    @Option(
        name: .customLong("input-format"),
        help: ArgumentHelp("Format of the input (default: by its name)", valueName: "format"))
    var inputFormat: String?
    @Option(
        help: ArgumentHelp("Cells that count as missing beside empty ones; once for each", valueName: "word"))
    var missing: [String] = []
    @Option(
        help: ArgumentHelp(
            "With --apply: a column that the data need not have, such as the target; once for each",
            valueName: "column"))
    var without: [String] = []
    @Flag(
        name: .customLong("with-row-steps"),
        help: "With --apply: also filter and dedupe; without it every row stays")
    var withRowSteps = false
    @Flag(name: .long, help: "Show what was done as JSON") var json = false
    @OptionGroup var section: RunnerSectionOptions
    @OptionGroup var global: GlobalOptions

    private static let keys = [
        "input", "output", "output_dir", "transformer", "apply", "steps", "seed", "format", "input_format", "missing",
        "without", "with_row_steps",
    ]

    func execute(_ console: Console) async throws {
        let environment = console.invocation.environment
        let settings = try settings(environment)
        func place(_ key: String, _ name: String, _ formatKey: String, default other: TableFormat?) throws -> TablePlace
        {
            let format = try Self.format(settings, formatKey) ?? TableFormat(path: name) ?? other
            guard let format else {
                throw settings.wrong(
                    key, "names '\(name)', whose ending tells no format",
                    remedy: "give --\(formatKey == "format" ? "format" : "input-format") csv, tsv or jsonl")
            }
            return TablePlace(
                path: Paths.absolute(name, from: environment.workingDirectory), format: format, name: name)
        }
        guard let inputName = try settings.string("input") else {
            throw Failure("there is no table to prepare", remedy: "name it with --input", category: .usage)
        }
        let input = try place("input", inputName, "input_format", default: nil)
        let outputName = try settings.string("output")
        let view: PreparationView
        if let name = try settings.string("apply") {
            guard let outputName else {
                throw Failure("--apply needs a file to write", remedy: "name it with --output", category: .usage)
            }
            for (option, isGiven) in [
                ("--output-dir", outputFolder != nil), ("--transformer", transformer != nil), ("--steps", steps != nil),
                ("--seed", seed != nil), ("--missing", !missing.isEmpty),
            ] where isGiven {
                throw Failure("\(option) has no meaning with --apply", category: .usage)
            }
            let path = Paths.absolute(name, from: environment.workingDirectory)
            let fitted = try FittedTransformer(parsing: try Files.read(path), file: name)
            let report = try fitted.run(
                input, to: try place("output", outputName, "format", default: input.format),
                absent: try settings.strings("without") ?? [],
                includesRowSteps: try settings.bool("with_row_steps") ?? false)
            view = PreparationView(report, input: inputName, transformer: nil)
        } else {
            guard without.isEmpty, !withRowSteps else {
                throw Failure(
                    "\(withRowSteps ? "--with-row-steps" : "--without") has a meaning with --apply only",
                    category: .usage)
            }
            let folder = try settings.string("output_dir")
            let target: PreparationOutput
            switch (outputName, folder) {
            case (let name?, nil):
                target = .file(try place("output", name, "format", default: input.format))
            case (nil, let name?):
                target = .folder(
                    path: Paths.absolute(name, from: environment.workingDirectory),
                    format: try Self.format(settings, "format") ?? input.format, name: name)
            case (nil, nil):
                throw Failure(
                    "there is no place for what is prepared",
                    remedy: "name a folder with --output-dir, or without a split a file with --output",
                    category: .usage)
            case (.some, .some):
                throw Failure("--output and --output-dir exclude one another", category: .usage)
            }
            let fitted = try settings.string("transformer") ?? folder.map { Paths.join($0, "transformer.json") }
            let preparation = Preparation(
                input: input, steps: try readSteps(settings, environment),
                missing: try settings.strings("missing").map { Set($0) })
            let report = try preparation.run(
                to: target, transformer: fitted.map { Paths.absolute($0, from: environment.workingDirectory) })
            view = PreparationView(report, input: inputName, transformer: fitted)
        }
        for warning in view.report.warnings { console.warn(warning) }
        json ? console.showJSON(JSON.emitPython(view.value)) : console.print(view.text)
    }

    /// What the line says, by the key that the file has for it.
    private var values: [String: Value] {
        var values: [String: Value] = [:]
        values["input"] = input.map { .string($0) }
        values["output"] = output.map { .string($0) }
        values["output_dir"] = outputFolder.map { .string($0) }
        values["transformer"] = transformer.map { .string($0) }
        values["apply"] = apply.map { .string($0) }
        values["seed"] = seed.map { .int($0) }
        values["format"] = format.map { .string($0) }
        values["input_format"] = inputFormat.map { .string($0) }
        if !missing.isEmpty { values["missing"] = .array(missing.map { .string($0) }) }
        if !without.isEmpty { values["without"] = .array(without.map { .string($0) }) }
        if withRowSteps { values["with_row_steps"] = .bool(true) }
        return values
    }

    /// The section with the line above it. A file, a folder and a transformer on the line take the places of those in
    /// the section.
    private func settings(_ environment: HostEnvironment) throws -> RunnerSection {
        var settings = try section.read("prepare", environment).withUnderscores
        try settings.refuseOthers(than: Self.keys)
        let line = values
        if line["output"] != nil { settings.set("output_dir", .null) }
        if line["output_dir"] != nil { settings.set("output", .null) }
        for key in Self.keys { settings.set(key, line[key]) }
        return settings
    }

    private static func format(_ settings: RunnerSection, _ key: String) throws -> TableFormat? {
        guard let word = try settings.string(key) else { return nil }
        guard let format = TableFormat(rawValue: word) else {
            throw settings.wrong(key, "must be one of csv, tsv, jsonl, not '\(word)'")
        }
        return format
    }

    private func readSteps(_ settings: RunnerSection, _ environment: HostEnvironment) throws -> [PreparationStep] {
        let seed = try settings.integer("seed") ?? 0
        guard let steps else {
            guard let value = settings.value("steps") else {
                throw Failure(
                    "'\(settings.file)' has no steps in its section '\(settings.name)'",
                    remedy: "write them there as a list under 'steps:', or name a file with --steps", category: .usage)
            }
            return try StepReader(file: settings.file, place: "\(settings.name).steps", seed: seed).steps(value)
        }
        let bytes = try Files.read(Paths.absolute(steps, from: environment.workingDirectory))
        let value = try ParamsFile(parsing: bytes, path: steps).value
        return try StepReader(file: steps, place: "steps", seed: seed).steps(value.mapping?["steps"] ?? value)
    }
}

/// What `varve run prepare` shows.
struct PreparationView {
    let report: PreparationReport
    private let input: String
    private let transformer: String?

    init(_ report: PreparationReport, input: String, transformer: String?) {
        self.report = report
        self.input = input
        self.transformer = transformer
    }

    var text: String {
        var lines = ["Prepared \(report.rowsRead) rows of \(input), \(report.columns.count) columns"]
        let names = report.sides.map { $0.name ?? "" }
        let width = names.map(\.count).max() ?? 0
        for (side, name) in zip(report.sides, names) {
            let padding = String(repeating: " ", count: width - name.count)
            lines.append("  \(name)\(padding)\(width > 0 ? "  " : "")\(side.rows) rows in \(side.file)")
        }
        for step in report.removed { lines.append("  step \(step.step) (\(step.name)) took \(step.rows) rows away") }
        if !report.filled.isEmpty {
            lines.append("  filled " + report.filled.map { "\($0.count) of \($0.column)" }.joined(separator: ", "))
        }
        if let transformer { lines.append("  what was learnt is in \(transformer)") }
        return lines.joined(separator: "\n")
    }

    var value: Value {
        .mapping(
            Mapping([
                ("input", .string(input)), ("rows", .int(report.rowsRead)),
                (
                    "outputs",
                    .array(
                        report.sides.map { side in
                            .mapping(
                                Mapping([
                                    ("side", side.name.map { .string($0) } ?? .null), ("file", .string(side.file)),
                                    ("rows", .int(side.rows)),
                                ]))
                        })
                ),
                ("columns", .array(report.columns.map { .string($0) })),
                ("filled", .mapping(Mapping(report.filled.map { (key: $0.column, value: .int($0.count)) }))),
                (
                    "removed",
                    .array(
                        report.removed.map { step in
                            .mapping(
                                Mapping([
                                    ("step", .int(step.step)), ("name", .string(step.name)), ("rows", .int(step.rows)),
                                ]))
                        })
                ),
                ("transformer", transformer.map { .string($0) } ?? .null),
                ("warnings", .array(report.warnings.map { .string($0) })),
            ]))
    }
}
