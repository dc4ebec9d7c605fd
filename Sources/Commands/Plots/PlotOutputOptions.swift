import ArgumentParser
import Basics
import Charts
import Documents
import FileSystem
import Rendering
import Versioning

/// What becomes of plots: a page, a specification, JSON, or characters in the terminal.
struct PlotOutputOptions: ParsableArguments {
    @Option(
        name: [.customShort("o"), .customLong("out")],
        help: ArgumentHelp("Directory for the page; dvc_plots by default", valueName: "path"), completion: .directory)
    var out: String?
    @Flag(name: .customLong("show-vega"), help: "Print the Vega-Lite specification of one plot") var showVega = false
    @Flag(help: "Print all plots as JSON, with their Vega-Lite specifications") var json = false
    @Flag(help: "With --json: leave data and looks out of the specifications, beside them") var split = false
    @Flag(name: .customLong("open"), help: "Open the page in the browser") var opens = false
    @Option(
        name: .customLong("html-template"), help: ArgumentHelp("HTML page to put the plots into", valueName: "path"),
        completion: .file())
    var htmlTemplate: String?
    @Flag(help: "Draw the plots with characters") var terminal = false

    func check(_ targets: [String]) throws {
        if showVega {
            if targets.isEmpty { throw Failure("please specify a target for `--show-vega`") }
            if targets.count > 1 { throw Failure("you can only specify one target for `--show-vega`") }
            if json { throw Failure("'--show-vega' and '--json' are mutually exclusive options.") }
        }
        if terminal, json || showVega || opens {
            throw Failure(
                "'--terminal' draws nothing to give as JSON or to open", remedy: "leave one of the options out")
        }
        if split, !json { throw Failure("'--split' says how '--json' looks", remedy: "give --json, too") }
    }

    func show(_ report: PlotsReport, of repository: Repository, _ console: Console) throws {
        if !report.incompleteRevisions.isEmpty {
            console.note(
                "DVC failed to load some plots for following revisions: "
                    + "'\(report.incompleteRevisions.joined(separator: ", "))'.")
        }
        if !report.hasDefinitions, !json {
            console.note("No plots were loaded, visualization file will not be created.")
        }
        let folder = Paths.absolute(
            out ?? repository.settings.string("plots", "out_dir") ?? "dvc_plots",
            from: console.invocation.environment.workingDirectory)
        if json {
            try report.writeImages(to: folder)
            console.showJSON(JSON.emitPython(.mapping(try PlotsView(report, folder: folder).json(splitting: split))))
        } else if terminal {
            draw(report, console)
        } else {
            // As DVC, for programs that take the pictures from there; the page has them in itself.
            try report.writeImages(to: Paths.join(folder, "static"))
            if showVega {
                guard let chart = report.plots.lazy.compactMap(\.chart).first else { return }
                console.showJSON(JSON.emitPython(.mapping(try chart.filled())))
            } else if !report.plots.isEmpty {
                try writePage(report, to: folder, of: repository, console)
            }
        }
    }

    // MARK: The terminal

    private func draw(_ report: PlotsReport, _ console: Console) {
        let drawing = TextDrawing(console)
        for (number, chart) in report.charts.enumerated() {
            if number > 0 { console.print() }
            for line in drawing.lines(of: chart) { console.print(line) }
        }
    }

    // MARK: The page

    private func writePage(
        _ report: PlotsReport, to folder: String, of repository: Repository, _ console: Console
    ) throws {
        let page = ChartPage(title: "Plots", lead: report.lead, charts: report.charts)
        let html: String
        if let template = try template(of: repository, console) {
            guard let filled = page.html(in: template) else {
                throw Failure(
                    "unexpected error - HTML template has to contain '{plot_divs}'.",
                    remedy: "put {plot_divs} where the plots belong, and {scripts} into the head of the page",
                    category: .unexpected)
            }
            html = filled
        } else {
            html = page.html
        }
        try WrittenPage(html, to: Paths.join(folder, "index.html")).show(opens: opens, of: repository, console)
    }

    /// The page that the user wants the plots in; as in DVC, a text that is no file is the page itself.
    private func template(of repository: Repository, _ console: Console) throws -> String? {
        let isNamed = htmlTemplate?.isEmpty == false
        guard let name = isNamed ? htmlTemplate : repository.settings.string("plots", "html_template") else {
            return nil
        }
        let base = isNamed ? console.invocation.environment.workingDirectory : repository.internals
        guard let bytes = try Files.readIfPresent(Paths.absolute(name, from: base), limit: 1 << 26) else { return name }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension TextDrawing {
    private static let inks: [Style.Ink] = [.blue, .yellow, .green, .red, .cyan, .bold, .dim]

    /// Draws in the width and with the colours of a terminal.
    init(_ console: Console) {
        let style = console.outputStyle
        self.init(width: console.outputTerminal.width ?? 80) { text, color in
            style.paint(text, Self.inks[color % Self.inks.count])
        }
    }
}

extension PlotsReport {
    /// What the page is about, in a line.
    fileprivate var lead: String {
        var revisions: [String] = []
        for plot in plots {
            switch plot.content {
            case .chart(let chart): revisions += chart.revisions
            case .images(let images): revisions += images.map(\.revision)
            }
        }
        var unique: [String] = []
        for revision in revisions where !unique.contains(revision) { unique.append(revision) }
        let count = counted(plots.count, "plot")
        return unique.isEmpty ? count : "\(count) of \(unique.joined(separator: ", "))"
    }
}

extension Plot {
    fileprivate var chart: PlotChart? { if case .chart(let chart) = content { chart } else { nil } }
}
