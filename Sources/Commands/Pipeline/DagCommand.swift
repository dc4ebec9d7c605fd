import ArgumentParser
import Basics
import Pipelines
import Rendering
import Versioning

/// `varve dag`: which stage reads from which.
struct DagCommand: RepositoryCommand {
    static let configuration = CommandConfiguration(
        commandName: "dag", abstract: "Show how stages depend on one another",
        discussion: examples(
            ("varve dag", "Draw all stages"), ("varve dag train", "Only what a stage is made from"),
            ("varve dag --md >> README.md", "A diagram that GitHub and GitLab draw"),
            ("varve dag --dot | dot -Tsvg > dag.svg", "A picture by Graphviz")))

    @Argument(help: "A stage or output to show what it is made from; everything by default", completion: .targets)
    var target: String?
    @Flag(help: "Print Graphviz") var dot = false
    @Flag(help: "Print Mermaid") var mermaid = false
    @Flag(help: "Print Mermaid in a Markdown block") var md = false
    @Flag(name: .customLong("collapse-foreach-matrix"), help: "Show generated stages as the group they come from")
    var collapse = false
    @Flag(help: "Everything that is connected with the target") var full = false
    @Flag(name: [.customShort("o"), .customLong("outs")], help: "Show outputs instead of stages") var outs = false
    @OptionGroup var global: GlobalOptions

    func run(in repository: Repository, _ console: Console) async throws {
        if outs, collapse {
            throw Failure("`--outs` and `--collapse-foreach-matrix` are mutually exclusive")
        }
        var graph = try repository.dag(of: target, everything: full, ofOutputs: outs)
        if collapse { graph = graph.collapsingGroups }
        if dot {
            console.show(graph.dot)
        } else if md {
            console.show("```mermaid\n\(graph.mermaid)\n```")
        } else if mermaid {
            console.show(graph.mermaid)
        } else {
            console.show(graph.parts.map { Self.drawing($0).text }.joined(separator: "\n\n"))
        }
    }

    /// Each node after those that it reads from, and as near to them as that allows.
    private static func drawing(_ graph: NamedGraph) -> GraphDrawing {
        var waiting: [String: Int] = [:]
        var readers: [String: [String]] = [:]
        for edge in graph.edges where edge.from != edge.to {
            waiting[edge.to, default: 0] += 1
            readers[edge.from, default: []].append(edge.to)
        }
        var ready = Array(graph.nodes.filter { waiting[$0, default: 0] == 0 }.reversed())
        var order: [String] = []
        var positions: [String: Int] = [:]
        while let node = ready.popLast() {
            positions[node] = order.count
            order.append(node)
            for reader in (readers[node] ?? []).reversed() {
                waiting[reader, default: 1] -= 1
                if waiting[reader] == 0 { ready.append(reader) }
            }
        }
        // Groups that were collapsed may lead back to one another.
        for node in graph.nodes where positions[node] == nil {
            positions[node] = order.count
            order.append(node)
        }
        return GraphDrawing(
            labels: order,
            edges: graph.edges.compactMap { edge in
                guard let from = positions[edge.from], let to = positions[edge.to] else { return nil }
                return (from, to)
            })
    }
}
