import Basics
package import Documents

/// A project file that cannot be used: which, where, and why.
package struct ProjectFileError: UserFacingError, Equatable {
    /// Relative to the root; whoever prints the error may put a path relative to the working directory here.
    package var path: String
    /// The Git revision that the file was read at, if not the workspace.
    package var revision: String?
    package var problem: Problem

    package enum Problem: Sendable, Equatable {
        /// Not YAML.
        case syntax(DocumentError, looksLikeMergeConflict: Bool)
        /// Not UTF-8.
        case encoding
        /// YAML, but not what such a file may say.
        case schema([SchemaProblem])
        /// A template that cannot be filled in, or another contradiction; a whole sentence.
        case invalid(String)
    }

    package init(_ path: String, _ problem: Problem, revision: String? = nil) {
        self.path = path
        self.problem = problem
        self.revision = revision
    }

    /// How many mismatches of one file are told.
    static let shownProblems = 20

    package var summary: String {
        let revision = revision.map { " in revision '\($0.prefix(7))'" } ?? ""
        switch problem {
        case .syntax(let error, let conflict):
            let hint = conflict ? " (possible merge conflicts)" : ""
            return "'\(path)' is invalid\(hint)\(revision).\n\n"
                + Self.paragraph(
                    error.message, line: error.line, column: error.column, excerpt: error.excerpt, preposition: "in ")
        case .encoding:
            return "unable to read: '\(path)'\(revision), is not valid utf-8"
        case .schema(let problems):
            if problems.count == 1, problems[0].path.isEmpty {
                return "'\(path)' validation failed\(revision): \(problems[0].message)."
            }
            let count = problems.count > 1 ? ": \(problems.count) errors" : ""
            let shown = problems.prefix(Self.shownProblems).map(\.text) + (problems.count > Self.shownProblems ? ["…"] : [])
            return "'\(path)' validation failed\(revision)\(count).\n\n" + shown.joined(separator: "\n\n")
        case .invalid(let sentence):
            return sentence
        }
    }

    package var remedy: String? {
        guard case .syntax(_, looksLikeMergeConflict: true) = problem else { return nil }
        return "resolve the merge conflict in '\(path)'"
    }

    static func paragraph(
        _ message: String, line: Int?, column: Int?, excerpt: String?, preposition: String = ""
    ) -> String {
        var text = message
        if let line {
            text += ", \(preposition)line \(line)"
            if let column { text += ", column \(column)" }
            if let excerpt { text += "\n  \(line) \(excerpt)" }
        }
        return text
    }
}

/// One thing that a project file may not say.
package struct SchemaProblem: Sendable, Equatable {
    /// A clause such as `extra keys not allowed`.
    package var message: String
    /// Keys and indices on the way to the place, such as `outs, 0, nosuch`; empty for the whole document.
    package var path: [String]
    /// 1-based.
    package var line: Int?
    package var column: Int?
    package var excerpt: String?

    package init(_ message: String, path: [String], line: Int? = nil, column: Int? = nil, excerpt: String? = nil) {
        self.message = message
        self.path = path
        self.line = line
        self.column = column
        self.excerpt = excerpt
    }

    var text: String {
        let place = path.isEmpty ? "" : ", in " + path.joined(separator: " -> ")
        return ProjectFileError.paragraph(message + place, line: line, column: column, excerpt: excerpt)
    }
}
