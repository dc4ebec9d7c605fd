import Testing

@testable import Charts

@Suite("Clouds of points with colors") struct CloudTests {
    private func field(_ count: Int, _ value: (Double, Double) -> Double) -> Field {
        // Points that fill the square evenly, and are no grid.
        let samples = (0..<count).map { place -> Field.Sample in
            let x = (Double(place) + 0.5) / Double(count)
            let turn = Double(place) * 0.618_033_988_749_895
            let y = turn - turn.rounded(.down)
            return Field.Sample(x: x, y: y, value: value(x, y))
        }
        return Field(samples, columns: 21, rows: 17)
    }

    @Test("between points that lie on a plane lies that plane", arguments: [(0.0, 0.0), (3.0, -2.0), (-1e6, 1e6)])
    func plane(_ slope: (x: Double, y: Double)) throws {
        func value(_ x: Double, _ y: Double) -> Double { 5 + slope.x * x + slope.y * y }
        let field = field(200, value)
        for row in 3..<14 {
            for column in 3..<18 {
                let x = Double(column) / 20
                let y = Double(row) / 16
                let found = try #require(field[row, column])
                #expect(abs(found - value(x, y)) <= 1e-9 * (1 + abs(slope.x) + abs(slope.y)), "\(row) \(column)")
            }
        }
    }

    @Test("there is nothing where nobody has looked, and nothing better than what was found")
    func bounds() throws {
        let field = Field(
            [.init(x: 0.1, y: 0.1, value: 0), .init(x: 0.15, y: 0.1, value: 1)], columns: 21, rows: 21)
        #expect(field[20, 20] == nil)
        let known = (0..<21).flatMap { row in (0..<21).compactMap { field[row, $0] } }
        #expect(!known.isEmpty && known.allSatisfy { (0...1).contains($0) })
    }

    @Test("points count for their own name alone")
    func names() throws {
        let samples = [Field.Sample(x: 0.25, y: 0.5, value: 1), Field.Sample(x: 0.75, y: 0.5, value: 9)]
        let field = Field(samples, columns: 9, rows: 3, xNames: 2)
        #expect(field.columns == 2 && field[1, 0] == 1 && field[1, 1] == 9)
    }

    @Test("an outline passes where the field has the number that it is drawn for")
    func outline() throws {
        let field = field(300) { x, _ in x }
        let outline = FieldOutline(field: field, x: { Double($0) * 10 }, y: { Double($0) * 10 })
        // Left of a half nothing is as strong; cells in the middle are cut where x is 100.
        let path = outline.path(atLeast: 0.5)
        let places = path.split { "MLHVZ".contains($0) }.map { $0.split(separator: " ").compactMap { Double($0) } }
        let inner = places.filter { $0.count == 2 && (40...120).contains($0[1]) }.map { $0[0] }
        let least = try #require(inner.min())
        #expect(abs(least - 100) < 0.5)
        #expect(outline.path(atLeast: 2).isEmpty)
    }

    @Test("the better a number is, the stronger its color, be that small or large")
    func ramp() {
        let loss = RampScale(Ramp(Axis("loss"), isReversed: true), [0, 10])
        #expect(loss.step(0) == Ramp.count - 1 && loss.step(10) == 0)
        let score = RampScale(Ramp(Axis("score", isLog: true)), [1e-4, 1])
        #expect(score.step(1e-4) == 0 && score.step(1) == Ramp.count - 1)
        #expect(score.strength(0.01).map { abs($0 - 0.5) < 1e-9 } == true)
        #expect(score.step(0) == nil && score.step(-1) == nil && score.step(.nan) == nil)
    }

