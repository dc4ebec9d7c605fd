import Basics
import FileSystem
import Indexing
import ProjectFiles
package import Versioning

/// A graph as people see it: names of stages or of outputs, and what is read by what.
package struct NamedGraph: Sendable, Equatable {
    /// In the order of the project files.
    package private(set) var nodes: [String]
    /// From what is read to what reads it, each once.
    package private(set) var edges: [Edge]

    package struct Edge: Sendable, Hashable {
        package let from: String
        package let to: String

        package init(from: String, to: String) {
            self.from = from
            self.to = to
        }
    }

    package init(nodes: [String], edges: [Edge]) {
        var seen: Set<String> = []
        self.nodes = nodes.filter { seen.insert($0).inserted }
        var known: Set<Edge> = []
        self.edges = edges.filter { known.insert($0).inserted }
    }

    /// Stages by their addresses.
    package init(stagesOf graph: StageGraph, in repository: Repository) {
        let names = graph.stages.map { repository.address(of: $0) }
        let edges = graph.downstream.enumerated().flatMap { from, targets in
            targets.sorted().map { Edge(from: names[from], to: names[$0]) }
        }
        self.init(nodes: names, edges: edges)
    }

    /// Outputs by their paths from where the user stands.
    package init(outputsOf graph: StageGraph, in repository: Repository) {
        func names(_ stage: Stage) -> [String] {
            stage.outputs.map { repository.shownName(stage.location(of: $0), as: $0.path) }
        }
        var edges: [Edge] = []
        for stage in graph.stages where !stage.isRepositoryImport {
            for dependency in stage.dependencies {
                switch dependency.source {
                case .repository, .database, .dataset: continue
                case .data, .parameters: break
                }
                guard let path = repository.absolute(stage.location(of: dependency)) else { continue }
                for source in graph.stages {
                    for output in source.outputs {
                        let location = source.location(of: output)
                        guard let place = repository.absolute(location),
                            Paths.isInside(place, path) || Paths.isInside(path, place)
                        else { continue }
                        let from = repository.shownName(location, as: output.path)
                        edges += names(stage).map { Edge(from: from, to: $0) }
                    }
                }
            }
        }
        self.init(nodes: graph.stages.flatMap(names), edges: edges)
    }

    /// Only what the given nodes read from, directly or not; or everything connected with them.
    package func around(_ targets: [String], everything: Bool) -> NamedGraph {
        var sources: [String: [String]] = [:]
        for edge in edges {
            sources[edge.to, default: []].append(edge.from)
            if everything { sources[edge.from, default: []].append(edge.to) }
        }
        var kept = Set(targets)
        var pending = targets
        while let node = pending.popLast() {
            for next in sources[node] ?? [] where kept.insert(next).inserted { pending.append(next) }
        }
        return NamedGraph(
            nodes: nodes.filter(kept.contains), edges: edges.filter { kept.contains($0.from) && kept.contains($0.to) })
    }

    /// The same with generated stages drawn as the group that they come from.
    package var collapsingGroups: NamedGraph {
        func name(_ node: String) -> String {
            guard !node.hasSuffix(PointerFile.suffix), let at = node.firstIndex(of: "@") else { return node }
            return String(node[..<at])
        }
        return NamedGraph(
            nodes: nodes.map(name),
            edges: edges.map { Edge(from: name($0.from), to: name($0.to)) })
    }

    /// The connected parts, in the order of their first nodes.
    package var parts: [NamedGraph] {
        var parts: [NamedGraph] = []
        var seen: Set<String> = []
        for node in nodes where !seen.contains(node) {
            let part = around([node], everything: true)
            seen.formUnion(part.nodes)
            parts.append(part)
        }
        return parts
    }

    // MARK: Text for other programs

    /// Graphviz, as DVC writes it.
    package var dot: String {
        func quoted(_ name: String) -> String { "\"\(name)\"" }
        let lines =
            nodes.map { "\(quoted($0));" } + edges.map { "\(quoted($0.from)) -> \(quoted($0.to));" }
        return "strict digraph {\n" + lines.map { $0 + "\n" }.joined() + "}\n"
    }

    /// Mermaid, as DVC writes it: parts one after the other, sorted within each.
    package var mermaid: String {
        var lines = ["flowchart TD"]
        var count = 0
        for part in parts {
            var numbers: [String: Int] = [:]
            for node in part.nodes.sorted(by: Self.precedes) {
                count += 1
                numbers[node] = count
                lines.append("\tnode\(count)[\"\(node)\"]")
            }
            let sorted = part.edges.sorted {
                $0.from == $1.from ? Self.precedes($0.to, $1.to) : Self.precedes($0.from, $1.from)
            }
            for edge in sorted {
                lines.append("\tnode\(numbers[edge.from] ?? 0)-->node\(numbers[edge.to] ?? 0)")
            }
        }
        return lines.joined(separator: "\n")
    }

    private static func precedes(_ left: String, _ right: String) -> Bool { left.precedesInBytes(right) }
}

extension Repository {
    /// The graph that `dag` shows.
    ///
    /// - Parameters:
    ///   - target: a stage or output to show what it reads from; `nil` for everything.
    ///   - everything: all that is connected with the target.
    package func dag(of target: String?, everything: Bool, ofOutputs: Bool) throws -> NamedGraph {
        let snapshot = try workspace()
        let graph = try StageGraph(snapshot, in: self)
        let named =
            ofOutputs ? NamedGraph(outputsOf: graph, in: self) : NamedGraph(stagesOf: graph, in: self)
        guard let target else { return named }
        var names: [String] = []
        for selected in try select(target, TargetOptions(), in: snapshot) {
            guard ofOutputs else {
                names.append(address(of: selected.stage))
                continue
            }
            for output in selected.stage.outputs {
                let location = selected.stage.location(of: output)
                if let path = selected.path, let own = location.workspacePath.map({ RelativePath($0) }),
                    !path.isInside(own), !own.isInside(path)
                {
                    continue
                }
                names.append(shownName(location, as: output.path))
            }
        }
        return named.around(names, everything: everything)
    }
}
