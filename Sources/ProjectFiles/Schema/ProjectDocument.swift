import Documents

/// A project file's text, read and checked against what such a file may say.
struct ProjectDocument: Sendable {
    let value: Mapping

    /// - Parameter path: for messages.
    init(parsing bytes: [UInt8], path: String, schema: Schema) throws(ProjectFileError) {
        let parsed: Value
        do throws(DocumentError) {
            parsed = try YAML.parse(bytes)
        } catch {
            throw ProjectFileError(
                path, .syntax(error, looksLikeMergeConflict: Self.hasConflictMarkers(bytes)))
        }
        // An empty file, and by DVC's leave anything that amounts to nothing, is an empty mapping.
        let document = parsed.isTruthy ? parsed : .mapping(Mapping())
        let mismatches = schema.mismatches(in: document)
        guard mismatches.isEmpty, let mapping = document.mapping else {
            throw ProjectFileError(path, .schema(Self.problems(mismatches, in: bytes)))
        }
        value = mapping
    }

    /// Gives each mismatch the position of the nearest thing on its path that the text has.
    private static func problems(_ mismatches: [Mismatch], in bytes: [UInt8]) -> [SchemaProblem] {
        let document = try? YAMLDocument(parsing: bytes)
        let lines = String(decoding: bytes, as: UTF8.self).split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        return mismatches.map { mismatch in
            var problem = SchemaProblem(mismatch.message, path: mismatch.path.map(\.text))
            var path = mismatch.path
            while let document, !path.isEmpty {
                if let mark = document.mark(at: path.map { $0 }) {
                    problem.line = mark.line
                    problem.column = mark.column
                    problem.excerpt = lines.indices.contains(mark.line - 1) ? String(lines[mark.line - 1]) : nil
                    break
                }
                path.removeLast()
            }
            return problem
        }
    }

    /// Whether a line begins as Git's conflict markers do.
    private static func hasConflictMarkers(_ bytes: [UInt8]) -> Bool {
        bytes.split(separator: UInt8(ascii: "\n")).contains { line in
            guard let first = line.first, "<=>".utf8.contains(first) else { return false }
            return line.count > 7 && line.prefix(7).allSatisfy { $0 == first } && line.dropFirst(7).first == 0x20
        }
    }
}
