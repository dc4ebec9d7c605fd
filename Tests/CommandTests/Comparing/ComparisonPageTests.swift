import Documents
import FileSystem
import TestSupport
import Testing

@Suite("The pages of varve report and varve diff --rows")
struct ComparisonPageTests {
    @Test("a report's page has the verdicts, the parameters, the data and the plots that differ")
    func report() throws {
        let repository = try project()
        let run = try repository.varve("report", "--html").succeeds()
        #expect(run.output == "file://\(repository.path("varve_report.html"))\n", "\(run)")
        let page = try repository.read("varve_report.html")
        #expect(page.contains("<h1>From HEAD to workspace</h1>"))
        #expect(page.contains("<p class=\"lead\">HEAD is commit "))
        #expect(
            page.contains(
                "<td class=\"bad\">worse</td><td><code>m.json</code></td><td><code>acc</code></td>"
                    + "<td class=\"number\">0.94</td><td class=\"number\">0.93</td><td class=\"number\">-0.01</td>"))
        #expect(page.contains("<td class=\"good\">better</td><td><code>m.json</code></td><td><code>loss</code></td>"))
        #expect(page.contains("<td class=\"good\">passed</td><td><code>m.json:acc</code></td>"))
        #expect(page.contains("<td><code>params.yaml</code></td><td><code>lr</code></td><td class=\"number\">1</td>"))
        #expect(page.contains("<td class=\"number\">added</td><td><code>data</code></td>"))
        #expect(page.contains("<h2>loss.csv</h2>") && page.contains("data-name=\"HEAD\""))
        #expect(!page.contains("<h2>same.json</h2>"))
        // Names and values of the project, as they are written.
        #expect(page.contains("<code>&lt;img src=x onerror=alert(1)&gt;\n\\x1b[31m|</code>"))
        #expect(!page.contains("<img src=x") && page.split(separator: "<script").count == 2)
    }

    @Test("a report says which plots differ, in every form")
    func plots() throws {
        let repository = try project()
        let json = try JSON.parse(try repository.varve("report", "--json").succeeds().output).mapping
        let plots = json?["plots"]?.array?.compactMap(\.mapping) ?? []
        #expect(plots.compactMap { $0["id"]?.string }.sorted() == ["gone.csv", "loss.csv", "new.svg", "same.json"])
        let kinds = Dictionary(uniqueKeysWithValues: plots.map { ($0["id"]?.string, $0["change"]?.string) })
        #expect(kinds == ["loss.csv": "changed", "same.json": "same", "gone.csv": "removed", "new.svg": "added"])
        let markdown = try repository.varve("report", "--md").succeeds().output
        #expect(markdown.contains("### Plots\n\n1 added, 1 removed, 1 changed, 1 the same\n"), "\(markdown)")
        #expect(markdown.contains("| changed | `loss.csv` |") && !markdown.contains("same.json"))
    }

    @Test("a broken plot is told and drawn without, and hides nothing else")
    func brokenPlot() throws {
        let repository = try project()
        try repository.write("same.json", "{\"x\": [")
        let run = try repository.varve("report", "--html", "-o", "out/page.html").succeeds()
        #expect(run.output == "file://\(repository.path("out/page.html"))\n")
        let page = try repository.read("out/page.html")
        #expect(page.contains("<h2>Could not be read</h2>") && page.contains("<td><code>same.json</code></td>"))
        #expect(page.contains("<h2>loss.csv</h2>"))
        try repository.write("dvc.yaml", "metrics: [m.json]\nplots:\n- loss.csv:\n    template: none\n")
        let markdown = try repository.varve("report", "--md").succeeds().output
        #expect(markdown.contains("### Metrics") && markdown.contains("Could not be read:"), "\(markdown)")
    }

    @Test("the options of pages are refused where there is no page to write")
    func options() throws {
        let repository = try project()
        try repository.varve("report", "--html", "--md").fails(status: 254, saying: "--md")
        try repository.varve("report", "--out", "x").fails(status: 254, saying: "--html")
        try repository.varve("diff", "--html").fails(status: 254, saying: "--rows")
        try repository.varve("diff", "--rows", "loss.csv", "--open").fails(status: 254, saying: "--html")
    }

    @Test("a table's page has its columns, its statistics and its rows; a browser is asked to open it")
    func rows() throws {
        let repository = try TemporaryRepository()
        try repository.write("t.csv", "id,n,gone\n1,a,x\n2,b,x\n")
        try repository.commitAll()
        try repository.write("t.csv", "id,n,new\n1,<script>alert(1)</script>,y\n3,c,y\n")
        try repository.write("browse", "#!/bin/sh\necho \"$1\" > opened\n")
        try repository.shell("chmod +x browse").succeeds()
        let run = try repository.varve(
            "diff", "--rows", "t.csv", "--key", "id", "--html", "--open",
            with: ["BROWSER": repository.path("browse")]
        ).succeeds()
        let url = "file://\(repository.path("varve_rows.html"))"
        #expect(run.output.hasPrefix(url + "\n"))
        #expect(try repository.read("opened") == url + "\n")
        let page = try repository.read("varve_rows.html")
        #expect(page.contains("<td>added</td><td><code>new</code></td><td class=\"soft\">-</td><td>text</td>"))
        #expect(page.contains("<td>dropped</td><td><code>gone</code></td><td>text</td><td class=\"soft\">-</td>"))
        #expect(page.contains("<del>a</del> <ins>&lt;script&gt;alert(1)&lt;/script&gt;</ins>"))
        #expect(page.contains("<h2>Removed rows</h2>") && page.contains("<h2>Added rows</h2>"))
        #expect(page.split(separator: "<script").count == 2)
    }

    @Test(
        "both pages break no rule of their policy in Chromium, without a network",
        .enabled(if: HeadlessChromium.program != nil, "there is no chromium on the PATH"), .timeLimit(.minutes(5)))
    func browser() throws {
        let repository = try project()
        try repository.varve("report", "--html").succeeds()
        try repository.varve("diff", "--rows", "loss.csv", "--html").succeeds()
        for page in ["varve_report.html", "varve_rows.html"] {
            let run = try HeadlessChromium.open(page, in: repository)
            for word in ["CONSOLE", "Refused", "violates"] { #expect(!run.errors.contains(word), "\(run)") }
            #expect(run.output.contains("</table>"))
        }
    }

    /// Metrics that got better and worse since HEAD, a parameter that changed, data that came, and plots of every fate.
    private func project() throws -> TemporaryRepository {
        let hostile = #"<img src=x onerror=alert(1)>\n\u001b[31m|"#
        let repository = try TemporaryRepository()
        try repository.write("dvc.yaml", "metrics: [m.json]\nplots: [loss.csv, same.json, gone.csv]\n")
        try repository.write("params.yaml", "lr: 1\n")
        try repository.write("m.json", "{\"acc\": 0.94, \"loss\": 1.5, \"\(hostile)\": 1}\n")
        try repository.write("loss.csv", "step,loss\n0,3\n1,2\n2,1.5\n")
        try repository.write("gone.csv", "step,x\n0,3\n1,2\n")
        try repository.write("same.json", "[{\"x\": NaN}, {\"x\": 1}]\n")
        try repository.write(
            "varve.yaml",
            "metrics:\n  acc: {direction: maximize, max_drop: 0.05}\n  loss: {direction: minimize, tolerance: 1%}\n")
        try repository.commitAll()
        try repository.write("dvc.yaml", "metrics: [m.json]\nplots: [loss.csv, same.json, new.svg]\n")
        try repository.write("params.yaml", "lr: 2\n")
        try repository.write("m.json", "{\"acc\": 0.93, \"loss\": 1.25, \"\(hostile)\": \"\(hostile)\"}\n")
        try repository.write("loss.csv", "step,loss\n0,3\n1,1.75\n2,1.25\n")
        try repository.write("new.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
        try repository.write("data", "1\n")
        try repository.varve("add", "data").succeeds()
        return repository
    }
}
