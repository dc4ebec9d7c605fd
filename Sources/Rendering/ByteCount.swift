/// A number of bytes in the three significant digits that DVC shows: `512`, `1.50k`, `12.3M`, `123G`.
package struct ByteCount: Sendable, CustomStringConvertible {
    package let bytes: Int64

    package init(_ bytes: Int64) {
        self.bytes = bytes
    }

    package var description: String {
        guard abs(Double(bytes)) >= 1024 else { return "\(bytes)" }
        var value = Double(bytes)
        for unit in ["", "k", "M", "G", "T", "P", "E", "Z"] {
            // The thresholds are those of DVC's formatter: a value that would round up to 1000 moves to the next unit.
            if abs(value) < 999.5 {
                if abs(value) < 99.95 {
                    return (abs(value) < 9.995 ? fixed(value, decimals: 2) : fixed(value, decimals: 1)) + unit
                }
                return fixed(value, decimals: 0) + unit
            }
            value /= 1024
        }
        return fixed(value, decimals: 1) + "Y"
    }
}

/// `value` with so many decimals, a tie going to the even digit.
func fixed(_ value: Double, decimals: Int) -> String {
    let scale = [1.0, 10, 100, 1000][min(max(decimals, 0), 3)]
    let scaled = (abs(value) * scale).rounded(.toNearestOrEven)
    guard scaled < 9e18 else { return "\(value)" }
    let digits = String(Int64(scaled))
    let sign = value < 0 ? "-" : ""
    guard decimals > 0 else { return sign + digits }
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
}
