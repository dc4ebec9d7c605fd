package import Documents

/// Results as JSON for people and diffs.
///
/// NaN and infinities are strings, as DVCLive writes them, since JSON has no numbers for them.
package enum IndentedJSON {
    package static func text(_ value: Value) -> String { JSON.emitIndented(value, by: 2) + "\n" }

    package static func number(_ number: Double) -> Value {
        if number.isNaN { return .string("NaN") }
        if number.isInfinite { return .string(number < 0 ? "-Infinity" : "Infinity") }
        return .float(number)
    }
}
