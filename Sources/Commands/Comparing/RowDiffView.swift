import Documents
import Rendering
import Tables

/// What `diff --rows` prints: as text, as JSON for programs, as Markdown for a pull request.
struct RowDiffView {
    private let diff: RowDiff
    private let path: String

    init(_ diff: RowDiff, path: String) {
        self.diff = diff
        self.path = path
    }

    // MARK: JSON

    var value: Mapping {
        Mapping([
            ("path", .string(path)),
            ("key", .array(diff.keys.map(Value.string))),
            (
                "schema",
                .mapping(
                    Mapping([
                        ("added", .array(diff.addedColumns.map(Value.string))),
                        ("dropped", .array(diff.droppedColumns.map(Value.string))),
                        (
                            "retyped",
                            .array(
                                diff.retypedColumns.map {
                                    .mapping(
                                        Mapping([
                                            ("column", .string($0.column)), ("old", .string($0.old.rawValue)),
                                            ("new", .string($0.new.rawValue)),
                                        ]))
                                })
                        ),
                        ("reordered", .bool(diff.isReordered)),
                    ]))
            ),
            (
                "rows",
                .mapping(
                    Mapping([
                        ("old", .int(diff.old.rows)), ("new", .int(diff.new.rows)), ("added", .int(diff.added)),
                        ("removed", .int(diff.removed)), ("changed", .int(diff.changed)),
                        ("unchanged", .int(diff.unchanged)),
                    ]))
            ),
            ("changed_cells", .mapping(Mapping(diff.changedCells.map { ($0.column, .int($0.rows)) }))),
            ("columns", .mapping(Mapping(columnNames.map { ($0, .mapping(columnValue($0))) }))),
            ("examples", .array(diff.examples.map { .mapping(Self.value($0)) })),
            ("unreadable", .mapping(Mapping([("old", Self.value(diff.old)), ("new", Self.value(diff.new))]))),
            (
                "repeated_keys",
                .mapping(Mapping([("old", .int(diff.old.repeatedKeys)), ("new", .int(diff.new.repeatedKeys))]))
            ),
        ])
    }

    /// Those of the new table, then those that went.
    private var columnNames: [String] { diff.new.columns.map(\.name) + diff.droppedColumns }

    private func columnValue(_ name: String) -> Mapping {
        func side(_ side: RowDiff.Side) -> Value {
            guard let profile = side.columns.first(where: { $0.name == name }) else { return .null }
            return .mapping(
                Mapping([
                    ("type", .string(profile.kind.rawValue)), ("missing", .int(profile.missing)),
                    ("distinct", .int(profile.distinct)), ("min", profile.minimum.map(Value.string) ?? .null),
                    ("max", profile.maximum.map(Value.string) ?? .null),
                    ("mean", profile.mean.map(Value.float) ?? .null),
                    ("std", profile.standardDeviation.map(Value.float) ?? .null),
                ]))
        }
        return Mapping([("old", side(diff.old)), ("new", side(diff.new))])
    }

    private static func value(_ example: RowDiff.Example) -> Mapping {
        func text(_ value: String?) -> Value { value.map(Value.string) ?? .null }
        var result = Mapping([
            ("change", .string(example.change.rawValue)), ("old_line", example.oldLine.map { .int($0) } ?? .null),
            ("new_line", example.newLine.map { .int($0) } ?? .null),
        ])
        switch example.change {
        case .changed:
            result["key"] = .mapping(Mapping(example.key.map { ($0.column, text($0.value)) }))
            result["cells"] = .mapping(
                Mapping(
                    example.cells.map {
                        ($0.column, .mapping(Mapping([("old", text($0.old)), ("new", text($0.new))])))
                    }))
        case .added: result["cells"] = .mapping(Mapping(example.cells.map { ($0.column, text($0.new)) }))
        case .removed: result["cells"] = .mapping(Mapping(example.cells.map { ($0.column, text($0.old)) }))
        }
        return result
    }

    private static func value(_ side: RowDiff.Side) -> Value {
        .mapping(
            Mapping([
                ("count", .int(side.problemCount)),
                (
                    "lines",
                    .array(
                        side.problems.map {
                            .mapping(Mapping([("line", .int($0.line)), ("reason", .string($0.reason))]))
                        })
                ),
            ]))
    }

    // MARK: Text

    /// Sentences about what cannot be trusted: records left out, keys that several rows have.
    var warnings: [String] {
        var warnings: [String] = []
        for (side, name) in [(diff.old, "the old"), (diff.new, "the new")] {
            for problem in side.problems.prefix(5) {
                warnings.append("\(path), line \(problem.line) of \(name) version: \(problem.reason); it is left out")
            }
            if side.problemCount > 5 {
                warnings.append("\(counted(side.problemCount - 5, "more record")) of \(name) version left out")
            }
            if side.repeatedKeys > 0 {
                warnings.append(
                    "\(counted(side.repeatedKeys, "row")) of \(name) version \(side.repeatedKeys == 1 ? "has" : "have") "
                        + "the key of another; such rows are compared in the order of their lines")
            }
        }
        return warnings
    }

    var summary: String {
        guard !diff.isEmpty else { return "\(path): no row or column differs (\(counted(diff.new.rows, "row")))" }
        var parts = [(diff.added, "added"), (diff.removed, "removed"), (diff.changed, "changed")].compactMap {
            $0.0 > 0 ? "\($0.0) \($0.1)" : nil
        }
        if parts.isEmpty { parts = ["no row differs"] }
        return "\(path): \(diff.old.rows) -> \(counted(diff.new.rows, "row")): \(parts.joined(separator: ", ")), "
            + "\(diff.unchanged) the same"
    }

