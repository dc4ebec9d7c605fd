import Basics
import Documents
import FileSystem

/// Makes plots out of what the revisions define.
struct PlotAssembly {
    private let templates: PlotTemplates
    /// Is told of revisions whose data does not fit their definitions.
    private let progress: any ProgressReporter

    init(_ repository: Repository) {
        templates = PlotTemplates(repository)
        progress = repository.progress
    }

    /// A plot as one revision defines it.
    private struct Member {
        let revision: RevisionPlots
        let innerID: String
        let properties: Mapping

        var sources: [String] { properties.plotSources(of: innerID) }

        /// - Parameter properties: those of all revisions together.
        func points(_ properties: Mapping) -> Result<PlotDatapoints?, PlotFailure> {
            var documents: [(path: String, document: Value)] = []
            for path in sources {
                if case .document(let value)? = revision.source(path) { documents.append((path, value)) }
            }
            do throws(PlotFailure) {
                return .success(
                    try PlotDatapoints(
                        id: innerID, properties: properties, sources: documents, revision: revision.revision))
            } catch {
                return .failure(error)
            }
        }
    }

    func plots(of revisions: [RevisionPlots]) throws -> [Plot] {
        var order: [String] = []
        var groups: [RelativePath: [Member]] = [:]
        for revision in revisions {
            for (id, innerID, properties) in revision.definitionsByID {
                if groups[RelativePath(id)] == nil { order.append(id) }
                groups[RelativePath(id), default: []].append(
                    Member(revision: revision, innerID: innerID, properties: properties))
            }
        }
        return try order.map { id in
            let members = groups[RelativePath(id)] ?? []
            return try plot(id, members)
        }
    }

    private func plot(_ id: String, _ members: [Member]) throws -> Plot {
        // The first revision's word counts where they differ.
        var properties = Mapping()
        for member in members.reversed() { properties = properties.overridden(by: member.properties) }
        var sourceFailures: [(revision: String, source: String, failure: PlotFailure)] = []
        for member in members {
            for source in member.sources {
                guard case .failure(let failure)? = member.revision.sources[RelativePath(source)] else { continue }
                sourceFailures.append((member.revision.revision, source, failure))
            }
        }
        if let first = members.first, PlotSource.isImage(first.innerID) {
            let images = members.flatMap { member in
                member.sources.compactMap { path -> PlotImage? in
                    guard case .image(let bytes)? = member.revision.source(path) else { return nil }
                    return PlotImage(revision: member.revision.revision, path: path, bytes: bytes)
                }
            }
            return Plot(id: first.innerID, content: .images(images), sourceFailures: sourceFailures, failures: [])
        }
        var failures: [(revision: String, failure: PlotFailure)] = []
        let chart = try chart(id, members, properties, &failures)
        return Plot(id: id, content: .chart(chart), sourceFailures: sourceFailures, failures: failures)
    }

    private func chart(
        _ id: String, _ members: [Member], _ properties: Mapping,
        _ failures: inout [(revision: String, failure: PlotFailure)]
    ) throws -> PlotChart {
        var rows: [Mapping] = []
        var axes: PlotAxes?
        var revisions: [String] = []
        var sources: [String] = []
        for member in members {
            for path in member.sources where !sources.contains(where: { $0.hasSameBytes(as: path) }) {
                sources.append(path)
            }
            switch member.points(properties) {
            case .success(let points?):
                axes = axes ?? points.axes
                rows += points.rows
                revisions.append(member.revision.revision)
            case .success(nil): break
            case .failure(let failure):
                progress.report(
                    .warning("In '\(member.revision.revision)', \(failure.message.lowercased())"))
                failures.append((member.revision.revision, failure))
            }
        }
        // As DVC: without data nobody asks for the template.
        let template = axes == nil ? nil : properties["template"]?.string
        return PlotChart(
            rows: rows, axes: axes, title: properties["title"]?.string ?? id, revisions: revisions,
            template: try templates.template(named: template), sources: sources)
    }
}
