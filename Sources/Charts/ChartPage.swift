import Hashing

/// A page of charts, and of words about them, that needs nothing but itself.
package struct ChartPage: Sendable {
    package var title: String
    /// A line below the title.
    package var lead: String
    /// What stands before the charts.
    package var blocks: [PageBlock]
    package var charts: [Chart]

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
        page.raw("</header>\n<main>\n")
        for block in blocks { block.write(into: &page) }
        page.raw(sections)
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
            section.element("p", [("class", "tip")], text: hint.isEmpty ? "Point at the plot for values." : hint)
            legend(plane.series.map { ($0.name, $0.color, $0.style) }, hasLines: hasLines, &section)
        case .bars(let bars):
            section.raw(BarDrawing(bars: bars).svg(label: chart.title))
            legend(bars.series.map { ($0.name, $0.color, 1) }, hasLines: false, &section)
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

    private func legend(_ series: [(name: String, color: Int, style: Int)], hasLines: Bool, _ section: inout Markup) {
        section.element("div", [("class", "legend")]) { legend in
            for item in series {
                let look = "key c\(item.color % Palette.count) d\(item.style % Palette.dashes)"
                legend.element("button", [("type", "button"), ("aria-pressed", "true")]) { button in
                    button.element("svg", [("viewBox", "0 0 26 12"), ("aria-hidden", "true")]) { svg in
                        svg.element("g", [("class", look)]) { sign in
                            sign.element(
                                "path",
                                hasLines
                                    ? [("class", "line"), ("d", "M1 6H25")] : [("d", Palette.mark(item.style, 13, 6))])
                        }
                    }
                    button.element("span", text: item.name)
                }
            }
        }
    }
}
