package import Charts
import Documents
import FileSystem

/// What became of one plot between two states.
package struct PlotChange: Sendable {
    package let id: String
    package let kind: Kind
    /// The files that it is drawn from.
    package let sources: [String]

    package enum Kind: String, Sendable { case added, removed, changed, same }

    init(_ plot: Plot, from old: String, to new: String) {
        id = plot.id
        let before: Drawn?
        let after: Drawn?
        switch plot.content {
        case .images(let images):
            sources = images.reduce(into: []) { paths, image in
                if !paths.contains(where: { $0.hasSameBytes(as: image.path) }) { paths.append(image.path) }
            }
            before = Drawn(images, of: old)
            after = Drawn(images, of: new)
        case .chart(let chart):
            sources = chart.sources
            before = Drawn(chart, of: old)
            after = Drawn(chart, of: new)
        }
        kind =
            switch (before, after) {
            case (nil, nil): .same
            case (nil, .some): .added
            case (.some, nil): .removed
            case (let before?, let after?): before.looksLike(after) ? .same : .changed
            }
    }

    /// What a plot shows of one state.
    private enum Drawn {
        case images([[UInt8]])
        case rows([Mapping])

        init?(_ images: [PlotImage], of revision: String) {
            let images = images.filter { $0.revision.hasSameBytes(as: revision) }
            if images.isEmpty { return nil }
            self = .images(images.map(\.bytes))
        }

        init?(_ chart: PlotChart, of revision: String) {
            let rows = chart.rows.filter { $0[PlotAxes.revision]?.string?.hasSameBytes(as: revision) == true }
            if rows.isEmpty { return nil }
            self = .rows(
                rows.map { row in
                    var row = row
                    row[PlotAxes.revision] = nil
                    return row
                })
        }

        func looksLike(_ other: Drawn) -> Bool {
            switch (self, other) {
            case (.images(let images), .images(let others)): images == others
            case (.rows(let rows), .rows(let others)):
                // As text NaN is itself.
                rows.count == others.count
                    && zip(rows, others).allSatisfy { row, other in
                        row == other || JSON.emitPython(.mapping(row)) == JSON.emitPython(.mapping(other))
                    }
            default: false
            }
        }
    }
}

/// The plots of two states, and which of them differ.
package struct PlotComparison: Sendable {
    /// All that there are, in the order of their definitions.
    package let changes: [PlotChange]
    private let drawn: PlotsReport?

    init() {
        changes = []
        drawn = nil
    }

    init(_ report: PlotsReport, from old: String, to new: String) {
        changes = report.plots.map { PlotChange($0, from: old, to: new) }
        drawn = PlotsReport(
            plots: zip(report.plots, changes).filter { $0.1.kind != .same || $0.0.hasFailures }.map(\.0),
            failures: report.failures, incompleteRevisions: report.incompleteRevisions,
            hasDefinitions: report.hasDefinitions)
    }

    /// Plots that do not look the same in both states.
    package var differing: [PlotChange] { changes.filter { $0.kind != .same } }

    /// These as pictures, and those that could not be read whole.
    package var charts: [Chart] { drawn?.charts ?? [] }
}

extension Plot {
    fileprivate var hasFailures: Bool { !sourceFailures.isEmpty || !failures.isEmpty }
}
