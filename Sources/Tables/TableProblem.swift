import Basics

/// A record that cannot be used, by its line.
package struct TableProblem: Sendable, Equatable {
    /// From 1.
    package let line: Int
    package let reason: String
}

/// A table that cannot be read on.
package struct TableError: UserFacingError, Equatable {
    package let path: String
    package let line: Int?
    package let reason: String

    package init(path: String, line: Int?, reason: String) {
        self.path = path
        self.line = line
        self.reason = reason
    }

    package var summary: String { "'\(path)'\(line.map { ", line \($0)" } ?? ""): \(reason)" }
}
