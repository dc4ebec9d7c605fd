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
