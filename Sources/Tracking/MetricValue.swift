import Documents

/// What a metric can be: a number, or a word where there is none.
package enum MetricValue: Sendable, Equatable {
    case integer(Int)
    case number(Double)
    case word(String)

    /// As a program prints it: `3`, `0.25`, `1e-3`, `nan`; anything else is a word.
    package init(parsing text: String) {
        if let integer = Int(text) {
            self = .integer(integer)
        } else if let first = text.utf8.first, !"xX".utf8.contains(first), let number = Self.number(text) {
            self = .number(number)
        } else {
            self = .word(text)
        }
    }

    /// Decimal numbers and the names of those that are none; not Swift's hexadecimal ones.
    private static func number(_ text: String) -> Double? {
        guard !text.utf8.contains(where: { $0 | 0x20 == UInt8(ascii: "x") || $0 == UInt8(ascii: "(") }) else {
            return nil
        }
        return Double(text)
    }

    /// As it stands in a table.
    var text: String {
        switch self {
        case .integer(let integer): String(integer)
        case .number(let number): PythonFloat.repr(number)
        case .word(let word): word
        }
    }

    /// As it stands in `metrics.json`: JSON has no word for what is no number, so it is a string.
    var json: Value {
        switch self {
        case .integer(let integer): .int(integer)
        case .number(let number): number.isFinite ? .float(number) : .string(PythonFloat.repr(number))
        case .word(let word): .string(word)
        }
    }
}
