import FileSystem
import Hashing
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("A training that is cut short")
struct TrainingResumeTests {
    private static let outputs = [
        "model.ubj", "model.ubj.varve.json", "dvclive/metrics.json", "dvclive/plots/metrics/train/rmse.tsv",
        "dvclive/plots/metrics/valid/rmse.tsv",
    ]

    private static func words(_ method: String, rounds: Int) -> [String] {
        [
            BuiltProgram.varve, "run", "train", "--data", "train.csv", "--valid-fraction", "0.25", "--rounds",
            "\(rounds)",
        ]
            + ["--early-stopping", "1000", "--checkpoint-every", "10", "--seed", "5", "-p", "tree_method=\(method)"]
            + ["-p", "subsample=0.6", "-p", "colsample_bytree=0.7", "-p", "colsample_bynode=0.8"]
            + TrainingTables.only("price")
    }

    private func digests(_ repository: TemporaryRepository, _ names: [String] = outputs) throws -> [String] {
        try names.map { "\($0) \(SHA256.hex(of: try Files.read(repository.path($0))))" }
    }

    @Test("and goes on comes to the same bytes, wherever it was killed", arguments: ["hist", "approx", "exact"])
    func killed(method: String) throws {
        let repository = try TemporaryRepository()
        try repository.write("train.csv", TrainingTables.mixed(400))
        let words = Self.words(method, rounds: 150)
        try repository.run(words).succeeds()
        let whole = try digests(repository)
        let checkpoints = repository.path(".dvc/tmp/varve/train")
        var random = SeededGenerator(seed: UInt64(method.utf8.count))
        var kills = 0
        for name in ["model.ubj", "model.ubj.varve.json", "dvclive"] { try repository.remove(name) }
        for attempt in 0..<12 {
            let process = try repository.start(words + (attempt > 0 ? ["--resume", "--threads", "2"] : []))
            // Until it has come some way; the last is left alone.
            if attempt < 11 {
                let goal = Int.random(in: 4...40, using: &random)
                let log = repository.path("dvclive/plots/metrics/valid/rmse.tsv")
                let start = (try? Files.read(log))?.count { $0 == 0x0A } ?? 0
                for _ in 0..<2000 {
                    let lines = (try? Files.read(log))?.count { $0 == 0x0A } ?? 0
                    if lines >= start + goal || process.hasEnded(within: 0.001) { break }
                }
                process.stop()
            }
            let run = process.wait()
            if run.signal == SIGKILL { kills += 1 }
            if run.status == 0 { break }
            #expect(!repository.exists("model.ubj") || run.signal == nil)
        }
        #expect(kills > 0)
        #expect(try digests(repository) == whole)
        #expect(
            try !Files.exists(checkpoints)
                || Files.names(in: checkpoints).allSatisfy { name in
                    try Files.names(in: Paths.join(checkpoints, name)).isEmpty
                })
        #expect(try !repository.git("status", "--porcelain").contains("checkpoint"))
    }

    @Test("does not go on from a checkpoint of other options or other data")
    func otherTraining() throws {
        let repository = try TemporaryRepository(.empty)
        try repository.write("train.csv", TrainingTables.mixed(200))
        let words = Self.words("hist", rounds: 30) + ["--checkpoint-dir", "ckpt"]
        // Killed by a fault at its last output: the checkpoint stays.
        try repository.run(words).succeeds()
        let whole = try digests(repository)
        let process = try repository.start(Self.words("hist", rounds: 100_000) + ["--checkpoint-dir", "ckpt"])
        for _ in 0..<5000 where !repository.exists("ckpt/xgboost.checkpoint") { usleep(2000) }
        process.stop()
        _ = process.wait()
        #expect(repository.exists("ckpt/xgboost.checkpoint"))
        let run = try repository.run(words + ["--resume"]).succeeds()
        #expect(run.output.contains("the checkpoint is of other data or options; the training begins anew"))
        #expect(try digests(repository) == whole)
        #expect(!repository.exists("ckpt/xgboost.checkpoint"))
    }

    @Test("goes on in the middle of a cross-validation")
    func folds() throws {
        let repository = try TemporaryRepository(.empty)
        try repository.write("train.csv", TrainingTables.mixed(300))
        let words =
            [BuiltProgram.varve, "run", "train", "--data", "train.csv", "--cv", "4", "--rounds", "60"]
            + ["--checkpoint-every", "5", "--checkpoint-dir", "ckpt", "-p", "subsample=0.5"]
            + TrainingTables.only("price")
        let names = ["model.ubj", "model.ubj.varve.json", "dvclive/plots/metrics/cv/rmse.tsv"]
        try repository.run(words).succeeds()
        let whole = try digests(repository, names)
        for name in ["model.ubj", "model.ubj.varve.json", "dvclive"] { try repository.remove(name) }
        var hasGoneOn = false
        for attempt in 0..<10 {
            let process = try repository.start(words + ["--resume"])
            for _ in 0..<(20 + 15 * attempt) where !process.hasEnded(within: 0.002) {}
            if attempt < 9 { process.stop() }
            let run = process.wait()
            if run.output.contains("going on from") { hasGoneOn = true }
            if run.status == 0 { break }
        }
        #expect(hasGoneOn)
        #expect(try digests(repository, names) == whole)
    }
}
