import Basics
import Documents
import FileSystem
import Synchronization
import Testing
import TestSupport

@testable import Models

/// A table and trainings on it, one after the other or side by side.
private struct Bench: Sendable {
    let folder = TemporaryFolder("shared")
    let environment: HostEnvironment

    init(rows: Int = 400) throws {
        environment = HostEnvironment(variables: [:], workingDirectory: folder.path, processors: 2)
        var lines = ["a,b,c,w,kind,y"]
        for row in 0..<rows {
            let (a, b) = (Self.fraction(row, 0.6180339887498949), Self.fraction(row, 0.7548776662466927))
            let c = ["red", "green", "blue"][row % 3]
            let y = 3 * a + b * b + Double(row % 3) + Self.fraction(row, 0.32471795724474605)
            lines.append("\(a),\(row % 17 == 4 ? "" : "\(b)"),\(c),\(row % 4 + 1),\(a + b > 1 ? "yes" : "no"),\(y)")
        }
        try Files.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: folder.path("train.csv"))
    }

    private static func fraction(_ row: Int, _ factor: Double) -> Double {
        let product = Double(row + 1) * factor
        return product - product.rounded(.down)
    }

    func options(_ name: String, _ parameters: [String: String] = [:]) -> TrainingOptions {
        var options = TrainingOptions()
        options.data = "train.csv"
        options.target = "y"
        options.ignored = ["kind", "w"]
        options.rounds = 60
        options.checkpointEvery = 20
        options.validationFraction = 0.25
        options.seed = 3
        options.keepsCheckpoint = false
        options.model = "\(name)/model.ubj"
        options.parameters = parameters.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) }
        return options
    }

    func model(_ name: String) throws -> [UInt8] { try Files.read(folder.path("\(name)/model.ubj")) }
}

@Suite("Trainings that share tables and matrices")
struct SharedTrainingTests {
    private static let variants: [[String: String]] = [
        ["subsample": "0.6", "colsample_bytree": "0.7", "colsample_bynode": "0.8"],
        ["max_bin": "16", "subsample": "0.5"], ["max_bin": "64"],
        ["grow_policy": "lossguide", "max_leaves": "9", "subsample": "0.7"],
        ["booster": "dart", "rate_drop": "0.2", "subsample": "0.8"], ["tree_method": "approx", "subsample": "0.7"],
        ["tree_method": "exact", "colsample_bylevel": "0.6"], ["booster": "gblinear"],
        ["num_parallel_tree": "3", "subsample": "0.5"], ["max_bin": "16", "eta": "0.05"],
    ]

    @Test("make the same bytes as alone, one after the other on one shelf and on threads side by side")
    func sameBytes() throws {
        let bench = try Bench()
        @Sendable func train(_ name: String, _ place: Int, _ tables: SharedTables, _ shelf: MatrixShelf?) throws {
            var options = bench.options("\(name)-\(place)", Self.variants[place])
            options.threads = place % 2 + 1
            if place == 3 { options.weight = "w" }
            if place == 8 {
                options.target = "kind"
                options.ignored = ["y", "w"]
            }
            try Files.makeDirectory(bench.folder.path("\(name)-\(place)"))
            _ = try NativeTraining(options, in: bench.environment, tables: tables, shelf: shelf).run()
        }
        let shelf = MatrixShelf()
        let tables = SharedTables()
        for place in Self.variants.indices {
            try train("alone", place, SharedTables(), nil)
            try train("shelf", place, tables, shelf)
        }
        // Two slots, each with a shelf, that go through the variants from both ends.
        let together = SharedTables()
        try parallelForEach(count: 2, threads: 2) { slots in
            for slot in slots {
                let shelf = MatrixShelf()
                for place in slot == 0 ? Array(Self.variants.indices) : Self.variants.indices.reversed() {
                    try train("slot\(slot)", place, together, shelf)
                }
            }
        }
        var different: Set<[UInt8]> = []
        for place in Self.variants.indices {
            let alone = try bench.model("alone-\(place)")
            different.insert(alone)
            for name in ["shelf", "slot0", "slot1"] {
                #expect(try bench.model("\(name)-\(place)") == alone, "\(name) of \(Self.variants[place])")
            }
        }
        #expect(different.count == Self.variants.count)
    }

