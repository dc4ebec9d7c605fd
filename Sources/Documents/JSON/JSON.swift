/// JSON as Python reads and writes it: RFC 8259 with `NaN`, `Infinity` and `-Infinity`, integers of any size.
package enum JSON {
    package enum DuplicateKeys: Sendable {
        case rejected
        /// The last one counts, as in Python.
        case overwriting
    }

    /// The only value in a text of UTF-8, which begins with it: no byte order mark.
    package static func parse(
        _ bytes: UnsafeRawBufferPointer, limits: DocumentLimits = .standard, duplicateKeys: DuplicateKeys = .rejected
    ) throws(DocumentError) -> Value {
        guard bytes.count <= limits.bytes else {
            throw DocumentError("document larger than \(limits.bytes) bytes")
        }
        var parser = JSONParser(bytes, maximumDepth: limits.depth, duplicateKeys: duplicateKeys)
        return try parser.parseDocument()
    }

    package static func parse(
        _ bytes: [UInt8], limits: DocumentLimits = .standard, duplicateKeys: DuplicateKeys = .rejected
    ) throws(DocumentError) -> Value {
        let result = bytes.withUnsafeBytes { buffer -> Result<Value, DocumentError> in
            do throws(DocumentError) {
                return .success(try parse(buffer, limits: limits, duplicateKeys: duplicateKeys))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    package static func parse(
        _ text: String, limits: DocumentLimits = .standard, duplicateKeys: DuplicateKeys = .rejected
    ) throws(DocumentError) -> Value {
        try parse(Array(text.utf8), limits: limits, duplicateKeys: duplicateKeys)
    }

    /// What Python's `json.dumps` gives: one line, `", "` and `": "`, all but ASCII escaped.
    ///
    /// Keys sort by code point. Dates, which Python refuses, are strings.
    package static func emitPython(_ value: Value, sortKeys: Bool = false) -> String {
        var emitter = JSONEmitter(sortsKeys: sortKeys)
        emitter.write(value)
        return String(decoding: emitter.output, as: UTF8.self)
    }

    /// What Python's `json.dumps` gives with an indentation: as `emitPython`, an item or a key a line, no final newline.
    package static func emitIndented(_ value: Value, by blanks: Int = 4, sortKeys: Bool = false) -> String {
        var emitter = JSONEmitter(sortsKeys: sortKeys, indentation: blanks)
        emitter.write(value)
        return String(decoding: emitter.output, as: UTF8.self)
    }
}
