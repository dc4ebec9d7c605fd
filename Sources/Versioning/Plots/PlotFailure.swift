/// Why something of a plot could not be read or drawn.
///
/// Programs read both from `--json`, so the type is the one that DVC gives.
package struct PlotFailure: Error, Sendable, Equatable {
    package let type: String
    package let message: String

    package init(_ type: String, _ message: String) {
        self.type = type
        self.message = message
    }

    static func missingField(_ field: String, among found: [String]) -> PlotFailure {
        PlotFailure(
            "FieldNotFoundError",
            "Could not find provided field ('\(field)') in data fields ('\(found.joined(separator: ", "))').")
    }

    static func unreadable(_ path: String, _ type: String, _ reason: String) -> PlotFailure {
        PlotFailure(type, "unable to read: '\(path)', \(reason)")
    }
}
