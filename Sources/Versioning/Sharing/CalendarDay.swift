import Basics

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A day of the calendar, such as `2024-05-17`, at whose beginning here `gc --date` draws its line.
package struct CalendarDay: Sendable, Equatable {
    /// Seconds since 1970 at which the day begins in the local time zone.
    package let start: Int64

    /// - Parameter text: year, month and day; a day that the calendar doesn't have is refused.
    package init(_ text: String) throws {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part in
            part.utf8.allSatisfy { (0x30...0x39).contains($0) } && part.utf8.count <= 4 ? Int32(part) : nil
        }
        guard parts.count == 3, numbers.count == 3, parts[0].utf8.count == 4, numbers[0] > 0,
            (1...12).contains(numbers[1]), (1...31).contains(numbers[2])
        else { throw CalendarDay.refusal(text) }
        var time = tm()
        time.tm_year = numbers[0] - 1900
        time.tm_mon = numbers[1] - 1
        time.tm_mday = numbers[2]
        time.tm_isdst = -1
        let seconds = mktime(&time)
        // The 31st of a shorter month has become another day.
        guard time.tm_mon == numbers[1] - 1, time.tm_mday == numbers[2] else { throw CalendarDay.refusal(text) }
        start = Int64(seconds)
    }

    private static func refusal(_ text: String) -> Failure {
        Failure("'\(text)' is not a date", remedy: "write it as year, month and day: 2024-05-17")
    }
}
