import Hashing
import Tables

/// A digest of a row, or of its keys, that depends on nothing but what is in the cells.
///
/// SHA-256 of the seed in decimal digits and, for each cell, a zero byte and its spelling; nobody needs more than
/// Python's `hashlib` to find it again.
enum RowDigest {
    static func digest(seed: Int?, _ cells: [TableCell], _ positions: [Int]) -> [UInt8] {
        var bytes = seed.map { Array(String($0).utf8) } ?? []
        for position in positions {
            bytes.append(0)
            switch cells[position] {
            case .bytes(let text), .literal(let text): bytes += text
            case let cell: bytes += cell.spelling ?? []
            }
        }
        return bytes.withUnsafeBytes { SHA256.digest(of: $0) }
    }

    /// The first eight bytes as a number from 0 up to 1.
    static func fraction(_ digest: [UInt8]) -> Double {
        Double(digest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) } >> 11) * 0x1p-53
    }

    /// Lets the first of rows through that have the same in all of these columns; remembers 16 bytes of each.
    static func firstOnly(_ positions: [Int]) -> RowOperation {
        struct Key: Hashable {
            let high: UInt64
            let low: UInt64
        }
        var seen = Set<Key>()
        return { row in
            let digest = digest(seed: nil, row.cells, positions)
            let high = digest[0..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            let low = digest[8..<16].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return seen.insert(Key(high: high, low: low)).inserted
        }
    }
}
