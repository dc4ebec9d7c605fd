import ArgumentParser

/// A rate as a person writes it: `500K`, `10M`, `1.5G` or plain bytes, per second; units are powers of 1024.
struct ByteRate: ExpressibleByArgument, Sendable {
    let bytesPerSecond: Int64

    init?(argument: String) {
        var digits = argument[...]
        var unit = 1.0
        if let last = digits.last, let power = ["K": 1, "M": 2, "G": 3][last.uppercased()] {
            digits = digits.dropLast()
            for _ in 0..<power { unit *= 1024 }
        }
        guard let number = Double(digits), number.isFinite, number > 0, number * unit < 1e18 else { return nil }
        bytesPerSecond = max(1, Int64(number * unit))
    }
}
