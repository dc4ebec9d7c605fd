import ArgumentParser
import Pipelines
import ProjectFiles
import Rendering
import Versioning

/// `varve stage list`: names of stages and what they make.
struct StageListCommand: RepositoryCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List stages",
        discussion: examples(
            ("varve stage list", "The stages of dvc.yaml"), ("varve stage list --all", "All stages and pointer files")))

    @Argument(help: "Pipeline files, stages, pointer files or, with -R, directories", completion: .targets)
    var targets: [String] = []
    @Flag(help: "Every stage of the repository") var all = false
    @Flag(help: "Fail at a file that can't be read instead of leaving it out") var fail = false
    @Flag(name: [.customShort("R"), .customLong("recursive")], help: "All stages below target directories")
    var recursive = false
    @Flag(name: [.customLong("name-only"), .customLong("names-only")], help: "Only the names") var nameOnly = false
    @OptionGroup var global: GlobalOptions

    func run(in repository: Repository, _ console: Console) async throws {
        let snapshot =
            try all && !fail
            ? repository.workspace { file, error in console.detail("Stages from \(file) failed to load: \(error)") }
            : repository.workspace()
        var positions = Array(snapshot.stages.indices)
        if !all {
            let selection = StageTargets(snapshot, in: repository)
            positions = try selection.positions(
                of: targets.isEmpty ? [PipelineFile.fileName] : targets,
                inside: recursive ? { selection.positions(among: Array(snapshot.stages.indices), inside: $0) } : nil)
        }
        var table = Table()
        for position in positions {
            let stage = snapshot.stages[position]
            let name = repository.address(of: stage)
            table.rows.append(nameOnly ? [name] : [name, StageDescription(stage).text])
        }
        if !table.rows.isEmpty { console.show(table.plain) }
    }
}

/// What a stage is for, in a line of at most 80 characters.
struct StageDescription {
    private let stage: Stage

    init(_ stage: Stage) { self.stage = stage }

    var text: String {
        let text = written ?? made
        return text.count > 80 ? text.prefix(79) + "…" : text
    }

    /// The first line of the description that says anything.
    private var written: String? {
        let lines = stage.description?.split(whereSeparator: \.isNewline) ?? []
        return lines.first.map { String($0.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed()) }
    }

    private var made: String {
        func list(_ paths: [String]) -> String { paths.joined(separator: ", ") }
        if stage.outputs.isEmpty {
            return stage.dependencies.isEmpty
                ? "No outputs or dependencies" : "Depends on " + list(stage.dependencies.map(\.path))
        }
        let reports = stage.outputs.filter { $0.isMetric || $0.isPlot }.map(\.path)
        let others = stage.outputs.filter { !$0.isMetric && !$0.isPlot }.map(\.path)
        return [
            others.isEmpty ? nil : "Outputs " + list(others), reports.isEmpty ? nil : "Reports " + list(reports),
        ].compactMap(\.self).joined(separator: "; ")
    }
}
