package import Charts
import Documents
import FileSystem

extension PlotsReport {
    /// The plots as pictures, images last and those of one folder in the order of their numbers.
    package var charts: [Chart] {
        let drawn = plots.map { ($0, $0.drawing) }
        let pictures = drawn.filter { $0.0.isImage }.sorted { PictureOrder($0.0.id) < PictureOrder($1.0.id) }
        return (drawn.filter { !$0.0.isImage } + pictures).map(\.1)
    }
}

/// By folder, then by number where names are numbers, as training runs save a picture for each step.
private struct PictureOrder: Comparable {
    let folder: String
    let number: Int
    let name: String

    init(_ path: String) {
        folder = Paths.parent(path)
        name = Paths.name(path)
        number = Int(name.prefix { $0 != "." }) ?? -1
    }

    static func < (left: Self, right: Self) -> Bool {
        (left.folder, left.number, left.name) < (right.folder, right.number, right.name)
    }
}

extension Plot {
    var isImage: Bool { if case .images = content { true } else { false } }

    fileprivate var drawing: Chart {
        var problems = sourceFailures.map { "\($0.revision): \($0.failure.message)" }
        problems += failures.map { "\($0.revision): \($0.failure.message)" }
        switch content {
        case .images(let images):
            let pictures = images.map { image in
                Picture(
                    caption: "\(image.revision) · \(image.path)", mediaType: Self.mediaType(of: image.path),
                    bytes: image.bytes)
            }
            return Chart(title: id, content: pictures.isEmpty ? .nothing : .pictures(pictures), problems: problems)
        case .chart(let chart):
            var sources = [chart.sources.joined(separator: ", ")]
            if !chart.revisions.isEmpty { sources[0] += " · " + chart.revisions.joined(separator: ", ") }
            if chart.title != id { sources.insert(id, at: 0) }
            return Chart(title: chart.title, content: chart.content, sources: sources, problems: problems)
        }
    }

    private static func mediaType(of path: String) -> String {
        switch PlotSource.fileExtension(of: path) {
        case ".png": "image/png"
        case ".gif": "image/gif"
        case ".svg": "image/svg+xml"
        default: "image/jpeg"
        }
    }
}

extension PlotChart {
    /// What the template draws: its own mark where it has one, and lines otherwise.
    fileprivate var content: Chart.Content {
        guard let axes else { return .nothing }
        let look = TemplateLook(template)
        switch look.mark {
        case .bar: return .bars(bars(axes, isHorizontal: look.isHorizontal))
        case .matrix: return .matrices(matrices(axes))
        case .point: return .points(plane(axes, sortsCategories: true, jitters: look.jitters))
        case .line:
            var plane = plane(axes, sortsCategories: false, jitters: false)
            plane.isSmoothed = template.name == "smooth"
            return .lines(plane)
        }
    }

    /// Rows that belong together: of one revision and one column.
    private func groups(_ axes: PlotAxes) -> [(name: String, color: Int, style: Int, rows: [Mapping])] {
        let files = axes.definitions.contains { !$0.file.hasSameBytes(as: axes.definitions[0].file) }
        let fields = axes.definitions.contains { !$0.name.hasSameBytes(as: axes.definitions[0].name) }
        struct Key: Hashable { let revision, file, field: RelativePath }
        var members: [Key: [Mapping]] = [:]
        for row in rows {
            let key = Key(
                revision: RelativePath(row[PlotAxes.revision]?.string ?? ""),
                file: RelativePath(row[PlotAxes.file]?.string ?? ""),
                field: RelativePath(row[PlotAxes.field]?.string ?? ""))
            members[key, default: []].append(row)
        }
        return revisions.enumerated().flatMap { color, revision in
            axes.definitions.enumerated().compactMap { style, definition in
                let key = Key(
                    revision: RelativePath(revision), file: RelativePath(definition.file),
                    field: RelativePath(definition.name))
                guard let rows = members[key] else { return nil }
                let name = [revision] + (files ? [definition.file] : []) + (fields ? [definition.name] : [])
                return (name.joined(separator: " · "), color, style, rows)
            }
        }
    }

    private func plane(_ axes: PlotAxes, sortsCategories: Bool, jitters: Bool) -> Plane {
        let x = AxisValues(rows, axes.x, sorted: sortsCategories)
        let y = AxisValues(rows, axes.y, sorted: sortsCategories)
        var plane = Plane(xLabel: axes.xLabel, yLabel: axes.yLabel, series: [])
        plane.xCategories = x.categories
        plane.yCategories = y.categories
        for group in groups(axes) {
            var points: [Point] = []
            for (number, row) in group.rows.enumerated() {
                guard var px = x.number(row), var py = y.number(row) else { continue }
                if jitters {
                    // The same page for the same data: spread by the golden ratio, not by chance.
                    let spread = (Double(number) * 0.618_033_988_75).truncatingRemainder(dividingBy: 1) - 0.5
                    let other = (Double(number) * 0.754_877_666_2).truncatingRemainder(dividingBy: 1) - 0.5
                    if !x.categories.isEmpty { px += spread * 0.6 }
                    if !y.categories.isEmpty { py += other * 0.6 }
                }
                points.append(Point(x: px, y: py))
            }
            plane.series.append(Series(name: group.name, color: group.color, style: group.style, points: points))
        }
        return plane
    }

