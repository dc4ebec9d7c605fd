import ArgumentParser
import Basics
import Charts
import FileSystem
import Rendering
import Tuning

/// `varve run tune plot`: a study as a page, or in the terminal.
struct TunePlotCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "plot", abstract: "Draw a study: how it went, what its parameters did, which of them matter",
        discussion: examples(
            ("varve run tune plot -o study.html", "A page that needs no network"),
            ("varve run tune plot --only contour,slice --params lr,layers", "Two charts, of two parameters"),
            ("varve run tune plot --terminal --only history", "In the terminal")))

    @OptionGroup var place: StudyOptions
    @OptionGroup var charts: StudyChartOptions
    @Option(
        name: [.customShort("o"), .customLong("out")],
        help: ArgumentHelp("File for the page (default: tune.html)", valueName: "path"), completion: .file())
    var out: String?
    @Flag(help: "Draw in the terminal instead of writing a page") var terminal = false
    @Flag(name: .customLong("open"), help: "Open the page in the browser") var opens = false
    @OptionGroup var global: GlobalOptions

    static var dialect: Dialect { Dialect(exclusive: [["--out", "--terminal"], ["--open", "--terminal"]]) }

    func execute(_ console: Console) async throws {
        let study = try place.open(console)
        let page = try charts.page(study.record, study.settings)
        for chart in page.only ?? [] where chart.charts(of: page.study).isEmpty {
            console.warn(chart.absence(in: page.study))
        }
        if terminal {
            let drawing = TextDrawing(console)
            for chart in page.charts { console.print(drawing.lines(of: chart).joined(separator: "\n") + "\n") }
            return
        }
        let path = Paths.absolute(out ?? "tune.html", from: console.invocation.environment.workingDirectory)
        let written = try WrittenPage(page.page.html, to: path)
        console.print(written.url)
        if opens, !Browser(console.invocation.environment).open(written.url) {
            throw Failure("the browser did not open \(written.url)", remedy: "open it by hand, or set BROWSER")
        }
    }
}
