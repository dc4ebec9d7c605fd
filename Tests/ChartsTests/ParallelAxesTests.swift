import Testing

@testable import Charts

@Suite("Parallel axes") struct ParallelAxesTests {
    private let chart = ParallelAxes(
        axes: [
            Axis("loss"), Axis("lr", isLog: true, covered: [1e-4, 1]), Axis("opt", categories: ["adam", "sgd"]),
            Axis("momentum"),
        ],
        strands: [
            .init(name: "trial 0", values: [0, 1e-4, 1, 0.5], value: 0, isMarked: true),
            .init(name: "trial 1", values: [10, 1, 0, nil], value: 10),
            .init(name: "trial 2", values: [5, 0.01, 0, 0.9], value: 5),
        ], ramp: Ramp(Axis("loss"), isReversed: true))

    /// Where each strand passes the axes, by the name of its trial.
    private func places() -> [String: [Double]] {
        let svg = ParallelDrawing(chart, RampScale(chart.ramp, chart.strands.map(\.value))).svg(label: "")
        var result: [String: [Double]] = [:]
        for part in svg.split(separator: " data-at=\"").dropFirst() {
            let name = part.split(separator: "<title>")[1].split(separator: " · ")[0]
            result[String(name)] = part.prefix { $0 != "\"" }.split(separator: " ").compactMap { Double($0) }
        }
        return result
    }

    @Test("a line passes each axis where its number is, a logarithmic one too")
    func positions() throws {
        let places = places()
        let (low, high) = (try #require(places["trial 0"]), try #require(places["trial 1"]))
        let middle = try #require(places["trial 2"])
        #expect(low[0] == low[1] && high[0] == high[1])
        #expect(middle[0] == (low[0] + high[0]) / 2 && middle[1] == middle[0])
        #expect(high[2] == middle[2] && low[2] < middle[2])
    }

    @Test("what has no number passes below the axis, apart from all numbers")
    func gaps() throws {
        let places = places()
        let without = try #require(places["trial 1"]?[3])
        #expect(places.values.joined().count { $0 >= without } == 1)
    }

    @Test("the marked line is drawn last, and the better ones over the worse")
    func order() {
        let colors = RampScale(chart.ramp, chart.strands.map(\.value))
        #expect(chart.ordered(colors).map(\.strand.name) == ["trial 1", "trial 2", "trial 0"])
    }

    @Test("twenty axes with long names keep theirs apart, and all their values in the titles")
    func many() {
        let axes = (0..<20).map { Axis("a.very.long.name.of.parameter.number.\($0)") }
        let strand = ParallelAxes.Strand(name: "trial 7", values: (0..<20).map(Double.init), value: 1)
        let chart = ParallelAxes(axes: axes, strands: [strand], ramp: Ramp(Axis("loss")))
        let svg = ParallelDrawing(chart, RampScale(chart.ramp, [1])).svg(label: "")
        #expect(svg.contains("number.19: 19"))
        #expect((0..<20).allSatisfy { svg.contains("number.\($0)</text>") })
        let lines = TextDrawing(width: 80).lines(of: Chart(title: "t", content: .parallel(chart)))
        #expect(lines.allSatisfy { $0.count <= 80 } && lines.contains { $0.contains("of 20 axes") })
    }
}
