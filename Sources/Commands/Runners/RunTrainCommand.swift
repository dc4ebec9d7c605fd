import ArgumentParser
import Basics
import Documents
import Models
import ProjectFiles
import Rendering

/// `varve run train`: learn a model, by an engine of varve or by a program of one's own.
struct RunTrainCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Train a model on a table, or with a program of your own",
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
            ("varve run train -- python train.py", "A program, with its metrics followed and its run recorded"),
            (
                "varve run train --retry 3 --checkpoint-dir ckpt --keep-checkpoints 2 -- python train.py",
                "Start it again after a crash, from its last checkpoint"
            ))
                + """


                For an engine, options may stand in the section `train` of params.yaml instead, with underscores for dashes; \
                XGBoost's own parameters stand there under `params`. For a program they stand under `run` in that section.

                Exit status: 0; 1 where the data or the training will not do, 254 where the options will not; of a program \
                its own.
                """)
    static let failureStatus: Int32 = 1
    static let dialect = Dialect(exclusive: [["--valid", "--valid-fraction", "--cv"]])

    @OptionGroup(title: "Training on a table") var native: NativeTrainingOptions
    @OptionGroup(title: "Training by a program") var program: ProgramTrainingOptions
    @OptionGroup var places: TrainingPlaceOptions
    @OptionGroup var section: RunnerSectionOptions
    @Argument(parsing: .postTerminator, help: "The program and its arguments, behind --") var words: [String] = []
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let words = words.first == "--" ? Array(words.dropFirst()) : words
        if words.isEmpty {
            try train(console)
        } else {
            if let option = native.given.first {
                throw Failure(
                    "\(option) is for training on a table, and there is a program",
                    remedy: "the program's own arguments follow it", category: .usage)
            }
            try await ProgramTraining(words, places, program, section, console).run()
        }
    }

    /// Trains on a table.
    private func train(_ console: Console) throws {
        if let option = program.given.first ?? (places.keptCheckpoints == nil ? nil : "--keep-checkpoints") {
            throw Failure(
                "\(option) is for training by a program, and there is none",
                remedy: "name it behind --: `varve run train -- python train.py`", category: .usage)
        }
        let environment = console.invocation.environment
        var section = try self.section.read("train", environment).withUnderscores
        section.set("seed", places.seed.map(Value.int))
        section.set("checkpoint_dir", places.checkpointFolder.map(Value.string))
        section.set("metrics_dir", places.metricsFolder.map(Value.string))
        section.set("resume", places.resume.map(Value.bool))
        try native.put(above: &section)
        try NativeTrainingOptions.putSeed(of: environment, into: &section)
        var options = try NativeTrainingOptions.request(section)
        options.metricsFolder = options.metricsFolder ?? environment["VARVE_METRICS_DIR"] ?? "dvclive"
        let report = try NativeTraining(options, in: environment, progress: console.progress).run()
        console.print(NativeTrainingView(report).text)
    }
}

extension ProgramTrainingOptions {
    /// The options that the command line has.
    fileprivate var given: [String] {
        let all = [
            ("--timeout", timeout != nil), ("--retry", retry != nil), ("--retry-on", !retryCauses.isEmpty),
            ("--retry-pause", retryPause != nil), ("--steps", steps != nil), ("--env", !variables.isEmpty),
            ("--heartbeat", heartbeat != nil), ("--live", live == true), ("--no-live", live == false),
        ]
        return all.filter(\.1).map(\.0)
    }
}

/// What `run train` prints at the end of a training on a table.
struct NativeTrainingView {
    private let report: TrainingReport

    init(_ report: TrainingReport) { self.report = report }

    var text: String {
        var head = "\(report.task.rawValue) by \(report.engine.rawValue): \(counted(report.rows, "row"))"
        head += ", \(counted(report.columns, "column"))"
        if let rounds = report.rounds { head += ", \(counted(rounds, "round"))" }
        var lines = [head]
        if let best = report.bestRound { lines.append("best round: \(best)") }
        for (name, value) in report.metrics { lines.append("\(name): \(PythonFloat.repr(value))") }
        lines.append("wrote " + report.outputs.joined(separator: ", "))
        return lines.joined(separator: "\n")
    }
}
