import Testing

@testable import Charts

@Suite("Timelines") struct TimelineTests {
    private func lanes(_ spans: [(Double, Double)]) -> [[String]] {
        Timeline(
            xLabel: "s", laneLabel: "at a time",
            spans: spans.enumerated().map { .init(name: String($0), start: $1.0, end: $1.1, kind: 0) },
            kinds: ["complete"]
        ).lanes.map { $0.map(\.name) }
    }

    @Test("there are as many lanes as things went on at a time, and none overlaps in its lane")
    func packing() {
        #expect(lanes([(0, 2), (1, 3), (2, 4), (3, 5)]) == [["0", "2"], ["1", "3"]])
        #expect(lanes([(0, 1), (1, 2), (2, 3)]) == [["0", "1", "2"]])
        #expect(lanes([(0, 9), (0, 9), (0, 9)]).count == 3)
        #expect(lanes([(2, 1), (.nan, 3)]).isEmpty)
    }
}
