import Basics
package import Documents
import FileSystem

extension PlotChart {
    /// The specification with everything in place; empty where there is nothing to draw.
    package func filled() throws -> Mapping { try fill(splitting: false).template.content }

    /// The specification with anchors left where programs put data and looks of their own, and what belongs there.
    package func split() throws -> (content: Mapping, anchors: Mapping) {
        let filling = try fill(splitting: true)
        return (filling.template.content, filling.anchors)
    }

    private func fill(splitting: Bool) throws -> Filling {
        guard let axes, !rows.isEmpty else {
            return Filling(template: PlotTemplate(name: template.name, content: Mapping()), isSplit: splitting)
        }
        for field in [axes.x, axes.y] where !field.isEmpty && !rows.contains(where: { $0[field] != nil }) {
            throw Failure(
                "unexpected error - Field '\(field)' does not exist in provided data.",
                remedy: "name a column of the data in the definition of '\(title)'", category: .unexpected)
        }
        var filling = Filling(template: template, isSplit: splitting)
        let shown = try filling.putLooks(axes, revisions: revisions, rows: rows)
        filling.put("title", .string(title))
        filling.template.fill("x", .string(PlotTemplate.escaped(axes.x)))
        filling.template.fill("y", .string(PlotTemplate.escaped(axes.y)))
        filling.put("x_label", .string(axes.xLabel))
        filling.put("y_label", .string(axes.yLabel))
        guard splitting || filling.template.hasAnchor("data") else {
            throw Failure(
                "unexpected error - Template '\(template.name)' is not using '\(PlotTemplate.anchor("data"))' anchor",
                remedy: "put \"data\": {\"values\": \"\(PlotTemplate.anchor("data"))\"} into the template",
                category: .unexpected)
        }
        filling.put("data", .array(shown.map(Value.mapping)))
        return filling
    }
}

/// A template on its way to a specification.
private struct Filling {
    var template: PlotTemplate
    let isSplit: Bool
    private(set) var anchors = Mapping()

    init(template: PlotTemplate, isSplit: Bool) {
        self.template = template
        self.isSplit = isSplit
    }

    /// What programs that ask for split specifications fill in themselves.
    private static let splitAnchors: Set<String> = [
        "color", "data", "plot_height", "plot_width", "shape", "stroke_dash", "title", "tooltip", "x_label", "y_label",
        "zoom_and_pan",
    ]
    /// What a template may do without.
    private static let optionalAnchors = [
        "color", "column", "group_by_x", "group_by_y", "group_by", "pivot_field", "plot_height", "plot_width", "row",
        "shape", "stroke_dash", "tooltip", "zoom_and_pan",
    ]
    private static let ranges: [String: [Value]] = [
        "color": ["#945dd6", "#13adc7", "#f46837", "#48bb78", "#4299e1", "#ed8936", "#f56565"],
        "stroke_dash": [[1, 0], [8, 8], [8, 4], [4, 4], [4, 2], [2, 1], [1, 1]],
        "shape": ["circle", "square", "triangle", "diamond"],
    ]
    private static let separator = "::"

    mutating func put(_ name: String, _ value: Value) {
        if isSplit, Self.splitAnchors.contains(name) {
            anchors[PlotTemplate.anchor(name)] = value
        } else {
            template.fill(name, value)
        }
    }

    /// Fills the anchors that depend on how many columns are drawn, and gives the rows with the columns that tell them
    /// apart.
    mutating func putLooks(_ axes: PlotAxes, revisions: [String], rows: [Mapping]) throws -> [Mapping] {
        let present = Self.optionalAnchors.filter(template.hasAnchor)
        if present.isEmpty { return rows }
        func has(_ name: String) -> Bool { present.contains(name) }
        if has("color") { put("color", mapping(of: PlotAxes.revision, "color", revisions)) }
        if has("zoom_and_pan") { put("zoom_and_pan", ["name": "grid", "select": "interval", "bind": "scales"]) }
        if has("plot_height") { put("plot_height", 300) }
        if has("plot_width") { put("plot_width", 300) }

        let varied = axes.definitions.count > 1 ? Self.variedColumns(axes.definitions) : []
        guard axes.definitions.count <= 1 || !varied.isEmpty else {
            throw Failure(
                "unexpected error - list index out of range", remedy: "name each column of a plot once",
                category: .unexpected)
        }
        let series = varied.joined(separator: Self.separator)
        let group = [PlotAxes.revision] + (varied.isEmpty ? [] : [series])
        for (name, fields) in [("group_by", group), ("group_by_x", group + [axes.x]), ("group_by_y", group + [axes.y])]
        where has(name) {
            put(name, .array(fields.map(Value.string)))
        }
        if has("pivot_field") {
            let fields = [PlotAxes.revision] + varied
            put("pivot_field", .string(fields.map { "datum.\($0)" }.joined(separator: " + '\(Self.separator)' + ")))
        }
        for name in ["row", "column"] where has(name) && !varied.isEmpty {
            put(name, ["field": .string(series), "sort": []])
        }
        if has("tooltip") {
            let fields = [PlotAxes.revision, axes.x, axes.y] + (varied.isEmpty ? [] : [series])
            put("tooltip", .array(fields.map { ["field": .string($0)] }))
        }
        let domain = Self.domain(varied, axes.definitions)
        for name in ["stroke_dash", "shape"] where has(name) && !varied.isEmpty {
            put(name, mapping(of: series, name, domain))
        }
        // With one column there is nothing for these to tell.
        if varied.isEmpty {
            for name in ["column", "row", "shape", "stroke_dash"] where has(name) { template.fill(name, [:]) }
        }
        return rows.map { Self.told(apart: $0, by: varied, series) }
    }

    private func mapping(of field: String, _ name: String, _ domain: [String]) -> Value {
        let range = Self.ranges[name] ?? []
        var encoding = Mapping([
            ("field", .string(field)),
            (
                "scale",
                [
                    "domain": .array(domain.map(Value.string)),
                    "range": .array(domain.indices.map { range[$0 % range.count] }),
                ]
            ),
        ])
        if name != "color" {
            encoding["legend"] = ["symbolFillColor": "transparent", "symbolStrokeColor": "grey"]
        }
        return .mapping(encoding)
    }

    private static func variedColumns(_ definitions: [PlotField]) -> [String] {
        let hasFiles = definitions.contains { !$0.file.hasSameBytes(as: definitions[0].file) }
        let hasFields = definitions.contains { !$0.name.hasSameBytes(as: definitions[0].name) }
        return (hasFiles ? [PlotAxes.file] : []) + (hasFields ? [PlotAxes.field] : [])
    }

    private static func domain(_ varied: [String], _ definitions: [PlotField]) -> [String] {
        let names = definitions.map { field in
            if varied.count == 2 { return field.file + separator + field.name }
            return varied == [PlotAxes.file] ? field.file : field.name
        }
        var unique: [String] = []
        for name in names.sorted(by: { $0.precedesInBytes($1) }) where unique.last?.hasSameBytes(as: name) != true {
            unique.append(name)
        }
        return unique
    }

    private static func told(apart row: Mapping, by varied: [String], _ series: String) -> Mapping {
        var row = row
        if varied.count == 2 {
            row[series] = .string(varied.map { row[$0]?.string ?? "" }.joined(separator: separator))
            for name in varied { row[name] = nil }
        } else {
            for name in [PlotAxes.file, PlotAxes.field] where !varied.contains(name) { row[name] = nil }
        }
        return row
    }
}
