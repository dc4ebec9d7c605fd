import TestSupport
import Testing

/// The page as a browser takes it.
@Suite(
    "The page of plots in Chromium", .enabled(if: HeadlessChromium.program != nil, "there is no chromium on the PATH"))
struct PlotsPageTests {
    @Test("runs its script and breaks no rule of its policy, without a network", .timeLimit(.minutes(5)))
    func browser() throws {
        let repository = try TemporaryRepository()
        try repository.write("a.csv", "step,<img src=x onerror=alert(1)>\n0,1\n1,3\n2,2\n")
        try repository.write("p.svg", "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
        try repository.varve("plots", "show", "a.csv", "p.svg").succeeds()
        // What a person does, done by a script that this page's policy does not bind.
        let page = try repository.read("dvc_plots/index.html")
        let act = """
            <script>addEventListener("load", () => {
            const svg = document.querySelector("svg[data-x]"), box = svg.getBoundingClientRect();
            svg.dispatchEvent(new PointerEvent("pointermove",
              {clientX: box.left + box.width / 2, clientY: box.top + box.height / 2}));
            document.body.dataset.tip = document.querySelector(".tip").textContent;
            document.querySelector(".legend button").click();
            document.body.dataset.hidden = document.querySelectorAll(".series.off").length;
            });</script></body>
            """
        #expect(page.contains("</body>"))
        let opened = page.replacing("</body>", with: act).replacing("http-equiv", with: "data-was")
        try repository.write("acted.html", opened)
        let acted = try HeadlessChromium.open("acted.html", in: repository)
        #expect(acted.output.contains(#"data-hidden="1""#), "\(acted)")
        #expect(acted.output.contains("data-tip=\"step 1 · workspace: 3\""), "\(acted)")

        let plain = try HeadlessChromium.open("dvc_plots/index.html", in: repository)
        for word in ["CONSOLE", "Refused", "violates"] { #expect(!plain.errors.contains(word), "\(plain)") }
        #expect(plain.output.contains("<h1>Plots</h1>"))
    }
}
