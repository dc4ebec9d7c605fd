import ArgumentParser
import Basics
import Charts
import FileSystem
import Rendering
import Tuning

/// `varve run tune plot`: a study as a page, or in the terminal.
struct TunePlotCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "plot", abstract: "Draw a study: history, importance, slices, front",
        discussion: examples(
            ("varve run tune plot -o study.html", "A page that needs no network"),
            ("varve run tune plot --terminal", "In the terminal")))

    @OptionGroup var place: StudyOptions
    @Option(
        name: [.customShort("o"), .customLong("out")],
        help: ArgumentHelp("File for the page (default: tune.html)", valueName: "path"), completion: .file())
    var out: String?
    @Flag(help: "Draw in the terminal instead of writing a page") var terminal = false
    @OptionGroup var global: GlobalOptions

    static var dialect: Dialect { Dialect(exclusive: [["--out", "--terminal"]]) }

    func execute(_ console: Console) async throws {
        let study = try place.open(console)
        let charts = StudyCharts(study.record, study.settings)
        if terminal {
            let drawing = TextDrawing(width: console.outputTerminal.width ?? 80)
            for chart in charts.charts { console.print(drawing.lines(of: chart).joined(separator: "\n") + "\n") }
            return
        }
        let path = Paths.absolute(out ?? "tune.html", from: console.invocation.environment.workingDirectory)
        console.print(try WrittenPage(charts.page.html, to: path).url)
    }
}
