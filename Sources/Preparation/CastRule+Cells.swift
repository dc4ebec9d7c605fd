import Tables

extension CastRule {
    /// The cell as the kind that is wished; `nil` where it cannot be.
    func cast(_ cell: TableCell) -> TableCell? {
        guard let spelling = cell.spelling else { return .missing }
        switch kind {
        case .text: return .text(String(decoding: spelling, as: UTF8.self))
        case .number: return TableCell.bytes(Self.trimmed(spelling)).number.map { .number($0) }
        case .integer:
            guard let number = TableCell.bytes(Self.trimmed(spelling)).number, number == number.rounded(.towardZero)
            else { return nil }
            // A whole number with more digits than a Double holds keeps them.
            return number.magnitude < 0x1p53 ? .number(number) : Self.wholeDigits(Self.trimmed(spelling))
        case .bool:
            guard let flag = Self.flag(Array(Self.trimmed(spelling))) else { return nil }
            return .literal(Array((flag ? "true" : "false").utf8)[...])
        case .date: return Self.date(Self.trimmed(spelling)).map { .text($0) }
        }
    }

    private static func trimmed(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == 0x09 }
        let start = bytes.firstIndex { !isBlank($0) } ?? bytes.endIndex
        let end = bytes.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? start
        return bytes[start..<end]
    }

    private static func wholeDigits(_ bytes: ArraySlice<UInt8>) -> TableCell? {
        let digits = bytes.first == UInt8(ascii: "-") ? bytes.dropFirst() : bytes
        return digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? .literal(bytes) : nil
    }

    /// `true`, `yes`, `t`, `y`, `1` and their opposites, whatever their case.
    static func flag(_ spelling: [UInt8]) -> Bool? {
        switch String(decoding: spelling.prefix(8), as: UTF8.self).lowercased() {
        case "true", "t", "yes", "y", "1": true
        case "false", "f", "no", "n", "0": false
        default: nil
        }
    }

    /// `2024-05-31`, with a time behind it maybe; also with slashes or without anything between the numbers.
    private static func date(_ bytes: ArraySlice<UInt8>) -> String? {
        let bytes = Array(bytes)
        func number(_ range: Range<Int>) -> Int? {
            guard range.upperBound <= bytes.count else { return nil }
            return bytes[range].reduce(0) { sum, byte in
                guard let sum, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
                return sum * 10 + Int(byte - UInt8(ascii: "0"))
            }
        }
        guard bytes.count >= 8 else { return nil }
        let separator = bytes[4]
        let isSpaced = separator == UInt8(ascii: "-") || separator == UInt8(ascii: "/")
        let parts =
            isSpaced
            ? (number(0..<4), number(5..<7), number(8..<10)) : (number(0..<4), number(4..<6), number(6..<8))
        guard let year = parts.0, let month = parts.1, let day = parts.2, !isSpaced || bytes[7] == separator,
            (1...12).contains(month), day >= 1, day <= days(in: month, of: year)
        else { return nil }
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
        let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
        let rest = bytes[(isSpaced ? 10 : 8)...]
        guard let mark = rest.first else { return date }
        guard mark == UInt8(ascii: "T") || mark == UInt8(ascii: " "), isTime(Array(rest.dropFirst())) else {
            return nil
        }
        return date + "T" + String(decoding: rest.dropFirst(), as: UTF8.self)
    }

    private static func days(in month: Int, of year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    }

    /// `12:30`, `12:30:05`, `12:30:05.25`, with a zone or without.
    private static func isTime(_ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        let body = text.prefix { $0 != "Z" && $0 != "+" && $0 != "-" }
        let zone = text.dropFirst(body.count)
        guard
            zone.isEmpty || zone == "Z" || zone.count >= 3 && zone.dropFirst().allSatisfy({ $0.isNumber || $0 == ":" })
        else { return false }
        let parts = body.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3, let hour = Int(parts[0]), let minute = Int(parts[1]),
            parts[0].utf8.count == 2, parts[1].utf8.count == 2, (0...24).contains(hour), (0...59).contains(minute)
        else { return false }
        guard parts.count == 3 else { return true }
        guard let second = Double(parts[2]) else { return false }
        return second >= 0 && second < 61
    }
}
