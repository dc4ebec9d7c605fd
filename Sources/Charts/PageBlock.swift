/// A part of a page that is made of words: sentences, then a table.
package struct PageBlock: Sendable {
    package var title: String
    /// Sentences, one a line.
    package var lines: [String] = []
    /// What is missing, and why.
    package var problems: [String] = []
    /// Names with what they stand for, shown before the table.
    package var facts: [(name: String, cell: Cell)] = []
    package var grid: Grid?
    /// Whether the reader opens it, as something long that few need.
    package var isFolded = false

    package init(title: String) { self.title = title }

    /// Rows under headings; a page shows a bounded number of them and tells how many more there are.
    package struct Grid: Sendable {
        package var headings: [String]
        package var rows: [[Cell]]

        package init(_ headings: [String], rows: [[Cell]]) {
            self.headings = headings
            self.rows = rows
        }
    }

    /// Something of a row. What it means is always in its words; the looks only help to find it.
    package enum Cell: Sendable, Equatable {
        case text(String)
        /// A name or a value as it is written in a file.
        case code(String)
        /// Numbers stand below one another.
        case number(String)
        case good(String)
        case bad(String)
        /// A word of less weight, such as one for nothing.
        case soft(String)
        /// What was, and what is instead.
        case change(old: String, new: String)
    }

    /// Pages are for reading; who needs more takes the JSON.
    static let longestGrid = 1000

    func write(into page: inout Markup) {
        page.element("section", [("class", "block")]) { section in
            if isFolded {
                section.element("details") { details in
                    details.element("summary") { $0.element("h2", text: title) }
                    writeContent(into: &details)
                }
            } else {
                section.element("h2", text: title)
                writeContent(into: &section)
            }
        }
        page.raw("\n")
    }

    private func writeContent(into section: inout Markup) {
        for line in lines { section.element("p", text: line) }
        for problem in problems { section.element("p", [("class", "problem")], text: problem) }
        if !facts.isEmpty {
            section.element("dl", [("class", "facts")]) { list in
                for fact in facts {
                    list.element("div") { pair in
                        pair.element("dt", text: fact.name)
                        fact.cell.write(as: "dd", into: &pair)
                    }
                }
            }
        }
        if let grid, !grid.rows.isEmpty { grid.write(into: &section) }
    }
}

extension PageBlock.Grid {
    fileprivate func write(into section: inout Markup) {
        // Wide tables scroll by themselves; `tabindex` lets a keyboard do so.
        section.element("div", [("class", "scroll"), ("tabindex", "0")]) { frame in
            frame.element("table") { table in
                table.element("thead") { head in
                    head.element("tr") { row in
                        for heading in headings { row.element("th", [("scope", "col")], text: heading) }
                    }
                }
                table.element("tbody") { body in
                    for cells in rows.prefix(PageBlock.longestGrid) {
                        body.element("tr") { row in
                            for cell in cells { cell.write(into: &row) }
                        }
                        body.raw("\n")
                    }
                }
            }
        }
        let left = rows.count - PageBlock.longestGrid
        if left > 0 { section.element("p", [("class", "from")], text: "… and \(left) more") }
    }
}

extension PageBlock.Cell {
    fileprivate func write(as element: String = "td", into row: inout Markup) {
        switch self {
        case .text(let text): row.element(element, text: text)
        case .code(let text): row.element(element) { $0.element("code", text: text) }
        case .number(let text): row.element(element, [("class", "number")], text: text)
        case .good(let text): row.element(element, [("class", "good")], text: text)
        case .bad(let text): row.element(element, [("class", "bad")], text: text)
        case .soft(let text): row.element(element, [("class", "soft")], text: text)
        case .change(let old, let new):
            row.element(element, [("class", "changed")]) { cell in
                cell.element("del", text: old)
                cell.text(" ")
                cell.element("ins", text: new)
            }
        }
    }
}

extension PageBlock {
    /// Rules that say what blocks look like.
    static let style =
        ":root{" + light + "}@media(prefers-color-scheme:dark){:root{" + dark + "}}"
            + """
            .block p{margin:.2rem 0 .5rem;overflow-wrap:anywhere}
            .scroll{overflow-x:auto;margin-top:.6rem}
            table{border-collapse:collapse;font-size:.9rem}
            th,td{padding:.25rem .75rem .25rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
            th{color:var(--soft);font-weight:600;white-space:nowrap}
            td{max-width:28rem;overflow-wrap:anywhere;white-space:pre-wrap;unicode-bidi:isolate}
            td.number{font-variant-numeric:tabular-nums;white-space:nowrap}
            .facts{display:flex;flex-wrap:wrap;gap:.5rem 2rem;margin:.5rem 0}
            .facts dt{color:var(--soft);font-size:.85rem}
            .facts dd{margin:0;overflow-wrap:anywhere;white-space:pre-wrap;unicode-bidi:isolate}
            .facts dd.good{font-size:1.15rem;font-variant-numeric:tabular-nums}
            summary{cursor:pointer}summary h2{display:inline}
            td.soft,dd.soft{color:var(--soft)}
            td.good,dd.good{color:var(--good);font-weight:600}
            td.bad,dd.bad{color:var(--bad);font-weight:600}
            code,td.changed{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:.92em}
            del,ins{padding:0 .2em;border-radius:3px;text-decoration:none}
            del{background:var(--was);text-decoration:line-through}
            ins{background:var(--is)}

            """
        + "@media print{:root{" + light + "}.scroll{overflow:visible}th{white-space:normal}tr{break-inside:avoid}"
        + ".block{break-inside:auto}del,ins{-webkit-print-color-adjust:exact;print-color-adjust:exact}}"

    private static let light = "--good:#0b6b3a;--was:#fbdcd9;--is:#d3f0dd;"
    private static let dark = "--good:#6fdc9f;--was:#5c2a27;--is:#1f4d33;"
}
