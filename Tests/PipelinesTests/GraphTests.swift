import Basics
import FileSystem
import Pipelines
import ProjectFiles
import Testing
import Versioning

@Suite("The graph of stages") struct GraphTests {
    private func graph(_ pipeline: String) throws -> (StageGraph, PipelineFixture) {
        let project = try PipelineFixture(pipeline)
        let repository = try project.repository()
        return (try StageGraph(repository.workspace(), in: repository), project)
    }

    private func names(_ graph: StageGraph, _ positions: [Int]) -> [String] {
        positions.map { graph.stages[$0].name ?? "" }
    }

    private let diamond = """
        stages:
          d: {cmd: x, deps: [b, c], outs: [d]}
          b: {cmd: x, deps: [a/x], outs: [b]}
          c: {cmd: x, deps: [a], outs: [c]}
          a: {cmd: x, outs: [a]}
          other: {cmd: x, outs: [e]}
        """

    @Test("stages come after those they read from, also through folders")
    func order() throws {
        let (graph, project) = try graph(diamond)
        _ = project
        #expect(names(graph, graph.order(of: [])) == ["a", "b", "c", "d", "other"])
        #expect(names(graph, graph.order(of: [1])) == ["a", "b"])
        #expect(names(graph, graph.order(of: [1], downstream: true)) == ["b", "d"])
        #expect(names(graph, graph.order(of: [2], wholePipelines: true)) == ["a", "b", "c", "d"])
    }

    @Test("a frozen stage reads from nobody")
    func frozen() throws {
        let (graph, project) = try graph(diamond + "\n  z: {cmd: x, deps: [d], outs: [z], frozen: true}\n")
        _ = project
        #expect(names(graph, graph.active.order(of: [5])) == ["z"])
        #expect(graph.order(of: [5]).count == 5)
    }

    @Test(
        "contradictions are refused",
        arguments: [
            ("a: {cmd: x, deps: [p], outs: [q]}\n  b: {cmd: x, deps: [q], outs: [p]}", "in stages: a, b."),
            ("a: {cmd: x, outs: [d]}\n  b: {cmd: x, outs: [d]}", "output 'd' is specified in:\n\t- a\n\t- b"),
            ("a: {cmd: x, outs: [d]}\n  b: {cmd: x, outs: [d/e]}", "'d'('a')\n'd/e'('b')\noverlap"),
            ("a: {cmd: x, deps: [d], outs: [d/e]}", "in stage: a."),
        ])
    func contradictions(_ stages: String, _ words: String) throws {
        let error = #expect(throws: Failure.self) { try graph("stages:\n  " + stages + "\n") }
        #expect(error?.summary.contains(words) == true)
    }

    @Test("a long chain and a wide fan are no burden")
    func large() throws {
        var text = "stages:\n"
        for number in 0..<300 {
            text += "  s\(number): {cmd: x, outs: [o\(number)], deps: [\(number == 0 ? "in" : "o\(number - 1)")]}\n"
        }
        let (graph, project) = try graph(text)
        _ = project
        #expect(graph.order(of: []) == Array(0..<300))
    }

    @Test("Graphviz and Mermaid are as DVC writes them")
    func text() throws {
        let project = try PipelineFixture(diamond)
        let named = try project.repository().dag(of: "b", everything: false, ofOutputs: false)
        #expect(named.dot == "strict digraph {\n\"b\";\n\"a\";\n\"a\" -> \"b\";\n}\n")
        #expect(named.mermaid == "flowchart TD\n\tnode1[\"a\"]\n\tnode2[\"b\"]\n\tnode1-->node2")
        #expect(try project.repository().dag(of: "b", everything: true, ofOutputs: false).nodes.count == 4)
    }

    @Test("generated stages collapse into their group")
    func groups() throws {
        let project = try PipelineFixture(
            """
            stages:
              g:
                foreach: [1, 2]
                do: {cmd: x, outs: ["o${item}"]}
              end: {cmd: x, deps: [o1, o2], outs: [e]}
            """)
        let named = try project.repository().dag(of: nil, everything: false, ofOutputs: false).collapsingGroups
        #expect(named.nodes == ["g", "end"])
        #expect(named.edges == [NamedGraph.Edge(from: "g", to: "end")])
    }
}
