import HTTP

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Moments as AWS writes them.
package enum AWSTime {
    /// Seconds since 1970 by this machine's clock.
    package static func now() -> Int64 { Int64(time(nil)) }

    /// `20130524T000000Z`; the first eight letters are the day.
    static func stamp(_ seconds: Int64) -> String {
        let days = seconds >= 0 ? seconds / 86400 : (seconds - 86399) / 86400
        let (year, month, day) = HTTPDate.civil(days: days)
        let rest = seconds - days * 86400
        return String(unsafeUninitializedCapacity: 16) { buffer in
            func put(_ value: Int64, at index: Int) {
                buffer[index] = 0x30 + UInt8(truncatingIfNeeded: value / 10 % 10)
                buffer[index + 1] = 0x30 + UInt8(truncatingIfNeeded: value % 10)
            }
            put(year / 100, at: 0)
            put(year % 100, at: 2)
            put(month, at: 4)
            put(day, at: 6)
            buffer[8] = UInt8(ascii: "T")
            put(rest / 3600, at: 9)
            put(rest / 60 % 60, at: 11)
            put(rest % 60, at: 13)
            buffer[15] = UInt8(ascii: "Z")
            return 16
        }
    }

    /// Seconds since 1970 of an ISO 8601 time such as `2026-11-23T09:09:30.000Z`, with `Z` or an offset; `nil` for
    /// anything else.
    package static func seconds(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int64? {
            guard range.upperBound <= bytes.count else { return nil }
            var value: Int64 = 0
            for byte in bytes[range] {
                guard (0x30...0x39).contains(byte) else { return nil }
                value = value * 10 + Int64(byte - 0x30)
            }
            return value
        }
        guard bytes.count >= 19, let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"), bytes[13] == UInt8(ascii: ":"),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60
        else { return nil }
        var index = 19
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            index += 1
            while index < bytes.count, (0x30...0x39).contains(bytes[index]) { index += 1 }
        }
        let moment = HTTPDate.days(year: year, month: month, day: day) * 86400 + hour * 3600 + minute * 60 + second
        let zone = String(decoding: bytes[index...], as: UTF8.self)
        if zone.isEmpty || zone == "Z" || zone == "UTC" { return moment }
        let digits = zone.utf8.dropFirst().filter { $0 != UInt8(ascii: ":") }
        guard digits.count == 4, digits.allSatisfy({ (0x30...0x39).contains($0) }),
            let value = Int64(String(decoding: digits, as: UTF8.self))
        else { return nil }
        let offset = value / 100 * 3600 + value % 100 * 60
        switch zone.utf8.first {
        case UInt8(ascii: "+"): return moment - offset
        case UInt8(ascii: "-"): return moment + offset
        default: return nil
        }
    }
}
