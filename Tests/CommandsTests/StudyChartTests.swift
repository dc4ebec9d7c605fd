import Basics
import Charts
import Documents
import Testing
import Tuning

@testable import Commands

@Suite("A study as charts") struct StudyChartTests {
    private static let hostile = "<script>alert(1)</script>"

    private func settings(_ objectives: [Objective]) throws -> StudySettings {
        StudySettings(
            objectives: objectives,
            space: try SearchSpace([
                Parameter("x", .float(try FloatRange(0, 1))),
                Parameter("lr", .float(try FloatRange(1e-5, 0.1, log: true))),
                Parameter("kind \(Self.hostile)", try .choices([.string(Self.hostile), "plain"])),
                Parameter("momentum", .float(try FloatRange(0, 1)), when: try Expression("x > 0.5")),
                Parameter("fixed", .int(try IntRange(3, 3))),
            ]), trials: 50)
    }

    /// Trials of all states; what is conditional is missing in some.
    private func record(_ count: Int, _ settings: StudySettings) -> StudyRecord {
        var record = StudyRecord(id: 0, name: "s \(Self.hostile)", directions: settings.directions)
        for number in 0..<count {
            let x = Double(number * 7 % 11) / 10
            let kinds: [(String, Double?)] = [
                ("x", x), ("lr", 1e-4), ("kind \(Self.hostile)", Double(number % 2)), ("momentum", x > 0.5 ? x : nil),
                ("fixed", 3),
            ]
            var trial = Trial(
                id: number, number: number, state: [.complete, .complete, .complete, .pruned, .failed][number % 5],
                settings: kinds.compactMap { name, inside in
                    guard let inside, let parameter = settings.space[name] else { return nil }
                    return Trial.Setting(name: name, inside: inside, distribution: parameter.distribution)
                },
                startedAt: Timestamp.text(1_000_000 + Double(number) * 10),
                finishedAt: Timestamp.text(1_000_015 + Double(number) * 10))
            if trial.state == .complete {
                let value = number == 5 ? .infinity : number == 6 ? .nan : x * 3 + Double(number) * 0.01
                trial.values = settings.objectives.indices.map { $0 == 0 ? value : 10 - value }
            }
            trial.report(x, at: 1)
            trial.report(.nan, at: 2)
            record.trials.append(trial)
        }
        return record
    }

    @Test(
        "no study breaks its page, and nothing in it becomes markup",
        arguments: [(0, 1), (1, 1), (1, 2), (3, 1), (3, 3), (40, 1), (40, 2), (40, 3), (200, 1)])
    func pages(_ count: Int, _ objectives: Int) throws {
        let settings = try settings(
            (0..<objectives).map { Objective("m\($0)", $0 == 1 ? .maximize : .minimize) })
        let study = try ChartedStudy(record(count, settings), settings)
        let page = StudyPage(study)
        #expect(page.page.html.split(separator: "<script>", omittingEmptySubsequences: false).count == 2)
        let drawing = TextDrawing(width: 80)
        for chart in page.charts { #expect(drawing.lines(of: chart).allSatisfy { $0.count < 300 }) }
        if count == 40 {
            #expect(page.charts.count >= 8)
            #expect(page.charts.contains { $0.problems.contains("2 trials whose value is no finite number left out.") })
        }
    }

    @Test("pruned and failed trials, and parameters without a choice, are no part of parallel coordinates")
    func parallel() throws {
        let settings = try settings([Objective("loss")])
        let study = try ChartedStudy(record(40, settings), settings)
        let chart = try #require(StudyChart.parallel.charts(of: study).first)
        guard case .parallel(let axes) = chart.content else {
            Issue.record("no parallel axes")
            return
        }
        #expect(axes.strands.count == study.complete.count && study.complete.count == 22)
        #expect(axes.axes.first?.label == "loss" && !axes.axes.contains { $0.label == "fixed" })
        let place = try #require(axes.axes.firstIndex { $0.label == "momentum" })
        let without = axes.strands.count { $0.values[place] == nil }
        #expect(without == study.complete.count { $0["momentum"] == nil } && without > 0)
        #expect(axes.strands.filter(\.isMarked).map(\.name) == study.best.map { "trial \($0)" })
    }

    @Test("the distribution steps up at each value, and twice as far where two are the same")
    func distribution() {
        let points = DistributionChart.steps([3, 1, 2, 2])
        #expect(
            points == [
                Point(x: 1, y: 0), Point(x: 1, y: 0.25), Point(x: 2, y: 0.25), Point(x: 2, y: 0.75),
                Point(x: 3, y: 0.75), Point(x: 3, y: 1),
            ])
    }

    @Test("the hypervolume never falls, and ends with that of the front")
    func hypervolume() throws {
        let settings = try settings([Objective("a"), Objective("b", .maximize)])
        var record = StudyRecord(id: 0, name: "s", directions: settings.directions)
        for (number, values) in [[4.0, 0.0], [3, 1], [2, 1], [3.5, 0.5], [1, 0]].enumerated() {
            record.trials.append(Trial(id: number, number: number, state: .complete, values: values))
        }
        let chart = try #require(StudyChart.hypervolume.charts(of: try ChartedStudy(record, settings)).first)
        guard case .lines(let plane) = chart.content else {
            Issue.record("no lines")
            return
        }
        let heights = plane.series[0].points.map(\.y)
        #expect(heights == heights.sorted())
        // As far as (4, 0): the box of (2, 1) has room 2, the last trial adds nothing above 0.
        #expect(heights.first == 0 && heights.last == 2)
    }

    @Test("charts are chosen by name, and what is not there is told with what is")
    func names() throws {
        #expect(try StudyChart.named(["history, contour", "edf", "history"]) == [.history, .contour, .edf])
        #expect(try StudyChart.named([]) == nil)
        let wrong = #expect(throws: Failure.self) { try StudyChart.named(["history,pie"]) }
        #expect(wrong?.summary == "there is no chart 'pie'" && wrong?.remedy?.contains("parallel, contour") == true)
        let settings = try settings([Objective("loss")])
        let record = record(40, settings)
        #expect(throws: Failure.self) { try ChartedStudy(record, settings, parameters: ["y"]) }
        let study = try ChartedStudy(record, settings, parameters: ["lr", "x"])
        guard case .clouds(let clouds, _)? = StudyChart.contour.charts(of: study).first?.content else {
            Issue.record("no contour")
            return
        }
        #expect(clouds.map(\.title) == ["lr, x"])
        #expect(StudyChart.front.charts(of: study).isEmpty)
        #expect(StudyChart.front.absence(in: study).contains("one objective"))
    }
}
