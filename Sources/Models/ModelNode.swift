/// A model's file as data, before anybody trusts it.
enum ModelNode {
    case null
    case bool(Bool)
    case integer(Int)
    case real(Double)
    case text(String)
    case list([ModelNode])
    /// Numbers of one kind in a row, as UBJSON packs them.
    case packed(PackedNumbers)
    case object([(key: String, value: ModelNode)])

    subscript(_ key: String) -> ModelNode? {
        get {
            guard case .object(let entries) = self else { return nil }
            return entries.first { $0.key.utf8.elementsEqual(key.utf8) }?.value
        }
        set {
            guard case .object(var entries) = self, let newValue,
                let place = entries.firstIndex(where: { $0.key.utf8.elementsEqual(key.utf8) })
            else { return }
            entries[place].value = newValue
            self = .object(entries)
        }
    }

    var text: String? { if case .text(let text) = self { text } else { nil } }

    /// How many items a list has; nil for what is none.
    var count: Int? {
        switch self {
        case .list(let items): items.count
        case .packed(let numbers): numbers.count
        default: nil
        }
    }

    /// The whole numbers of a list; nil where something else is in it.
    var integers: [Int]? {
        switch self {
        case .packed(let numbers): return numbers.integers
        case .list(let items):
            var result: [Int] = []
            result.reserveCapacity(items.count)
            for item in items {
                switch item {
                case .integer(let number): result.append(number)
                case .bool(let flag): result.append(flag ? 1 : 0)
                default: return nil
                }
            }
            return result
        default: return nil
        }
    }

    /// How many numbers of any kind a list has; nil where something else is in it.
    var numberCount: Int? {
        switch self {
        case .packed(let numbers): return numbers.count
        case .list(let items):
            for item in items {
                switch item {
                case .integer, .real: continue
                default: return nil
                }
            }
            return items.count
        default: return nil
        }
    }
}

/// Numbers of one kind as their bytes, the highest first.
struct PackedNumbers {
    /// UBJSON's letter for the kind.
    let kind: UInt8
    let bytes: ArraySlice<UInt8>

    /// The bytes that one number takes; nil for what is no kind of number.
    static func size(of kind: UInt8) -> Int? {
        switch kind {
        case UInt8(ascii: "i"), UInt8(ascii: "U"): 1
        case UInt8(ascii: "I"): 2
        case UInt8(ascii: "l"), UInt8(ascii: "d"): 4
        case UInt8(ascii: "L"), UInt8(ascii: "D"): 8
        default: nil
        }
    }

    var count: Int { bytes.count / (Self.size(of: kind) ?? 1) }

    /// nil for fractions.
    var integers: [Int]? {
        guard kind != UInt8(ascii: "d"), kind != UInt8(ascii: "D"), let size = Self.size(of: kind) else { return nil }
        return stride(from: bytes.startIndex, to: bytes.endIndex, by: size).map { start in
            Self.integer(bytes[start..<start + size], kind: kind)
        }
    }

    static func integer(_ bytes: ArraySlice<UInt8>, kind: UInt8) -> Int {
        let word = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return switch kind {
        case UInt8(ascii: "i"): Int(Int8(truncatingIfNeeded: word))
        case UInt8(ascii: "U"): Int(UInt8(truncatingIfNeeded: word))
        case UInt8(ascii: "I"): Int(Int16(truncatingIfNeeded: word))
        case UInt8(ascii: "l"): Int(Int32(truncatingIfNeeded: word))
        default: Int(Int64(bitPattern: word))
        }
    }
}
