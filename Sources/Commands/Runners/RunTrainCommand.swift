import ArgumentParser
import Basics
import Documents
import Models
import ProjectFiles
import Rendering

/// `varve run train`: learn a model, by an engine of varve or by a program of one's own.
struct RunTrainCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Train a model on a table, or run a program that trains one",
        discussion: examples(
            (
                "varve run train --data train.csv --target price --valid valid.csv --early-stopping 20",
                "Gradient boosting with XGBoost's library"
            ),
            (
                "varve run train --engine logistic --data train.csv --target species --cv 5",
                "A baseline that needs no library"
            ),
            ("varve run train", "All options from the section `train` of params.yaml"),
            (
                "varve run train --data train.csv --target price -p eta=0.1 -p max_depth=4 --resume",
                "Go on after a crash"
            ))
            + """


            Options may stand in the section `train` of params.yaml instead, with underscores for dashes; XGBoost's own \
            parameters stand there under `params`.

            Exit status: 0, or 1 where the data or the training will not do, 254 where the options will not.
            """)
    static let failureStatus: Int32 = 1
    static let dialect = Dialect(exclusive: [["--valid", "--valid-fraction", "--cv"]])

    @OptionGroup var native: NativeTrainingOptions
    // What both engines and programs take.
    @Option(
        help: ArgumentHelp("What chance depends on (default: VARVE_SEED, else 0)", valueName: "n"))
    var seed: String?
    @Flag(help: "Go on from the checkpoint of a training that was cut short") var resume = false
    @Option(
        name: .customLong("checkpoint-dir"),
        help: ArgumentHelp(
            "Where checkpoints lie (default: VARVE_CKPT_DIR, else a folder of the project's own)", valueName: "dir"),
        completion: .directory)
    var checkpointDir: String?
    @Option(
        name: .customLong("metrics-dir"),
        help: ArgumentHelp(
            "Where the curve goes, in DVCLive's layout (default: VARVE_METRICS_DIR, else dvclive)", valueName: "dir"),
        completion: .directory)
    var metricsDir: String?
    @OptionGroup var section: RunnerSectionOptions
    @OptionGroup var global: GlobalOptions
    @Argument(
        parsing: .postTerminator, help: ArgumentHelp("After `--`: a program that trains", valueName: "program"))
    var program: [String] = []

    func execute(_ console: Console) async throws {
        let environment = console.invocation.environment
        var section = Self.plain(try section.read("train", environment))
        section.set("seed", seed.map { .string($0) })
        section.set("checkpoint_dir", checkpointDir.map { .string($0) })
        section.set("metrics_dir", metricsDir.map { .string($0) })
        if resume { section.set("resume", true) }
        guard program.isEmpty else {
            // JOIN HERE: the part that runs programs (`ProgramTraining`) takes over.
            throw Failure("programs are trained by another part of varve", category: .usage)
        }
        try native.put(above: &section)
        var options = try NativeTrainingOptions.request(section)
        if section.value("seed") == nil, let word = environment["VARVE_SEED"] {
            guard let seed = Int(word) else {
                throw Failure("VARVE_SEED is '\(word)', which is no whole number", category: .usage)
            }
            options.seed = seed
        }
        options.metricsFolder = options.metricsFolder ?? environment["VARVE_METRICS_DIR"] ?? "dvclive"
        let report = try NativeTraining(options, in: environment, progress: console.progress).run()
        console.print(TrainingView(report).text)
    }

    /// Keys with underscores, however the file has them.
    private static func plain(_ section: RunnerSection) -> RunnerSection {
        let entries = section.values.entries.map { (key: $0.key.replacing("-", with: "_"), value: $0.value) }
        return RunnerSection(file: section.file, name: section.name, values: Mapping(entries))
    }
}

/// What `run train` prints at the end.
private struct TrainingView {
    private let report: TrainingReport

    init(_ report: TrainingReport) { self.report = report }

    var text: String {
        var lines: [String] = []
        var head = "\(report.task.rawValue) by \(report.engine.rawValue): \(counted(report.rows, "row"))"
        head += ", \(counted(report.columns, "column"))"
        if let rounds = report.rounds { head += ", \(counted(rounds, "round"))" }
        lines.append(head)
        if let best = report.bestRound { lines.append("best round: \(best)") }
        for (name, value) in report.metrics { lines.append("\(name): \(PythonFloat.repr(value))") }
        lines.append("wrote " + report.outputs.joined(separator: ", "))
        return lines.joined(separator: "\n")
    }
}