    @Test("an axis of logarithms has powers of ten, each as far from the last")
    func logarithms() {
        let scale = Axis("lr", isLog: true, covered: [1e-5, 0.1]).scale([], from: 0, to: 400, count: 8)
        #expect(scale.ticks.map(\.text) == ["1e-5", "1e-4", "0.001", "0.01", "0.1"])
        #expect(scale.ticks.map { scale.position($0.value).rounded() } == [0, 100, 200, 300, 400])
        var steps = Axis("step")
        steps.isWhole = true
        #expect(steps.scale([0, 2], from: 0, to: 1, count: 8).ticks.map(\.text) == ["0", "1", "2"])
        let narrow = Axis("n", isLog: true).scale([30, 34], from: 0, to: 1, count: 4)
        #expect(narrow.lower > 0 && narrow.ticks.count > 2)
        #expect((0.0...1).contains(narrow.position(32)))
    }

    @Test("names by strangers do not become markup")
    func hostile() {
        let hostile = "</title><script>alert(1)</script>&\"'"
        let axis = Axis(hostile, categories: [hostile, "b"])
        let spots = [
            Cloud.Spot(name: hostile, x: 0, y: 0, value: 1, isMarked: true),
            Cloud.Spot(name: "b", x: 1, y: 1, value: 2),
        ]
        let ramp = Ramp(Axis(hostile), meaning: hostile)
        let strand = ParallelAxes.Strand(name: hostile, values: [0, nil], value: 1, isMarked: true)
        let contents: [Chart.Content] = [
            .clouds(
                [Cloud(title: hostile, x: axis, y: axis, spots: spots, isFilled: true)], ramp),
            .clouds(
                [Bool](repeating: true, count: 2).map {
                    Cloud(title: hostile, x: axis, y: Axis(hostile), spots: spots, isFilled: $0)
                }, ramp),
            .parallel(ParallelAxes(axes: [axis, Axis(hostile)], strands: [strand], ramp: ramp)),
            .timeline(
                Timeline(
                    xLabel: hostile, laneLabel: hostile,
                    spans: [.init(name: hostile, start: 0, end: 1, kind: 0)], kinds: [hostile])),
        ]
        for content in contents {
            let page = ChartPage(title: hostile, lead: "", charts: [Chart(title: hostile, content: content)])
            #expect(page.html.components(of: "<script>") == 1)
            #expect(page.html.components(of: "alert(1)</title>") == 0)
        }
    }

    @Test("no shape of data breaks the drawing", arguments: [30, 80])
    func extremes(_ width: Int) {
        let values: [Double] = [.nan, .infinity, -.infinity, 0, -1, 3, 1e308, -1e308, .leastNonzeroMagnitude]
        let spots = values.flatMap { x in
            values.map { Cloud.Spot(name: "", x: x, y: $0, value: x, isMarked: x == 3) }
        }
        var contents: [Chart.Content] = []
        for isLog in [false, true] {
            for categories in [[], ["a", "b", "c", "d"]] {
                let axis = Axis("x", categories: categories, isLog: isLog)
                for shown in [spots, [], Array(spots.suffix(1))] {
                    let cloud = Cloud(title: "", x: axis, y: Axis("y", isLog: isLog), spots: shown, isFilled: true)
                    contents.append(.clouds([cloud], Ramp(axis)))
                }
                let strands = values.map { ParallelAxes.Strand(name: "", values: [$0, nil], value: $0) }
                contents.append(.parallel(ParallelAxes(axes: [axis, axis], strands: strands, ramp: Ramp(axis))))
                contents.append(.parallel(ParallelAxes(axes: [axis], strands: strands, ramp: Ramp(axis))))
            }
        }
        contents.append(.parallel(ParallelAxes(axes: [], strands: [], ramp: Ramp(Axis("")))))
        let spans = values.flatMap { start in
            values.map { Timeline.Span(name: "", start: start, end: $0, kind: 9) }
        }
        contents.append(.timeline(Timeline(xLabel: "", laneLabel: "", spans: spans, kinds: ["one"])))
        for content in contents {
            let chart = Chart(title: "", content: content)
            #expect(!ChartPage(title: "", lead: "", charts: [chart]).html.contains("nan"))
            #expect(TextDrawing(width: width).lines(of: chart).count > 1)
        }
    }
}

extension String {
    fileprivate func components(of part: String) -> Int {
        split(separator: part, omittingEmptySubsequences: false).count - 1
    }
}
