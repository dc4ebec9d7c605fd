/// How a file holds a table.
package enum TableFormat: String, Sendable, CaseIterable {
    /// RFC 4180: a heading, then records; fields may be quoted.
    case csv
    /// The same with tabs.
    case tsv
    /// One JSON object on each line, whose names are the columns.
    case jsonl

    /// By the ending of a file's name; `nil` for what is no table.
    package init?(path: String) {
        let name = path.lowercased()
        if name.hasSuffix(".csv") {
            self = .csv
        } else if name.hasSuffix(".tsv") || name.hasSuffix(".tab") {
            self = .tsv
        } else if name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson") {
            self = .jsonl
        } else {
            return nil
        }
    }
}
