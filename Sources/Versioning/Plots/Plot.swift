package import Documents

/// One plot of all revisions that were asked for.
package struct Plot: Sendable {
    package let id: String
    package let content: Content
    /// Files that could not be read, and why.
    package let sourceFailures: [(revision: String, source: String, failure: PlotFailure)]
    /// Revisions whose data does not fit the definition, and why.
    package let failures: [(revision: String, failure: PlotFailure)]

    package enum Content: Sendable {
        /// A picture per revision.
        case images([PlotImage])
        case chart(PlotChart)
    }
}

/// A picture as one revision has it.
package struct PlotImage: Sendable {
    package let revision: String
    /// As the user sees it.
    package let path: String
    package let bytes: [UInt8]

    /// The name that DVC gives the picture in its output folder.
    package var fileName: String { "\(revision)_\(path)".replacing("/", with: "_") }
}

/// Rows of all revisions with the template to draw them by.
package struct PlotChart: Sendable {
    /// In the order of revisions, each with the columns `rev`, `filename` and `field` besides its own.
    package let rows: [Mapping]
    /// `nil` where there is nothing to draw.
    package let axes: PlotAxes?
    package let title: String
    /// Those that have rows, in order.
    package let revisions: [String]
    package let template: PlotTemplate
    /// The files that the rows come from, in order of the definition.
    package let sources: [String]
}
