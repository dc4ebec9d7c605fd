import ArgumentParser
import Basics

/// `varve run train`: train a model.
struct RunTrainCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Train a model with a program of your own",
        discussion: examples(
            ("varve run train -- python train.py", "A program, with its metrics followed and its run recorded"),
            (
                "varve run train --retry 3 --checkpoint-dir ckpt --keep-checkpoints 2 -- python train.py",
                "Start it again after a crash, from its last checkpoint"
            )))

    @OptionGroup var places: TrainingPlaceOptions
    @OptionGroup var program: ProgramTrainingOptions
    @OptionGroup var section: RunnerSectionOptions
    @Argument(parsing: .postTerminator, help: "The program and its arguments, behind --") var words: [String] = []
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let words = words.first == "--" ? Array(words.dropFirst()) : words
        guard !words.isEmpty else {
            throw Failure(
                "there is no program to run", remedy: "name it behind --: `varve run train -- python train.py`",
                category: .usage)
        }
        try await ProgramTraining(words, places, program, section, console).run()
    }
}
