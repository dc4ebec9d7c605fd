import Testing

@testable import Charts

@Suite("Charts in the terminal") struct TextDrawingTests {
    private let drawing = TextDrawing(width: 60)

    @Test("a rising line rises from the lower left to the upper right")
    func line() throws {
        let points = (0...10).map { Point(x: Double($0), y: Double($0)) }
        let plane = Plane(xLabel: "step", yLabel: "loss", series: [Series(name: "train", color: 0, points: points)])
        let lines = drawing.lines(of: Chart(title: "Loss", content: .lines(plane)))
        #expect(lines.first == "Loss" && lines.allSatisfy { $0.count <= 60 })
        let rows = lines.filter { $0.contains("│") || $0.contains("┤") }
        func dots(_ row: String) -> [Int] {
            row.unicodeScalars.enumerated().filter { (0x2801...0x28FF).contains($0.element.value) }.map(\.offset)
        }
        let first = try #require(rows.first.flatMap { dots($0).last })
        let last = try #require(rows.last.flatMap { dots($0).first })
        #expect(first > 50 && last < 10)
        #expect(lines.contains { $0.contains("step → loss") } && lines.contains { $0.hasSuffix(" train") })
    }

    @Test("bars are as long as their values, and a matrix shows its counts")
    func barsAndMatrices() {
        let bars = Bars(
            categories: ["a", "b"], categoryLabel: "name", valueLabel: "gain", isHorizontal: true,
            series: [.init(name: "now", color: 0, values: [10, 5])])
        let lines = drawing.lines(of: Chart(title: "t", content: .bars(bars)))
        let lengths = lines.map { $0.filter { $0 == "█" }.count }.filter { $0 > 0 }
        #expect(lengths.count == 2 && abs(lengths[0] - 2 * lengths[1]) <= 1)
        let matrix = Matrix(
            name: "now", xLabel: "x", yLabel: "y", columns: ["c", "d"], rows: ["e", "f"], counts: [[3, 1], [0, 4]],
            isNormalized: true)
        let table = drawing.lines(of: Chart(title: "t", content: .matrices([matrix])))
        #expect(table.contains("e │ 0.75 0.25") && table.contains("f │ 0.00 1.00"))
    }

    @Test("no shape of data breaks the drawing")
    func extremes() {
        let values: [Double] = [.nan, .infinity, -.infinity, 0, 1e308, -1e308, .leastNonzeroMagnitude]
        let points = values.flatMap { x in values.map { Point(x: x, y: $0) } }
        let plane = Plane(xLabel: "", yLabel: "", series: [Series(name: "", color: 8, points: points)])
        for content in [Chart.Content.lines(plane), .points(plane), .matrices([]), .nothing] {
            #expect(!drawing.lines(of: Chart(title: "", content: content)).isEmpty)
            #expect(!ChartPage(title: "", lead: "", charts: [Chart(title: "", content: content)]).html.isEmpty)
        }
    }
}