    var schemaLines: [String] {
        var lines = diff.addedColumns.map { "column added:    \($0) (\(kind(of: $0, in: diff.new)))" }
        lines += diff.droppedColumns.map { "column dropped:  \($0) (\(kind(of: $0, in: diff.old)))" }
        lines += diff.retypedColumns.map { "column retyped:  \($0.column) (\($0.old.rawValue) -> \($0.new.rawValue))" }
        if diff.isReordered { lines.append("columns stand in another order") }
        return lines
    }

    private func kind(of column: String, in side: RowDiff.Side) -> String {
        side.columns.first { $0.name == column }?.kind.rawValue ?? ""
    }

    /// Columns whose statistics differ, before and after.
    var statistics: Table {
        let rows = columnNames.compactMap { name -> [String]? in
            let old = diff.old.columns.first { $0.name == name }.map(Self.facts)
            let new = diff.new.columns.first { $0.name == name }.map(Self.facts)
            guard old != new else { return nil }
            let cells = diff.changedCells.first { $0.column == name }.map { "\($0.rows)" } ?? "-"
            let facts = (0..<5).map { Self.change(old?[$0], new?[$0]) }
            return [name, cells] + facts
        }
        return Table(["Column", "Cells changed", "Missing", "Distinct", "Min", "Max", "Mean"], rows: rows)
    }

    private static func facts(_ profile: ColumnProfile) -> [String] {
        [
            "\(profile.missing)", "\(profile.distinct)", profile.minimum ?? "-", profile.maximum ?? "-",
            profile.mean.map(shortened) ?? "-",
        ]
    }

    private static func change(_ old: String?, _ new: String?) -> String {
        let (was, now) = (old.map { $0.cut(to: 24) } ?? "-", new.map { $0.cut(to: 24) } ?? "-")
        return was == now ? now : "\(was) -> \(now)"
    }

    /// Six significant digits.
    static func shortened(_ number: Double) -> String {
        var scale = 1.0
        while abs(number) * scale < 1e5, scale < 1e12 { scale *= 10 }
        let rounded = (number * scale).rounded() / scale
        return rounded.isFinite ? "\(rounded)" : "\(number)"
    }

    /// One table for each kind of change.
    var exampleTables: [(title: String, table: Table)] {
        var tables: [(String, Table)] = []
        let changed = diff.examples.filter { $0.change == .changed }
        if !changed.isEmpty {
            let rows = changed.flatMap { example in
                example.cells.enumerated().map { index, cell in
                    [
                        index == 0 ? "\(example.newLine ?? 0)" : "",
                        index == 0 ? example.key.map { ($0.value ?? "").cut(to: 30) }.joined(separator: ", ") : "",
                        cell.column, (cell.old ?? "").cut(to: 40), (cell.new ?? "").cut(to: 40),
                    ]
                }
            }
            tables.append(
                (
                    title("Changed rows", changed.count, of: diff.changed),
                    Table(["Line", diff.keys.joined(separator: ", "), "Column", "Old", "New"], rows: rows)
                ))
        }
        for (change, word, total, side) in [
            (RowDiff.Example.Change.removed, "Removed rows", diff.removed, diff.old),
            (.added, "Added rows", diff.added, diff.new),
        ] {
            let examples = diff.examples.filter { $0.change == change }
            if examples.isEmpty { continue }
            let rows = examples.map { example in
                ["\(example.oldLine ?? example.newLine ?? 0)"]
                    + example.cells.map { ($0.old ?? $0.new ?? "").cut(to: 24) }
            }
            tables.append(
                (title(word, examples.count, of: total), Table(["Line"] + side.columns.map(\.name), rows: rows)))
        }
        return tables
    }

    private func title(_ words: String, _ shown: Int, of total: Int) -> String {
        shown < total ? "\(words) (\(shown) of \(total)):" : "\(words):"
    }

    var text: String {
        var blocks = [[summary] + schemaLines.map { "  " + $0 }]
        if !diff.isEmpty {
            if !statistics.rows.isEmpty { blocks.append([statistics.plain]) }
            for (title, table) in exampleTables { blocks.append([title, table.plain]) }
        }
        return blocks.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
    }

    var markdown: String {
        var blocks = ["**\(summary.safeInMarkdown)**"]
        let schema = schemaLines.map { "- " + $0.safeInMarkdown }
        if !schema.isEmpty { blocks.append(schema.joined(separator: "\n")) }
        if !diff.isEmpty {
            if !statistics.rows.isEmpty { blocks.append(statistics.safeInMarkdown.markdown) }
            for (title, table) in exampleTables { blocks.append("\(title)\n\n\(table.safeInMarkdown.markdown)") }
        }
        return blocks.joined(separator: "\n\n")
    }
}

extension String {
    /// The beginning of a value, on one line.
    fileprivate func cut(to length: Int) -> String {
        let line = onOneLine
        return line.count > length ? line.prefix(length - 1) + "…" : line
    }

    /// Without what Markdown would take for a table's border, or a browser for a tag.
    fileprivate var safeInMarkdown: String {
        onOneLine.replacing("\\", with: "\\\\").replacing("|", with: "\\|").replacing("<", with: "&lt;")
            .replacing("`", with: "\\`")
    }
}

extension Table {
    fileprivate var safeInMarkdown: Table {
        Table(
            headings.map(\.safeInMarkdown), rows: rows.map { $0.map(\.safeInMarkdown) }, alignments: alignments,
            keepsSpaces: keepsSpaces)
    }
}