    private func bars(_ axes: PlotAxes, isHorizontal: Bool) -> Bars {
        let (category, value) = isHorizontal ? (axes.y, axes.x) : (axes.x, axes.y)
        var names = AxisValues.names(rows, category)
        func total(_ rows: [Mapping], _ name: String) -> Double? {
            let values = rows.filter { $0[category]?.label.hasSameBytes(as: name) == true }
                .compactMap { $0[value]?.axisNumber }
            return values.isEmpty ? nil : values.reduce(0, +)
        }
        if template.name == "bar_horizontal_sorted" {
            let sums = Dictionary(names.map { (RelativePath($0), total(rows, $0) ?? 0) }, uniquingKeysWith: { $1 })
            names = names.enumerated().sorted { left, right in
                let (a, b) = (sums[RelativePath(left.element)] ?? 0, sums[RelativePath(right.element)] ?? 0)
                return a == b ? left.offset < right.offset : a > b
            }.map(\.element)
        } else {
            names.sort { $0.precedesInBytes($1) }
        }
        let series = groups(axes).map { group in
            Bars.Row(name: group.name, color: group.color, values: names.map { total(group.rows, $0) })
        }
        return Bars(
            categories: names, categoryLabel: isHorizontal ? axes.yLabel : axes.xLabel,
            valueLabel: isHorizontal ? axes.xLabel : axes.yLabel, isHorizontal: isHorizontal, series: series)
    }

    private func matrices(_ axes: PlotAxes) -> [Matrix] {
        groups(axes).map { group in
            let columns = AxisValues.names(group.rows, axes.x, sorted: true)
            let names = AxisValues.names(group.rows, axes.y, sorted: true)
            let column = Dictionary(
                columns.enumerated().map { (RelativePath($0.element), $0.offset) }, uniquingKeysWith: { $1 })
            let row = Dictionary(
                names.enumerated().map { (RelativePath($0.element), $0.offset) }, uniquingKeysWith: { $1 })
            var counts = [[Int]](repeating: [Int](repeating: 0, count: columns.count), count: names.count)
            for item in group.rows {
                guard let x = item[axes.x].flatMap({ column[RelativePath($0.label)] }),
                    let y = item[axes.y].flatMap({ row[RelativePath($0.label)] })
                else { continue }
                counts[y][x] += 1
            }
            return Matrix(
                name: group.name, xLabel: axes.xLabel, yLabel: axes.yLabel, columns: columns, rows: names,
                counts: counts, isNormalized: template.name == "confusion_normalized")
        }
    }
}

/// The values of one column as places on an axis.
private struct AxisValues {
    let field: String
    /// Empty where the column has numbers.
    let categories: [String]
    private let positions: [RelativePath: Int]

    init(_ rows: [Mapping], _ field: String, sorted: Bool) {
        self.field = field
        let isNumeric = rows.allSatisfy { row in
            guard let value = row[field], !value.isNull else { return true }
            return value.axisNumber != nil
        }
        categories = isNumeric ? [] : Self.names(rows, field, sorted: sorted)
        positions = Dictionary(
            categories.enumerated().map { (RelativePath($0.element), $0.offset) }, uniquingKeysWith: { $1 })
    }

    func number(_ row: Mapping) -> Double? {
        guard let value = row[field], !value.isNull else { return nil }
        return categories.isEmpty ? value.axisNumber : positions[RelativePath(value.label)].map(Double.init)
    }

    /// The different values of a column, in the order of their first rows unless sorted.
    static func names(_ rows: [Mapping], _ field: String, sorted: Bool = false) -> [String] {
        var seen: Set<RelativePath> = []
        let names = rows.compactMap { $0[field]?.label }.filter { seen.insert(RelativePath($0)).inserted }
        guard sorted else { return names }
        let numbers = names.map { Double($0) }
        if !numbers.contains(nil) {
            return zip(names, numbers).sorted { ($0.1 ?? 0) < ($1.1 ?? 0) }.map(\.0)
        }
        return names.sorted { $0.precedesInBytes($1) }
    }
}

/// What a template draws, as far as we draw it too.
private struct TemplateLook {
    enum Mark { case line, point, bar, matrix }

    var mark = Mark.line
    var isHorizontal = false
    var jitters = false

    init(_ template: PlotTemplate) {
        let content = template.content
        switch Self.mark(of: content) {
        case "point", "circle", "square", "tick": mark = .point
        case "bar": mark = .bar
        case "rect": mark = .matrix
        default: mark = .line
        }
        let encoding = content["encoding"]?.mapping
        let kind = encoding?["y"]?.mapping?["type"]?.string
        isHorizontal = kind == "nominal" || kind == "ordinal"
        jitters = encoding?["xOffset"] != nil || encoding?["yOffset"] != nil
    }

    /// The first mark on the way down through layers and facets.
    private static func mark(of content: Mapping) -> String? {
        if let mark = content["mark"] { return mark.string ?? mark.mapping?["type"]?.string }
        if let spec = content["spec"]?.mapping { return mark(of: spec) }
        for layer in content["layer"]?.array ?? [] {
            if let found = layer.mapping.flatMap(mark) { return found }
        }
        return nil
    }
}

extension Value {
    /// As a number of an axis; texts that say one count, since all values of CSV files are texts.
    fileprivate var axisNumber: Double? {
        switch self {
        case .int(let value): Double(value)
        case .float(let value): value.isFinite ? value : .nan
        case .bigInt(let text): Double(text)
        case .bool(let value): value ? 1 : 0
        case .string(let text):
            Double(text) ?? Double(text.filter { $0 != " " })
        default: nil
        }
    }

    /// As the name of a category.
    fileprivate var label: String {
        switch self {
        case .string(let text), .date(let text), .bigInt(let text): text
        case .int(let value): "\(value)"
        case .float(let value): PythonFloat.repr(value)
        case .bool(let value): value ? "true" : "false"
        case .null: "null"
        case .array, .mapping: JSON.emitPython(self)
        }
    }
}
