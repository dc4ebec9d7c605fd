import Basics
import Documents
import FileSystem
import Versioning

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
