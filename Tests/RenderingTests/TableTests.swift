import Rendering
import Testing

/// The expected texts were printed by tabulate 0.10 with the settings that DVC gives it.
@Suite("tables")
struct TableTests {
    @Test("plain columns are as wide as the widest cell or the heading and two, and stand two apart")
    func plain() {
        let table = Table(["Path", "Metric", "old"], rows: [["m.json", "acc", "0.5"], ["a", "b", "-"]])
        #expect(table.plain == "Path    Metric    old\nm.json  acc       0.5\na       b         -")
    }

    @Test("a Markdown table ends with a line end of its own")
    func markdown() {
        let table = Table(["Path", "Metric", "old"], rows: [["m.json", "acc", "0.5"], ["a", "b", "-"]])
        #expect(
            table.markdown == """
                | Path   | Metric   | old   |
                |--------|----------|-------|
                | m.json | acc      | 0.5   |
                | a      | b        | -     |

                """)
    }

    @Test("a table without rows is its headings")
    func empty() {
        #expect(Table(["Path", "Metric"]).plain == "Path    Metric")
        #expect(Table(["Path", "Metric"]).markdown == "| Path   | Metric   |\n|--------|----------|\n")
    }

    @Test("short rows are filled with dashes, also without headings")
    func shortRows() {
        #expect(Table(rows: [["a"], ["b", "e"]]).plain == "a  -\nb  e")
        #expect(Table(["X", "Y"], rows: [["a"], ["b", "e"]]).plain == "X    Y\na    -\nb    e")
    }

    @Test("right-aligned columns pad on the left, headings too")
    func rightAligned() {
        let table = Table(["size", "p"], rows: [["", "b"], ["3", " c "]], alignments: [.right])
        #expect(table.plain == "  size  p\n        b\n     3  c")
        let wide = Table(rows: [["12", "b"], ["3", "é日本"], ["444", "x"]], alignments: [.right])
        #expect(wide.plain == " 12  b\n  3  é日本\n444  x")
    }

    @Test("a cell of several lines spans rows")
    func multiline() {
        #expect(Table(["X", "Y"], rows: [["a\nb", "c"], ["d", "e"]]).plain == "X    Y\na    c\nb\nd    e")
    }

    @Test("spaces around a cell are dropped unless they are part of a drawing")
    func spaces() {
        #expect(Table(rows: [["  a"], ["b"]]).plain == "a\nb")
        #expect(Table(rows: [["  a"], ["b"]], keepsSpaces: true).plain == "  a\nb")
    }
}

@Suite("trees")
struct TextTreeTests {
    @Test("branches are drawn as `list --tree` draws them")
    func branches() {
        let tree = TextTree(
            ".", [TextTree("data", [TextTree("a"), TextTree("sub", [TextTree("b")])]), TextTree("train.py")])
        #expect(
            tree.text == """
                .
                ├── data
                │   ├── a
                │   └── sub
                │       └── b
                └── train.py
                """)
    }

    @Test("a tree two thousand levels deep is drawn without exhausting the stack")
    func deep() {
        var tree = TextTree("leaf")
        for _ in 0..<2000 { tree = TextTree("x", [tree]) }
        #expect(tree.lines.count == 2001)
    }
}
