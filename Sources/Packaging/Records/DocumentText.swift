import Documents

extension Value {
    /// The document's bytes as varve packs JSON: one line, in ASCII, with an end.
    var documentBytes: [UInt8] { Array((JSON.emitPython(finite) + "\n").utf8) }

    /// The value as other readers of JSON take it: numbers that are none become text.
    var finite: Value {
        switch self {
        case .float(let number) where number.isNaN: "NaN"
        case .float(let number) where number.isInfinite: number < 0 ? "-Infinity" : "Infinity"
        case .array(let items): .array(items.map(\.finite))
        case .mapping(let mapping): .mapping(Mapping(mapping.entries.map { (key: $0.key, value: $0.value.finite) }))
        default: self
        }
    }

    /// A number, text or truth value as a person reads it.
    var plainText: String {
        switch self {
        case .string(let text), .date(let text), .bigInt(let text): text
        case .int(let number): String(number)
        default: JSON.emitPython(finite)
        }
    }
}
