import Basics
import ProjectFiles

/// Which column of the predictions holds what.
package struct InputColumns: Sendable {
    /// One column; or one for each label, a `*` standing for the label's name.
    package var target: [String] = []
    package var score: String?
    /// A column for each class or label, a `*` standing for its name.
    package var scoreColumns: [String] = []
    package var prediction: [String] = []
    package var weight: String?
    package var query: String?
    package var cluster: String?
    package var key: [String] = []
    /// Divides the labels in one cell.
    package var separator: String?

    package init() {}

    init(_ section: RunnerSection) throws(Failure) {
        target = try (section.strings("target") ?? []).flatMap(EvaluationOptions.commaSeparated)
        score = try section.string("score")
        scoreColumns = try (section.strings("score_cols") ?? []).flatMap(EvaluationOptions.commaSeparated)
        prediction = try (section.strings("pred_col") ?? []).flatMap(EvaluationOptions.commaSeparated)
        weight = try section.string("weight")
        query = try section.string("query")
        cluster = try section.string("cluster")
        key = try (section.strings("key") ?? []).flatMap(EvaluationOptions.commaSeparated)
        separator = try section.string("labels_separator")
        if let separator, separator.isEmpty { throw section.wrong("labels_separator", "must not be empty") }
        if score != nil, !scoreColumns.isEmpty {
            throw section.wrong(
                "score", "and 'score_cols' exclude each other",
                remedy: "'score' is for two classes, 'score_cols' for a column of each class")
        }
    }

    /// The columns of a file that a list of names and patterns stands for, each with what its `*` stood for.
    ///
    /// - Parameter option: how messages call the list.
    static func matches(
        _ patterns: [String], in columns: [String], of file: String, option: String
    ) throws -> [(column: String, star: String?)] {
        var result: [(column: String, star: String?)] = []
        for pattern in patterns {
            if columns.contains(where: { $0.utf8.elementsEqual(pattern.utf8) }) {
                result.append((pattern, nil))
                continue
            }
            let parts = pattern.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false)
            guard parts.count == 2 else {
                throw InputError(
                    "'\(file)' has no column '\(pattern)' (\(option))",
                    remedy: "its columns are: " + columns.joined(separator: ", "))
            }
            let (head, tail) = (parts[0], parts[1])
            let found = columns.filter { column in
                column.utf8.count > head.count + tail.count && column.utf8.starts(with: head)
                    && column.utf8.reversed().starts(with: tail.reversed())
            }
            guard !found.isEmpty else {
                throw InputError(
                    "'\(file)' has no column like '\(pattern)' (\(option))",
                    remedy: "its columns are: " + columns.joined(separator: ", "))
            }
            for column in found {
                let star = column.utf8.dropFirst(head.count).dropLast(tail.count)
                result.append((column, String(decoding: Array(star), as: UTF8.self)))
            }
        }
        return result
    }
}
