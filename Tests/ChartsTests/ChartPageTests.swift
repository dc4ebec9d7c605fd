import Testing

@testable import Charts

@Suite("The page of charts") struct ChartPageTests {
    private static let hostile = "</title><script>alert('1')</script>&\"<img src=x onerror=alert(2)>\u{0}"

    private func page(_ contents: Chart.Content...) -> String {
        ChartPage(title: "Plots", lead: "", charts: contents.map { Chart(title: "a chart", content: $0) }).html
    }

    private func plane(_ series: [Series]) -> Plane { Plane(xLabel: "step", yLabel: "loss", series: series) }

    /// What stands in an attribute, for each time that it occurs.
    private func values(of attribute: String, in html: String) -> [String] {
        html.split(separator: " \(attribute)=\"").dropFirst().map { String($0.prefix { $0 != "\"" }) }
    }

    @Test("the picture has the numbers of the data, exactly")
    func exactValues() {
        let points = [Point(x: 0, y: 0.1), Point(x: 1, y: 1e-9), Point(x: 2, y: -12_345.678_9)]
        let html = page(.lines(plane([Series(name: "train", color: 0, points: points)])))
        let values = values(of: "data-values", in: html).first ?? ""
        let found = values.split(separator: " ").map { $0.split(separator: ",").compactMap { Double($0) } }
        #expect(found == points.map { [$0.x, $0.y] })
    }

    @Test("a point is drawn where the axes have its numbers")
    func places() throws {
        let points = [Point(x: 10, y: 5), Point(x: 20, y: 8), Point(x: 40, y: 6)]
        let html = page(.lines(plane([Series(name: "s", color: 0, points: points)])))
        func extent(_ name: String) -> [Double] {
            (values(of: name, in: html).first ?? "").split(separator: " ").compactMap { Double($0) }
        }
        let x = extent("data-x")
        let y = extent("data-y")
        try #require(x.count == 4 && y.count == 4)
        let path = try #require(values(of: "d", in: html).first { $0.contains("L") })
        let places = path.split { "ML".contains($0) }.map { $0.split(separator: " ").compactMap { Double($0) } }
        try #require(places.count == points.count)
        for (point, place) in zip(points, places) {
            #expect(abs(place[0] - (x[2] + (point.x - x[0]) / (x[1] - x[0]) * (x[3] - x[2]))) < 0.02)
            #expect(abs(place[1] - (y[2] + (point.y - y[0]) / (y[1] - y[0]) * (y[3] - y[2]))) < 0.02)
        }
    }

    @Test("a line of very many points keeps its ends, its peaks and a bounded size")
    func thinning() {
        var points = (0..<200_000).map { Point(x: Double($0), y: Double($0 % 7)) }
        points[123_456].y = 99
        points[77_777].y = -99
        let scale = Scale(points.map(\.x), from: 0, to: 500, count: 5)
        let kept = Thinning.line(points, scale, columns: 500)
        #expect(kept.count <= 501 * 4)
        #expect(kept.first == points.first && kept.last == points.last)
        #expect(kept.contains { $0.y == 99 } && kept.contains { $0.y == -99 })
    }

    @Test("numbers that are none leave a gap in the data and not in the page")
    func missingNumbers() {
        let points = [Point(x: .nan, y: 1), Point(x: 1, y: .infinity), Point(x: 2, y: 3)]
        let html = page(
            .lines(plane([Series(name: "s", color: 0, points: points)])), .lines(plane([])),
            .points(plane([Series(name: "p", color: 9, style: 9, points: points)])), .matrices([]), .nothing)
        #expect(!html.contains("nan") && !html.contains("inf"))
    }

    @Test("nothing that a chart says becomes markup")
    func escaping() {
        let text = Self.hostile
        var chart = Chart(
            title: text,
            content: .lines(
                Plane(
                    xLabel: text, yLabel: text,
                    series: [Series(name: text, color: 0, points: [Point(x: 0, y: 0)])])), sources: [text],
            problems: [text])
        var charts = [chart]
        chart.content = .bars(
            Bars(
                categories: [text], categoryLabel: text, valueLabel: text, isHorizontal: true,
                series: [.init(name: text, color: 0, values: [1])]))
        charts.append(chart)
        chart.content = .matrices([
            Matrix(
                name: text, xLabel: text, yLabel: text, columns: [text], rows: [text], counts: [[1]],
                isNormalized: false)
        ])
        charts.append(chart)
        chart.content = .pictures([Picture(caption: text, mediaType: text, bytes: [1])])
        charts.append(chart)
        var block = PageBlock(title: text)
        block.lines = [text]
        block.problems = [text]
        block.grid = PageBlock.Grid(
            [text],
            rows: [
                [.text(text), .code(text), .number(text), .good(text), .bad(text), .soft(text)],
                [.change(old: text, new: text)],
            ])
        let html = ChartPage(title: text, lead: text, blocks: [block], charts: charts).html
        #expect(!html.contains("<script>alert") && !html.contains("<img src=x") && !html.contains("alert('1')"))
        #expect(html.split(separator: "<script").count == 2)
        #expect(!html.utf8.contains(0))
    }

    @Test("the page loads nothing, and its policy allows only its own style and script")
    func policy() {
        let html = page(.pictures([Picture(caption: "c", mediaType: "image/png", bytes: [1, 2, 3])]))
        #expect(html.contains("default-src &#39;none&#39;") && html.contains("src=\"data:image/png;base64,AQID\""))
        #expect(!html.contains("http://") && !html.contains("https://") && !html.contains(" style="))
        #expect(!html.contains("unsafe-inline"))
    }

    @Test("a table has a cell for each of the data, and tells how many rows it leaves out")
    func grid() {
        var block = PageBlock(title: "Rows")
        block.grid = PageBlock.Grid(
            ["a", "b"], rows: (0..<1003).map { [.number("\($0)"), .change(old: "x", new: "y")] })
        let html = ChartPage(title: "t", lead: "", blocks: [block], charts: []).html
        #expect(html.split(separator: "<tr>").count == 1 + 1 + 1000)
        #expect(html.contains("<td class=\"number\">999</td><td class=\"changed\"><del>x</del> <ins>y</ins></td>"))
        #expect(!html.contains(">1000<") && html.contains("… and 3 more"))
    }

    @Test("a page of one's own gets the charts where it says, and is refused where it doesn't")
    func template() {
        let page = ChartPage(title: "t", lead: "", charts: [Chart(title: "{scripts}", content: .nothing)])
        let html = page.html(in: "<head>{scripts}</head><b>{plot_divs}</b>{refresh_tag}")
        #expect(html?.hasPrefix("<head><style>") == true)
        #expect(html?.contains("<h2>{scripts}</h2>") == true && html?.contains("{refresh_tag}") == false)
        #expect(page.html(in: "<html></html>") == nil)
    }

    @Test("smoothing keeps a straight line and takes noise away")
    func smoothing() {
        let line = (0..<50).map { Point(x: Double($0), y: 2 * Double($0) + 1) }
        for (point, smooth) in zip(line, Smoothing.loess(line)) { #expect(abs(point.y - smooth.y) < 1e-6) }
        let noise = (0..<50).map { Point(x: Double($0), y: $0 % 2 == 0 ? 1 : -1) }
        #expect(Smoothing.loess(noise).allSatisfy { abs($0.y) < 0.5 })
        let upright = (0..<9).map { Point(x: 1, y: Double($0)) }
        #expect(Smoothing.loess(upright).allSatisfy { $0.y.isFinite })
    }
}
