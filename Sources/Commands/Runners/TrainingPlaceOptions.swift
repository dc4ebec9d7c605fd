import ArgumentParser

/// What every way to train has: a seed, and the folders that it leaves things in.
struct TrainingPlaceOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Seed of everything that is random", valueName: "number")) var seed: Int?
    @Option(
        name: .customLong("checkpoint-dir"),
        help: ArgumentHelp("Folder of what training can go on from", valueName: "path"), completion: .directory)
    var checkpointFolder: String?
    @Option(
        name: .customLong("keep-checkpoints"),
        help: ArgumentHelp("How many generations of checkpoints stay (default: all)", valueName: "number"))
    var keptCheckpoints: Int?
    @Option(
        name: .customLong("metrics-dir"),
        help: ArgumentHelp("Folder of metrics in DVCLive's layout (default: dvclive)", valueName: "path"),
        completion: .directory)
    var metricsFolder: String?
    @Flag(
        inversion: .prefixedNo,
        help: "Go on from the checkpoints that are there, or remove them (default: go on after the same was cut short)")
    var resume: Bool?
}