    @Test("keep the rows of each division, fold and table apart")
    func divisions() throws {
        let bench = try Bench()
        let (shelf, tables) = (MatrixShelf(), SharedTables())
        let changes: [@Sendable (inout TrainingOptions) -> Void] = [
            { _ in }, { $0.seed = 4 }, { $0.validationFraction = 0.5 }, { $0.features = ["a", "c"] },
            { $0.words = .codes }, { $0.weight = "w" },
            {
                $0.validationFraction = nil
                $0.folds = 3
            },
            {
                $0.validationFraction = nil
                $0.folds = 3
                $0.seed = 5
            },
            {
                $0.validationFraction = nil
                $0.seed = 5
            },
        ]
        for (place, change) in changes.enumerated() {
            var reports: [[Double]] = []
            for name in ["alone", "shared", "shared again"] {
                var options = bench.options("\(name) \(place)", ["subsample": "0.8"])
                change(&options)
                let report = try NativeTraining(
                    options, in: bench.environment, tables: name == "alone" ? SharedTables() : tables,
                    shelf: name == "alone" ? nil : shelf
                ).run()
                reports.append(report.metrics.map(\.value))
            }
            #expect(reports[0] == reports[1] && reports[0] == reports[2], "\(place)")
            #expect(try bench.model("alone \(place)") == bench.model("shared again \(place)"), "\(place)")
        }
    }

    @Test("a training that is no longer wanted ends between two rounds, and leaves no model")
    func stopped() throws {
        let bench = try Bench()
        for folds in [nil, 3] {
            var options = bench.options("stopped")
            options.metricsFolder = "live"
            options.rounds = 100_000
            if let folds {
                options.validationFraction = nil
                options.folds = folds
            }
            let asked = Mutex(0)
            let training = NativeTraining(options, in: bench.environment) {
                asked.withLock { asked in
                    asked += 1
                    return asked > 7
                }
            }
            #expect(throws: CancellationError.self) { try training.run() }
            #expect(asked.withLock { $0 } == 8)
        }
        let curve = try Files.read(bench.folder.path("live/plots/metrics/valid/rmse.tsv"))
        #expect(curve.count { $0 == 0x0A } == 8)
        #expect(!Files.exists(bench.folder.path("stopped/model.ubj")))
        #expect(try Files.names(in: bench.folder.path).sorted() == ["live", "train.csv"])
    }

    @Test(
        "what no training could use is refused before the first one",
        arguments: [
            (["etaa": "0.1"], [], "XGBoost has no parameter 'etaa'"),
            ([:], ["max_dept"], "XGBoost has no parameter 'max_dept'"),
            (["eta": "much"], [], "XGBoost could not use these parameters"),
            (["max_depth": "-3"], [], "XGBoost could not use these parameters"),
            (["nthread": "2"], [], "the parameter 'nthread' is an option of its own"),
            ([:], ["n_estimators"], "the parameter 'n_estimators' is an option of its own"),
            ([:], ["num_class"], "varve sets the parameter 'num_class' itself"),
        ])
    func rehearsal(given: [String: String], tuned: [String], message: String) throws {
        let bench = try Bench()
        let error = #expect(throws: Failure.self) {
            try TrainingRehearsal(
                bench.options("m", given), engines: [.xgboost], tuned: tuned, in: bench.environment,
                tables: SharedTables())
        }
        #expect(error?.summary.contains(message) == true, "\(error?.summary ?? "")")
        #expect(error?.category == .usage)
    }

    @Test("what some training could use is not refused, and metrics are asked of the engine")
    func usable() throws {
        let bench = try Bench()
        let given = [
            "rate_drop": "0.1", "max_leaves": "8", "monotone_constraints": "(1,0,0,0,0)", "gamma": "0.5",
            "interaction_constraints": "[[0,1],[2,3]]",
        ]
        let rehearsal = try TrainingRehearsal(
            bench.options("m", given), engines: [.xgboost], tuned: ["eta", "booster", "tree_method"],
            in: bench.environment, tables: SharedTables())
        #expect(rehearsal.metrics == ["rmse"])
        try rehearsal.check(metric: "mae")
        let error = #expect(throws: Failure.self) { try rehearsal.check(metric: "accuracy") }
        #expect(error?.summary == "XGBoost has no metric 'accuracy'")
        var options = bench.options("m")
        options.engine = .linear
        options.model = nil
        options.rounds = nil
        options.checkpointEvery = nil
        let linear = try TrainingRehearsal(
            options, engines: [.linear], tuned: ["alpha"], in: bench.environment, tables: SharedTables())
        #expect(linear.metrics == ["rmse", "mae"])
        #expect(throws: Failure.self) { try linear.check(metric: "auc") }
        #expect(throws: Failure.self) {
            try TrainingRehearsal(
                options, engines: [.linear], tuned: ["eta"], in: bench.environment, tables: SharedTables())
        }
    }
}
