import Charts
import Testing

@testable import Commands
@testable import Tables

@Suite("The page of a row diff") struct RowDiffPageTests {
    private static let hostile = "<script>alert('1')</script>|\n\u{1B}[31m\u{202E}&\"\u{0}"

    private func html(_ diff: RowDiff) -> String {
        RowDiffPage(diff, path: "t.csv", from: "HEAD", to: "workspace").page.html
    }

    @Test("nothing that a table holds becomes markup, and what a terminal or a browser would obey is written out")
    func escaping() {
        let text = Self.hostile
        var profile = ColumnProfile(name: text)
        profile.add(Array(text.utf8)[...])
        var diff = RowDiff()
        diff.keys = [text]
        diff.old.columns = [profile]
        diff.new.columns = [profile]
        diff.new.problems = [TableProblem(line: 3, reason: text)]
        diff.new.problemCount = 1
        diff.addedColumns = [text]
        diff.droppedColumns = [text]
        diff.retypedColumns = [.init(column: text, old: .text, new: .number)]
        (diff.added, diff.removed, diff.changed) = (1, 1, 1)
        diff.changedCells = [(text, 1)]
        diff.examples = [
            .init(
                change: .changed, oldLine: 1, newLine: 2, key: [.init(column: text, value: text)],
                cells: [.init(column: text, old: text, new: nil)]),
            .init(change: .added, oldLine: nil, newLine: 2, key: [], cells: [.init(column: text, old: nil, new: text)]),
            .init(
                change: .removed, oldLine: 1, newLine: nil, key: [], cells: [.init(column: text, old: text, new: nil)]),
        ]
        let html = RowDiffPage(diff, path: text, from: text, to: text).page.html
        #expect(html.split(separator: "<script").count == 2 && !html.contains("alert('1')"))
        #expect(html.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;|\n\\x1b[31m\\u202e&amp;&quot;\\x00"))
        #expect(!html.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" || $0 == "\u{0}" })
    }

    @Test("a changed row shows what was and what is, and which cells stayed")
    func changedRows() {
        var diff = RowDiff()
        diff.keys = ["id"]
        diff.changed = 3
        diff.examples = [
            .init(
                change: .changed, oldLine: 2, newLine: 5, key: [.init(column: "id", value: "7")],
                cells: [.init(column: "a", old: "1", new: "2")]),
            .init(
                change: .changed, oldLine: 3, newLine: 6, key: [.init(column: "id", value: "8")],
                cells: [.init(column: "b", old: "", new: nil)]),
        ]
        let html = html(diff)
        #expect(html.contains("<h2>Changed rows</h2><p>2 of 3</p>"))
        #expect(
            html.contains(
                "<td class=\"soft\">2</td><td class=\"soft\">5</td><td><code>7</code></td>"
                    + "<td class=\"changed\"><del>1</del> <ins>2</ins></td><td class=\"soft\">same</td></tr>"))
        #expect(
            html.contains("<td class=\"soft\">same</td><td class=\"changed\"><del>empty</del> <ins>none</ins></td>"))
    }

    @Test("statistics that stayed stand once, others before and after")
    func statistics() {
        func column(_ values: String...) -> ColumnProfile {
            var profile = ColumnProfile(name: "n")
            for value in values { profile.add(Array(value.utf8)[...]) }
            return profile
        }
        var diff = RowDiff()
        diff.old.columns = [column("1", "2", "3")]
        diff.new.columns = [column("1", "2", "6")]
        diff.changed = 1
        let html = html(diff)
        #expect(
            html.contains(
                "<td><code>n</code></td><td class=\"soft\">-</td><td class=\"number\">0</td>"
                    + "<td class=\"number\">3</td><td class=\"number\">1</td>"
                    + "<td class=\"changed\"><del>3</del> <ins>6</ins></td>"
                    + "<td class=\"changed\"><del>2.0</del> <ins>3.0</ins></td>"))
    }

    @Test("where nothing differs the page says so")
    func nothing() {
        #expect(html(RowDiff()).contains("No row or column differs."))
    }
}
