import ArgumentParser
import Basics
import Pipelines
import Versioning

/// `varve stage add`: write a stage into dvc.yaml.
struct StageAddCommand: RepositoryCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a stage to dvc.yaml",
        discussion: examples(
            (
                "varve stage add -n prepare -d raw.csv -o clean.csv python prepare.py",
                "A stage that makes one file from another"
            ),
            (
                "varve stage add -n train -d clean.csv -p lr,epochs -o model.bin -M metrics.json 'sh train.sh'",
                "With parameters and metrics"
            )))

    @Option(name: [.customShort("n"), .customLong("name")], help: "Name of the stage") var name: String
    @Flag(name: [.customShort("f"), .customLong("force")], help: "Replace a stage of the same name") var force = false
    @Option(
        name: [.customShort("d"), .customLong("deps")],
        help: ArgumentHelp("File or directory that the command reads", valueName: "path"))
    var deps: [String] = []
    @Option(
        name: [.customShort("p"), .customLong("params")],
        help: ArgumentHelp("Parameters that the command uses", valueName: "[file:]keys"))
    var params: [String] = []
    @Option(
        name: [.customShort("o"), .customLong("outs")],
        help: ArgumentHelp("File or directory that the command makes", valueName: "path"))
    var outs: [String] = []
    @Option(
        name: [.customShort("O"), .customLong("outs-no-cache")],
        help: ArgumentHelp("The same, kept by Git and not in the cache", valueName: "path"))
    var outsNoCache: [String] = []
    @Option(
        name: .customLong("outs-persist"),
        help: ArgumentHelp("Output that stays in place when the stage runs again", valueName: "path"))
    var outsPersist: [String] = []
    @Option(
        name: .customLong("outs-persist-no-cache"),
        help: ArgumentHelp("The same, kept by Git and not in the cache", valueName: "path"))
    var outsPersistNoCache: [String] = []
    @Option(
        name: [.customShort("m"), .customLong("metrics")],
        help: ArgumentHelp("File of metrics that the command makes", valueName: "path"))
    var metrics: [String] = []
    @Option(
        name: [.customShort("M"), .customLong("metrics-no-cache")],
        help: ArgumentHelp("The same, kept by Git and not in the cache", valueName: "path"))
    var metricsNoCache: [String] = []
    @Option(help: ArgumentHelp("File to plot that the command makes", valueName: "path")) var plots: [String] = []
    @Option(
        name: .customLong("plots-no-cache"),
        help: ArgumentHelp("The same, kept by Git and not in the cache", valueName: "path"))
    var plotsNoCache: [String] = []
    @Option(
        name: [.customShort("w"), .customLong("wdir")],
        help: ArgumentHelp("Directory that the command runs in", valueName: "path"), completion: .directory)
    var wdir: String?
    @Flag(name: .customLong("always-changed"), help: "Run the stage every time") var alwaysChanged = false
    @Option(help: ArgumentHelp("What the stage is for", valueName: "text")) var desc: String?
    @Flag(help: "Run the stage once it is added") var run = false
    @Argument(parsing: .postTerminator, help: "The command and its words") var command: [String] = []
    @OptionGroup var global: GlobalOptions

    func run(in repository: Repository, _ console: Console) async throws {
        let words = command.first == "--" ? Array(command.dropFirst()) : command
        var addition = StageAddition(name: name, command: StageAddition.command(from: words))
        addition.dependencies = deps
        addition.parameters = params
        addition.outputs.cached = outs
        addition.outputs.uncached = outsNoCache
        addition.outputs.persistent = outsPersist
        addition.outputs.persistentUncached = outsPersistNoCache
        addition.outputs.metrics = metrics
        addition.outputs.metricsUncached = metricsNoCache
        addition.outputs.plots = plots
        addition.outputs.plotsUncached = plotsNoCache
        addition.wdir = wdir
        addition.alwaysChanged = alwaysChanged
        addition.description = desc
        addition.force = force
        let patience: Repository.LockPatience = console.invocation.waitsForLock ? .forever : .seconds(30)
        let added = try repository.locked(patience) { try repository.addStage(addition) }
        console.print("Added stage '\(added.address)' in '\(added.file)'")
        var files = added.filesToStage
        if run {
            var request = ReproductionRequest()
            request.targets = [added.address]
            request.onlyTargets = true
            request.assumesStale = true
            request.patience = patience
            Interruption.watchTermination()
            do {
                let result = try await repository.reproduce(request, ConsoleOutlet(console))
                files += result.filesToStage.filter { !files.contains($0) }
            } catch let error as ReproductionFailed {
                added.withdrawIgnores()
                throw error.cause ?? error
            }
        }
        console.showFilesToStage(files)
    }
}
