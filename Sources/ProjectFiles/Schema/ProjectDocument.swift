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
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return mismatches.enumerated().map { number, mismatch in
            var problem = SchemaProblem(mismatch.message, path: mismatch.path.map(\.text))
            // Only so many are shown, and each search for a position reads the text once more.
            guard number < ProjectFileError.shownProblems, let document else { return problem }
            var path = mismatch.path
            while !path.isEmpty {
                if let (line, column) = document.mark(at: path) {
                    problem.line = line
                    problem.column = column
                    if lines.indices.contains(line - 1) {
                        problem.excerpt = String(decoding: lines[line - 1].filter { $0 != 0x0D }, as: UTF8.self)
                    }
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
