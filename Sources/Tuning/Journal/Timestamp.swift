/// Moments as journals have them: `2026-11-23T15:33:58.000000+00:00`.
package enum Timestamp {
    /// - Parameter seconds: Since 1970.
    package static func text(_ seconds: Double) -> String {
        // Years 1 to 9999, which is what Python's dates can hold.
        let bounded = min(max(seconds.isFinite ? seconds : 0, -62_135_596_800), 253_402_300_799)
        let microseconds = Int((bounded * 1e6).rounded(.down))
        let (wholeDays, rest) = divided(microseconds, by: 86_400_000_000)
        let (year, month, day) = date(wholeDays)
        let second = rest / 1_000_000
        return padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2) + "T" + padded(second / 3600, 2) + ":"
            + padded(second / 60 % 60, 2) + ":" + padded(second % 60, 2) + "." + padded(rest % 1_000_000, 6) + "+00:00"
    }

    /// Seconds since 1970; without an offset the moment is taken as one of UTC. `nil` for what is no moment.
    package static func seconds(_ text: String) -> Double? {
        let bytes = Array(text.utf8)
        func digits(_ range: Range<Int>) -> Int? {
            guard range.upperBound <= bytes.count else { return nil }
            var result = 0
            for byte in bytes[range] {
                guard (48...57).contains(byte) else { return nil }
                result = result * 10 + Int(byte) - 48
            }
            return result
        }
        guard let year = digits(0..<4), let month = digits(5..<7), let day = digits(8..<10), let hour = digits(11..<13),
            let minute = digits(14..<16), let second = digits(17..<19), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        var result = Double(days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second)
        var rest = bytes[19...]
        if rest.first == UInt8(ascii: ".") {
            let fraction = rest.dropFirst().prefix { (48...57).contains($0) }
            result += Double("0." + String(decoding: fraction.prefix(9), as: UTF8.self)) ?? 0
            rest = rest.dropFirst(1 + fraction.count)
        }
        if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
            let start = rest.startIndex
            guard let hours = digits(start + 1..<start + 3), let minutes = digits(start + 4..<start + 6) else {
                return nil
            }
            let offset = Double(hours * 3600 + minutes * 60)
            result -= sign == UInt8(ascii: "+") ? offset : -offset
        }
        return result
    }

    /// Days since 1970, by Howard Hinnant's algorithm.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let (era, ofEra) = divided(month > 2 ? year : year - 1, by: 400)
        let ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
    }

    private static func divided(_ number: Int, by divisor: Int) -> (Int, Int) {
        let rest = (number % divisor + divisor) % divisor
        return ((number - rest) / divisor, rest)
    }

    /// The day of the Gregorian calendar, by Howard Hinnant's algorithm.
    private static func date(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let (era, day) = divided(days + 719_468, by: 146_097)
        let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365
        let ofYear = day - (365 * year + year / 4 - year / 100)
        let shifted = (5 * ofYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (year + era * 400 + (month <= 2 ? 1 : 0), month, ofYear - (153 * shifted + 2) / 5 + 1)
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
