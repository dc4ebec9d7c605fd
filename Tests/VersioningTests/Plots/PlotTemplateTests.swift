import Documents
import Testing

@testable import Versioning

@Suite("Templates of plots") struct PlotTemplateTests {
    @Test("are named in DVC's order, and each has a place for its data")
    func names() {
        #expect(
            PlotTemplate.builtIn.map(\.name) == [
                "simple", "linear", "confusion", "confusion_normalized", "scatter", "scatter_jitter", "smooth",
                "bar_horizontal_sorted", "bar_horizontal",
            ])
        #expect(PlotTemplate.builtIn.allSatisfy { $0.hasAnchor("data") && $0.hasAnchor("title") })
    }

    @Test("take texts into texts, other values whole, and lists only whole")
    func filling() {
        var template = PlotTemplate(
            name: "t",
            content: Mapping([
                ("a", "of <DVC_METRIC_X> and <DVC_METRIC_X>"), ("b", ["in <DVC_METRIC_X>", "<DVC_METRIC_X>"]),
                ("c", "<DVC_METRIC_COLOR>"), ("d", "my <DVC_METRIC_COLOR>"),
            ]))
        template.fill("x", "step")
        template.fill("color", ["field": "rev"])
        let expected: Value = [
            "a": "of step and step", "b": ["in <DVC_METRIC_X>", "step"], "c": ["field": "rev"],
            "d": "my <DVC_METRIC_COLOR>",
        ]
        #expect(.mapping(template.content) == expected)
    }

    @Test("of one column tell revisions apart, of several also the columns")
    func columns() throws {
        let document: Value = [["loss": 1, "acc": 2], ["loss": 3, "acc": 4]]
        let found = try PlotDatapoints(
            id: "p", properties: Mapping([("y", ["a.csv": "loss", "b.csv": "acc"])]),
            sources: [("a.csv", document), ("b.csv", document)], revision: "v1")
        let rows = try #require(found).rows
        func chart(_ fields: [PlotField]) throws -> Mapping {
            let axes = PlotAxes(x: "step", y: fields[0].name, xLabel: "x", yLabel: "y", definitions: fields)
            let template = try #require(PlotTemplate.builtIn(named: "simple"))
            return try PlotChart(
                rows: rows, axes: axes, title: "T", revisions: ["v1"], template: template, sources: []
            ).filled()
        }
        let loss = PlotField(file: "a.csv", name: "loss")
        let one = try chart([loss])["encoding"]?.mapping
        #expect(one?["strokeDash"] == [:] && one?["color"]?.mapping?["field"] == "rev")
        let two = try chart([loss, PlotField(file: "b.csv", name: "acc")])
        #expect(two["encoding"]?.mapping?["strokeDash"]?.mapping?["field"] == "filename::field")
        #expect(two["data"]?.mapping?["values"]?.array?.first?.mapping?["filename::field"] == "a.csv::loss")
    }

    @Test("are told from regular expressions of targets by their characters")
    func targets() throws {
        #expect(try PlotTarget("a.b").matches("aXb/c") && !PlotTarget("a.b").matches("ab"))
        #expect(try PlotTarget("^l(oss|r)$").matches("lr") && !PlotTarget("^l(oss|r)$").matches("lrs"))
        #expect(throws: PlotFailure("error", "nothing to repeat at position 0")) { try PlotTarget("*.csv") }
        #expect(throws: PlotFailure.self) { try PlotTarget("a(") }
    }
}
