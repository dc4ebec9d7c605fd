import Rendering
import Testing

@Suite("Drawing graphs") struct GraphDrawingTests {
    @Test("a chain is one lane")
    func chain() {
        let drawing = GraphDrawing(labels: ["a", "b", "c"], edges: [(0, 1), (1, 2)])
        #expect(drawing.text == "● a\n● b\n● c")
    }

    @Test("a diamond branches and joins")
    func diamond() {
        let drawing = GraphDrawing(labels: ["a", "b", "c", "d"], edges: [(0, 1), (0, 2), (1, 3), (2, 3)])
        #expect(drawing.text == "● a\n├─╮\n● │ b\n│ ● c\n├─╯\n● d")
    }

    @Test("every node has a line, whatever the edges", arguments: 1..<20)
    func random(_ seed: UInt64) {
        var state = seed
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let count = 30
        let edges = (0..<60).map { _ in (next(count), next(count)) }
        let labels = (0..<count).map { "n\($0)" }
        let lines = GraphDrawing(labels: labels, edges: edges).lines
        let named = lines.compactMap { line in labels.first { line.hasSuffix(" " + $0) } }
        #expect(named == labels)
    }
}
