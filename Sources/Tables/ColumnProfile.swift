/// What a column holds, gathered in one pass with fixed memory.
package struct ColumnProfile: Sendable {
    /// The narrowest kind that all values of a column are of.
    package enum Kind: String, Sendable {
        /// Nothing is in the column.
        case empty
        case boolean
        case integer
        case number
        /// `2024-05-31`, also with a time behind it.
        case date
        case text
    }

    package let name: String
    package private(set) var rows = 0
    package private(set) var missing = 0
    private var possible: Set<Kind> = [.boolean, .integer, .number, .date, .text]
    private var numbers = RunningMoments()
    private var smallest: [UInt8]?
    private var largest: [UInt8]?
    private var distinctValues = DistinctCounter()

    package init(name: String) { self.name = name }

    /// - Parameter cell: `nil` where nothing is in it.
    package mutating func add(_ cell: ArraySlice<UInt8>?) {
        rows += 1
        guard let cell, !Self.isMissing(cell) else {
            missing += 1
            return
        }
        distinctValues.add(cell)
        if possible.contains(.number) || possible.contains(.integer) {
            if let number = TableNumber(cell) {
                numbers.add(number.value)
                if !number.isInteger { possible.remove(.integer) }
            } else {
                possible.subtract([.integer, .number])
            }
        }
        if possible.contains(.boolean), !Self.isBoolean(cell) { possible.remove(.boolean) }
        if possible.contains(.date), !Self.isDate(cell) { possible.remove(.date) }
        if smallest.map({ cell.lexicographicallyPrecedes($0) }) ?? true { smallest = Array(cell.prefix(64)) }
        if largest.map({ $0.lexicographicallyPrecedes(cell) }) ?? true { largest = Array(cell.prefix(64)) }
    }

    package var kind: Kind {
        guard rows > missing else { return .empty }
        return [.boolean, .integer, .number, .date].first(where: possible.contains) ?? .text
    }

    /// About how many different values there are; within 2 % of the count for most.
    package var distinct: Int { min(distinctValues.estimate, rows - missing) }

    private var isNumeric: Bool { kind == .integer || kind == .number }
    package var mean: Double? { isNumeric ? numbers.mean : nil }
    /// Of the sample, with n - 1; `nil` for fewer than two values.
    package var standardDeviation: Double? { isNumeric ? numbers.standardDeviation : nil }

    /// The least value: of numbers by size, else by bytes and cut to 64 of them.
    package var minimum: String? { bound(numbers.minimum, smallest) }
    package var maximum: String? { bound(numbers.maximum, largest) }

    private func bound(_ number: Double, _ text: [UInt8]?) -> String? {
        guard let text else { return nil }
        guard isNumeric else { return String(decoding: text, as: UTF8.self) }
        return kind == .integer && abs(number) < 1e15 ? String(Int(number)) : "\(number)"
    }

    /// What spreadsheets, R and pandas write for nothing.
    private static func isMissing(_ cell: ArraySlice<UInt8>) -> Bool {
        switch cell.count {
        case 2: cell.elementsEqual("NA".utf8)
        case 3: cell.elementsEqual("NaN".utf8) || cell.elementsEqual("nan".utf8) || cell.elementsEqual("N/A".utf8)
        case 4: cell.elementsEqual("null".utf8) || cell.elementsEqual("NULL".utf8) || cell.elementsEqual("None".utf8)
        default: false
        }
    }

    private static func isBoolean(_ cell: ArraySlice<UInt8>) -> Bool {
        switch cell.count {
        case 4: ["true", "True", "TRUE"].contains { cell.elementsEqual($0.utf8) }
        case 5: ["false", "False", "FALSE"].contains { cell.elementsEqual($0.utf8) }
        default: false
        }
    }

    private static func isDate(_ cell: ArraySlice<UInt8>) -> Bool {
        guard cell.count >= 10 else { return false }
        let start = cell.startIndex
        for (offset, byte) in cell.prefix(10).enumerated() {
            let isDash = offset == 4 || offset == 7
            guard isDash ? byte == UInt8(ascii: "-") : (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else {
                return false
            }
        }
        return cell.count == 10 || cell[start + 10] == UInt8(ascii: "T") || cell[start + 10] == UInt8(ascii: " ")
    }
}

/// Mean and spread in one pass, by Welford's method.
struct RunningMoments: Sendable {
    private(set) var count = 0
    private(set) var mean = 0.0
    private var squares = 0.0
    private(set) var minimum = Double.infinity
    private(set) var maximum = -Double.infinity

    mutating func add(_ value: Double) {
        count += 1
        let distance = value - mean
        mean += distance / Double(count)
        squares += distance * (value - mean)
        minimum = min(minimum, value)
        maximum = max(maximum, value)
    }

    var standardDeviation: Double? { count > 1 ? (squares / Double(count - 1)).squareRoot() : nil }
}

/// Counts different values in 4 KiB, by HyperLogLog (Flajolet et al., 2007) with linear counting of few.
struct DistinctCounter: Sendable {
    private static let bits = 12
    private var registers = [UInt8](repeating: 0, count: 1 << bits)

    mutating func add(_ value: ArraySlice<UInt8>) {
        // FNV-1a, then the finalizer of SplitMix64, since the upper bits of the former are no good alone.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in value { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        hash = (hash ^ (hash >> 30)) &* 0xbf58_476d_1ce4_e5b9
        hash = (hash ^ (hash >> 27)) &* 0x94d0_49bb_1331_11eb
        hash ^= hash >> 31
        let index = Int(hash >> UInt64(64 - Self.bits))
        let rest = hash << UInt64(Self.bits) | 1 << UInt64(Self.bits - 1)
        registers[index] = max(registers[index], UInt8(rest.leadingZeroBitCount + 1))
    }

    var estimate: Int {
        let count = Double(registers.count)
        let alpha = 0.7213 / (1 + 1.079 / count)
        let raw = alpha * count * count / registers.reduce(0.0) { $0 + 1 / Double(UInt64(1) << UInt64($1)) }
        let empty = registers.count { $0 == 0 }
        if raw <= 2.5 * count, empty > 0 { return Int((count * logarithm(count / Double(empty))).rounded()) }
        return Int(raw.rounded())
    }
}
