import Hashing

/// A page of charts, and of words about them, that needs nothing but itself.
package struct ChartPage: Sendable {
    package var title: String
    /// A line below the title.
    package var lead: String
    /// What stands before the charts.
    package var blocks: [PageBlock]
    package var charts: [Chart]
    /// What stands behind the charts.
    package var appendix: [PageBlock] = []
    /// Whether a line of links leads to the charts.
    package var hasContents = false

    package init(title: String, lead: String, blocks: [PageBlock] = [], charts: [Chart] = []) {
        self.title = title
        self.lead = lead
        self.blocks = blocks
        self.charts = charts
    }

    package var html: String {
        var page = Markup()
        page.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        page.void("meta", [("http-equiv", "Content-Security-Policy"), ("content", PageAssets.policy)])
        page.raw("\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        page.element("title", text: title)
        page.raw("\n<style>\(PageAssets.style)</style>\n</head>\n<body>\n<header>")
        page.element("h1", text: title)
        page.element("p", [("class", "lead")], text: lead)
        if hasContents, charts.count > 1 { writeContents(into: &page) }
        page.raw("</header>\n<main>\n")
        for block in blocks { block.write(into: &page) }
        page.raw(sections)
        for block in appendix { block.write(into: &page) }
        page.raw("</main>\n<footer>Drawn by varve. This page works without a network.</footer>\n")
        page.raw("<script>\(PageAssets.script)</script>\n</body>\n</html>\n")
        return page.text
    }

    /// A person's own page with the charts in it: `{plot_divs}` stands for them, `{scripts}` for what they need.
    ///
    /// - Returns: `nil` where the page has no place for charts.
    package func html(in template: String) -> String? {
        guard template.contains("{plot_divs}") else { return nil }
        let hasScripts = template.contains("{scripts}")
        let style = "<style>\(PageAssets.style)</style>"
        // The script needs the charts to be there, which `{scripts}` in the head comes before.
        let divs = (hasScripts ? "" : style) + sections + "<script>\(PageAssets.script)</script>"
        return template.replacing("{scripts}", with: style).replacing("{refresh_tag}", with: "")
            .replacing("{plot_divs}", with: divs)
    }

    private func writeContents(into page: inout Markup) {
        page.element("nav", [("aria-label", "Charts")]) { nav in
            for (number, chart) in charts.enumerated() {
                nav.element("a", [("href", "#plot-\(number + 1)")], text: chart.title)
                nav.raw(" ")
            }
        }
    }

    private var sections: String {
        var markup = Markup()
        for (number, chart) in charts.enumerated() {
            markup.element("section", [("class", "chart"), ("id", "plot-\(number + 1)")]) { section in
                section.element("h2", text: chart.title)
                for source in chart.sources { section.element("p", [("class", "from")], text: source) }
                for problem in chart.problems { section.element("p", [("class", "problem")], text: problem) }
                draw(chart, &section)
            }
            markup.raw("\n")
        }
        return markup.text
    }

    private func draw(_ chart: Chart, _ section: inout Markup) {
        switch chart.content {
        case .lines(let plane), .points(let plane):
            let hasLines = if case .lines = chart.content { true } else { false }
            section.raw(PlaneDrawing(plane, hasLines: hasLines).svg(label: chart.title))
            let hint = plane.isSmoothed ? "The strong lines are smoothed; the faint ones are the data." : ""
            section.element("p", [("class", "tip")], text: hint.isEmpty ? Self.hint : hint)
            legend(
                plane.legend.compactMap { entry in
                    guard let first = entry.series.first else { return nil }
                    let series = plane.series[first]
                    return Key(
                        name: entry.name, color: series.color, style: series.style, series: entry.series,
                        isLine: series.isLine ?? hasLines)
                }, &section)
        case .bars(let bars):
            section.raw(BarDrawing(bars: bars).svg(label: chart.title))
            legend(
                bars.series.enumerated().map { Key(name: $1.name, color: $1.color, style: 1, series: [$0]) }, &section)
        case .clouds(let clouds, let ramp): draw(clouds, ramp, chart.title, &section)
        case .parallel(let axes):
            let colors = RampScale(axes.ramp, axes.strands.lazy.map(\.value))
            section.raw(RampDrawing(colors: colors).svg())
            section.element("div", [("class", "scroll"), ("tabindex", "0")]) { frame in
                frame.raw(ParallelDrawing(axes, colors).svg(label: chart.title))
            }
            let hint = "Point at a line for its values. Draw along an axis to see the lines that pass there."
            section.element("p", [("class", "tip")], text: hint)
        case .timeline(let timeline):
            section.raw(TimelineDrawing(timeline: timeline).svg(label: chart.title))
            section.element("p", [("class", "tip")], text: Self.hint)
            legend(
                timeline.presentKinds.enumerated().map { place, kind in
                    Key(name: timeline.kinds[kind], color: kind, style: 1, series: [place])
                }, &section)
        case .matrices(let matrices):
            section.element("div", [("class", "panels")]) { panels in
                for matrix in matrices {
                    panels.element("figure") { figure in
                        figure.element("figcaption", text: matrix.name)
                        figure.raw(MatrixDrawing(matrix: matrix).svg(label: "\(chart.title), \(matrix.name)"))
                    }
                }
            }
        case .pictures(let pictures):
            section.element("div", [("class", "panels")]) { panels in
                for picture in pictures {
                    panels.element("figure") { figure in
                        figure.element("figcaption", text: picture.caption)
                        let data = "data:\(picture.mediaType);base64,\(Base64.encode(picture.bytes))"
                        figure.void("img", [("alt", picture.caption), ("src", data)])
                    }
                }
            }
        case .nothing:
            section.element("p", [("class", "from")], text: "There is nothing to draw.")
        }
    }

    private static let hint = "Point at the plot for values."

    private func draw(_ clouds: [Cloud], _ ramp: Ramp, _ title: String, _ section: inout Markup) {
        let colors = RampScale(ramp, clouds.lazy.flatMap(\.spots).map(\.value))
        section.raw(RampDrawing(colors: colors).svg())
        section.element("div", [("class", clouds.count > 1 ? "panels" : "")]) { panels in
            for cloud in clouds {
                panels.element("figure", [("class", clouds.count > 1 ? "small" : "")]) { figure in
                    if !cloud.title.isEmpty, clouds.count > 1 { figure.element("figcaption", text: cloud.title) }
                    let drawing = CloudDrawing(cloud, colors, isSmall: clouds.count > 1)
                    figure.raw(drawing.svg(label: "\(title), \(cloud.title)"))
                }
            }
        }
        section.element("p", [("class", "tip")], text: Self.hint)
    }

    /// An entry of a legend: the series that it shows and hides.
    private struct Key {
        var name: String
        var color: Int
        var style: Int
        var series: [Int]
        var isLine = false
    }

    private func legend(_ keys: [Key], _ section: inout Markup) {
        section.element("div", [("class", "legend")]) { legend in
            for key in keys {
                let look = "key c\(key.color % Palette.count) d\(key.style % Palette.dashes)"
                let series = key.series.map(String.init).joined(separator: " ")
                let state = [("type", "button"), ("aria-pressed", "true"), ("data-series", series)]
                legend.element("button", state) { button in
                    button.element("svg", [("viewBox", "0 0 26 12"), ("aria-hidden", "true")]) { svg in
                        svg.element("g", [("class", look)]) { sign in
                            sign.element(
                                "path",
                                key.isLine
                                    ? [("class", "line"), ("d", "M1 6H25")] : [("d", Palette.mark(key.style, 13, 6))])
                        }
                    }
                    button.element("span", text: key.name)
                }
            }
        }
    }
}
