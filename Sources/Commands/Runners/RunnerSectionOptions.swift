import ArgumentParser
import Basics
import FileSystem
import ProjectFiles

/// Where a built-in runner finds the options that its command line leaves open.
struct RunnerSectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Parameter file with the options that are not given here (default: params.yaml, where there is one)",
            valueName: "file"), completion: .file())
    var params: String?
    @Option(
        help: ArgumentHelp(
            "Section of the parameter file (default: that of the stage's name, else of the runner's)",
            valueName: "name"))
    var section: String?

    /// - Parameter runner: `train`, `evaluate` …
    func read(_ runner: String, _ environment: HostEnvironment) throws -> RunnerSection {
        let path = Paths.absolute(params ?? "params.yaml", from: environment.workingDirectory)
        let bytes = params == nil ? try Files.readIfPresent(path) : try Files.read(path)
        let file = try ParamsFile(parsing: bytes ?? [], path: params ?? "params.yaml")
        let stage = environment["VARVE_STAGE"] ?? environment["DVC_STAGE"]
        return try RunnerSection(in: file, section: section, stage: stage, runner: runner)
    }
}
