import ArgumentParser
import Basics
import Documents
import FileSystem
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
            throw Failure("'--terminal' draws nothing to give as JSON or to open", remedy: "leave one of the options out")
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
            return
        }
    }
}

/// Plots as `--json` encodes them.
struct PlotsView {
    private let report: PlotsReport
    private let folder: String

    init(_ report: PlotsReport, folder: String) {
        self.report = report
        self.folder = folder
    }

    /// Errors and data, neither where there is none of it.
    func json(splitting: Bool) throws -> Mapping {
        var data = Mapping()
        var errors: [Value] = []
        for plot in report.plots {
            data[plot.id] = .array(try value(plot, splitting: splitting))
            for (revision, source, failure) in plot.sourceFailures {
                errors.append(self.error(failure, plot: plot.id, revision: revision, source: source))
            }
            for (revision, failure) in plot.failures {
                errors.append(error(failure, plot: plot.id, revision: revision))
            }
        }
        for (revision, failure) in report.failures { errors.append(error(failure, revision: revision)) }
        var result = Mapping()
        if !errors.isEmpty { result["errors"] = .array(errors) }
        if !data.isEmpty { result["data"] = .mapping(data) }
        return result
    }

    private func value(_ plot: Plot, splitting: Bool) throws -> [Value] {
        switch plot.content {
        case .images(let images):
            return images.map { image in
                [
                    "type": "image", "revisions": [.string(image.revision)],
                    "url": .string(Paths.join(folder, image.fileName)),
                ]
            }
        case .chart(let chart):
            if chart.rows.isEmpty { return [] }
            var value = Mapping([("type", "vega"), ("revisions", .array(chart.revisions.map(Value.string)))])
            if splitting {
                let (content, anchors) = try chart.split()
                value["content"] = .mapping(content)
                value["anchor_definitions"] = .mapping(anchors)
            } else {
                value["content"] = .mapping(try chart.filled())
            }
            return [.mapping(value)]
        }
    }

    private func error(
        _ failure: PlotFailure, plot: String? = nil, revision: String, source: String? = nil
    ) -> Value {
        var value = Mapping()
        if let plot { value["name"] = .string(plot) }
        value["rev"] = .string(revision)
        if let source { value["source"] = .string(source) }
        value["type"] = .string(failure.type)
        value["msg"] = .string(failure.message)
        return .mapping(value)
    }
}

extension PlotsReport {
    /// Writes every picture under the name that DVC gives it.
    func writeImages(to folder: String) throws {
        for plot in plots {
            guard case .images(let images) = plot.content, !images.isEmpty else { continue }
            try Files.makeDirectory(folder)
            for image in images { try Files.write(image.bytes, to: Paths.join(folder, image.fileName), sync: false) }
        }
    }
}

extension Repository {
    /// The repository that plots are drawn in: as in DVC, a project is not needed to draw files.
    convenience init(plotsFrom console: Console) throws {
        let environment = console.invocation.environment
        do {
            try self.init(discoveredFrom: environment, progress: console.progress)
        } catch is NotAProject {
            try self.init(
                root: Repository.rootWithoutProject(around: environment), environment: environment,
                progress: console.progress)
        }
    }
}
