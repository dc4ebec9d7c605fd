/// By which columns rows are divided, such as `sex` or `sex,age:4`.
package struct SliceWish: Sendable, Equatable {
    package struct Part: Sendable, Equatable {
        package let column: String
        /// Into how many quantiles the column's numbers are divided; `nil` to take its values as they are.
        package let bins: Int?
    }

    package let parts: [Part]

    init(_ text: String) {
        parts = EvaluationOptions.commaSeparated(text).map { word in
            guard let colon = word.lastIndex(of: ":"), colon != word.startIndex,
                let bins = Int(word[word.index(after: colon)...]), (2...100).contains(bins)
            else { return Part(column: word, bins: nil) }
            return Part(column: String(word[..<colon]), bins: bins)
        }
    }

    init(columns: [String]) { parts = columns.map { Part(column: $0, bins: nil) } }

    package var columns: [String] { parts.map(\.column) }
    package var text: String { parts.map { $0.column + ($0.bins.map { ":\($0)" } ?? "") }.joined(separator: ",") }
}

/// Rows that agree in the columns of a slice.
package struct SliceGroup: Sendable {
    /// Columns and values; `nil` for a missing cell.
    package let values: [(column: String, value: String?)]
    let rows: [Int32]

    /// `sex=F,age=[20, 35)`
    package var name: String { values.map { "\($0.column)=\($0.value ?? "(missing)")" }.joined(separator: ",") }
}

extension EvaluationData {
    /// More groups than this are taken for a mistake.
    static let mostGroups = 1000

    /// The groups that occur, in the order of their values.
    package func groups(by names: [String]) throws -> [SliceGroup] {
        var parts: [SliceColumn] = []
        for name in names {
            guard let part = columns.first(where: { $0.name.utf8.elementsEqual(name.utf8) })?.column else {
                throw InputError("'\(self.name)' has no column '\(name)'")
            }
            parts.append(part)
        }
        // The code of a group is that of its first column, then of the next; missing cells come last.
        var codes = [Int](repeating: 0, count: rows)
        for part in parts {
            let (base, overflow) = Int(1).multipliedReportingOverflow(by: part.levels.count + 1)
            guard !overflow, codes.allSatisfy({ $0 < Int.max / max(1, base) - base }) else {
                throw InputError("'\(self.name)': too many groups by \(names.joined(separator: ","))")
            }
            for row in codes.indices {
                let code = Int(part.codes[row])
                codes[row] = codes[row] * base + (code < 0 ? part.levels.count : code)
            }
        }
        var members: [Int: [Int32]] = [:]
        for (row, code) in codes.enumerated() { members[code, default: []].append(Int32(row)) }
        guard members.count <= Self.mostGroups else {
            throw InputError(
                "'\(self.name)': \(members.count) groups by \(names.joined(separator: ",")), at most \(Self.mostGroups) "
                    + "can be told apart",
                remedy: "divide numbers by quantiles, such as --slice \(names[0]):4")
        }
        return members.sorted { $0.key < $1.key }.map { _, rows in
            let first = Int(rows[0])
            let values = zip(names, parts).map { name, part in
                let code = Int(part.codes[first])
                return (column: name, value: code < 0 ? nil : part.levels[code])
            }
            return SliceGroup(values: values, rows: rows)
        }
    }
}
