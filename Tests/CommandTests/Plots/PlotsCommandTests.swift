import FileSystem
import TestSupport
import Testing

@Suite("varve plots") struct PlotsCommandTests {
    private func repository() throws -> TemporaryRepository {
        let repository = try TemporaryRepository()
        try repository.write(
            "dvc.yaml", "plots:\n- loss.csv: {x: step, y: loss, title: 'Loss <b> & co'}\n- p.svg\n- gone.csv\n")
        try repository.write("loss.csv", "step,loss\n0,2.5\n1,1.25\n")
        try repository.write("p.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
        try repository.commitAll()
        try repository.git("tag", "v1")
        try repository.write("loss.csv", "step,loss\n0,2.0\n1,0.75\n")
        return repository
    }

    @Test("the page shows each revision's values, says where they are from, and what could not be read")
    func page() throws {
        let repository = try repository()
        let run = try repository.varve("plots", "diff", "v1").prints("file://\(repository.path)/dvc_plots/index.html\n")
        #expect(run.errors == "DVC failed to load some plots for following revisions: 'workspace, v1'.\n")
        let page = try repository.read("dvc_plots/index.html")
        #expect(page.contains(#"data-name="workspace" data-values="0,2 1,0.75""#))
        #expect(page.contains(#"data-name="v1" data-values="0,2.5 1,1.25""#))
        #expect(page.contains("Loss &lt;b&gt; &amp; co") && page.contains("loss.csv · workspace, v1"))
        #expect(page.contains("v1: [Errno 2] No such file or directory: &#39;gone.csv&#39;"))
        #expect(page.contains("<figcaption>v1 · p.svg</figcaption>"))
        #expect(try Files.names(in: repository.path("dvc_plots/static")) == ["v1_p.svg", "workspace_p.svg"])
    }

    @Test("the terminal gets lines, axes and a legend instead of a page")
    func terminal() throws {
        let repository = try repository()
        let run = try repository.varve("plots", "diff", "v1", "--terminal", "--targets", "loss.csv").succeeds()
        #expect(run.output.contains("┤") && run.output.contains("step → loss") && run.output.contains("━b━ v1"))
        #expect(!repository.exists("dvc_plots"))
    }

    @Test("options that say nothing together are refused")
    func contradictions() throws {
        let repository = try repository()
        try repository.varve("plots", "show", "--show-vega").fails(
            status: 1, saying: "please specify a target for `--show-vega`")
        try repository.varve("plots", "show", "--show-vega", "--json", "loss.csv").fails(
            status: 1, saying: "mutually exclusive")
        try repository.varve("plots", "show", "--terminal", "--json").fails(status: 1, saying: "--terminal")
        try repository.varve("plots", "show", "--html-template", "nothing").fails(status: 255, saying: "{plot_divs}")
        try repository.varve("plots", "show", "loss.csv", "-t", "none").fails(status: 255, saying: "'none' not found")
        try repository.varve("plots", "diff", "nope").fails(status: 1, saying: "unknown Git revision 'nope'")
    }

    @Test("modify changes how a stage's output is plotted, and refuses what is none")
    func modify() throws {
        let repository = try TemporaryRepository()
        try repository.write("dvc.yaml", "# mine\nstages:\n  gen:\n    cmd: touch a.csv\n    plots:\n    - a.csv\n")
        try repository.varve("plots", "modify", "a.csv", "-x", "step", "--title", "A").succeeds()
        #expect(try repository.read("dvc.yaml").hasSuffix("    - a.csv:\n        x: step\n        title: A\n"))
        #expect(try repository.read("dvc.yaml").hasPrefix("# mine\n"))
        try repository.varve("plots", "modify", "a.csv", "--unset", "y").fails(status: 255, saying: "['y'] not found")
        try repository.varve("plots", "modify", "b.csv", "-x", "step").fails(status: 255, saying: "b.csv")
        try repository.varve("plots", "modify", "a.csv", "--unset", "x", "title").succeeds()
        #expect(try repository.read("dvc.yaml").hasSuffix("    - a.csv\n"))
    }

    @Test("files can be drawn where there is no project")
    func withoutProject() throws {
        let repository = try TemporaryRepository(.empty)
        try repository.write("a.csv", "x,y\n1,2\n")
        #expect(try repository.varve("plots", "show", "a.csv", "--json").succeeds().output.contains(#""y": "2""#))
    }
}
