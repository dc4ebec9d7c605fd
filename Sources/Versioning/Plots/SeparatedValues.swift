import Documents

/// Rows of a CSV or TSV file as Python's `csv.DictReader` gives them: every value a string.
///
/// Quotes that are wrong are taken as they stand, as Python does without `strict`.
struct SeparatedValues {
    /// Python's limit for one field.
    static let longestField = 131_072
    /// What the key of surplus fields, which Python calls `None`, is in JSON.
    private static let surplusKey = "null"

    /// Whether a column holds the fields of a row beyond the header, and so has no name.
    static func isSurplus(_ key: String, _ value: Value) -> Bool { key == surplusKey && value.array != nil }

    /// - Parameter hasHeader: where there is none, columns are called `0`, `1`, …
    static func rows(_ text: [UInt8], separator: UInt8, hasHeader: Bool) throws(PlotFailure) -> [Value] {
        var records = try records(text, separator: separator)[...]
        let names: [String]
        if hasHeader {
            guard let header = records.popFirst() else { return [] }
            names = header
        } else {
            // DVC counts the columns at commas, whatever the separator is.
            guard let first = try Self.records(text, separator: UInt8(ascii: ","), limit: 1).first else {
                throw PlotFailure("TypeError", "object of type 'NoneType' has no len()")
            }
            names = first.indices.map(String.init)
        }
        return records.filter { !$0.isEmpty }.map { record in
            var row = Mapping()
            for (name, field) in zip(names, record) { row[name] = .string(field) }
            if record.count > names.count {
                row[surplusKey] = .array(record[names.count...].map(Value.string))
            } else {
                for name in names[record.count...] { row[name] = .null }
            }
            return .mapping(row)
        }
    }

    private enum State { case recordStart, fieldStart, plain, quoted, quoteInQuoted }

    private static func records(
        _ text: [UInt8], separator: UInt8, limit: Int = .max
    ) throws(PlotFailure) -> [[String]] {
        var records: [[String]] = []
        var record: [String] = []
        var field: [UInt8] = []
        var state = State.recordStart
        func endField() {
            record.append(String(decoding: field, as: UTF8.self))
            field.removeAll(keepingCapacity: true)
        }
        func endRecord() {
            records.append(record)
            record = []
            state = .recordStart
        }
        let newline = UInt8(ascii: "\n")
        let carriageReturn = UInt8(ascii: "\r")
        let quote = UInt8(ascii: "\"")
        var index = 0
        while index < text.count {
            var byte = text[index]
            index += 1
            // Text files are read with every kind of line end as one.
            if byte == carriageReturn {
                if index < text.count, text[index] == newline { index += 1 }
                byte = newline
            }
            switch state {
            case .recordStart, .fieldStart:
                if byte == newline {
                    if state == .fieldStart { endField() }
                    endRecord()
                } else if byte == quote {
                    state = .quoted
                } else if byte == separator {
                    endField()
                    state = .fieldStart
                } else {
                    field.append(byte)
                    state = .plain
                }
            case .plain:
                if byte == newline {
                    endField()
                    endRecord()
                } else if byte == separator {
                    endField()
                    state = .fieldStart
                } else {
                    field.append(byte)
                }
            case .quoted:
                if byte == quote { state = .quoteInQuoted } else { field.append(byte) }
            case .quoteInQuoted:
                if byte == quote {
                    field.append(byte)
                    state = .quoted
                } else if byte == newline {
                    endField()
                    endRecord()
                } else if byte == separator {
                    endField()
                    state = .fieldStart
                } else {
                    field.append(byte)
                    state = .plain
                }
            }
            if field.count > longestField {
                throw PlotFailure("Error", "field larger than field limit (\(longestField))")
            }
            if records.count >= limit { return records }
        }
        if state != .recordStart {
            endField()
            endRecord()
        }
        return records
    }
}
