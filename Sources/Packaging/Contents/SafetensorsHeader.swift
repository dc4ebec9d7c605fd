import Documents
import FileSystem

/// The table of contents of a safetensors file, read without a look at the tensors.
struct SafetensorsHeader {
    private(set) var parameterCount: Int64 = 0
    private(set) var precision: String?

    /// As the format's own readers have it.
    private static let largest = 100_000_000

    init(of file: PackageFile) throws {
        let size = try file.size
        let start = try file.beginning(8)
        guard start.count == 8 else { throw Self.damage(file, "it is too short") }
        var length: UInt64 = 0
        for byte in start.reversed() { length = length << 8 | UInt64(byte) }
        guard length <= UInt64(Self.largest), Int64(length) <= size - 8 else {
            throw Self.damage(file, "its header says that it is \(length) bytes long")
        }
        let bytes = try file.beginning(8 + Int(length)).dropFirst(8)
        guard bytes.count == Int(length), let table = try? JSON.parse(Array(bytes), limits: DocumentLimits(depth: 10)),
            let tensors = table.mapping
        else { throw Self.damage(file, "its header is not JSON") }
        try read(tensors, room: size - 8 - Int64(length), file)
    }

    private mutating func read(_ tensors: Mapping, room: Int64, _ file: PackageFile) throws {
        var ranges: [Range<Int>] = []
        var counts: [String: Int64] = [:]
        for (name, value) in tensors.entries where name != "__metadata__" {
            guard let fields = value.mapping, let type = fields["dtype"]?.string, let shape = fields["shape"]?.array,
                let offsets = fields["data_offsets"]?.array, offsets.count == 2, let begin = offsets[0].int,
                let end = offsets[1].int, begin >= 0, begin <= end, Int64(end) <= room
            else { throw Self.damage(file, "the tensor '\(name.printableText)' lies outside of it") }
            var count: Int64 = 1
            for dimension in shape {
                let (product, overflow) = count.multipliedReportingOverflow(by: Int64(dimension.int ?? -1))
                guard !overflow, product >= 0 else {
                    throw Self.damage(file, "the tensor '\(name.printableText)' has an impossible shape")
                }
                count = product
            }
            // Even the narrowest types have four bits a value.
            guard count / 2 <= Int64(end - begin) else {
                throw Self.damage(file, "the tensor '\(name.printableText)' is smaller than its shape")
            }
            if begin < end { ranges.append(begin..<end) }
            counts[type, default: 0] += count
        }
        ranges.sort { $0.lowerBound < $1.lowerBound }
        for (left, right) in zip(ranges, ranges.dropFirst()) where left.upperBound > right.lowerBound {
            throw Self.damage(file, "two of its tensors overlap")
        }
        parameterCount = counts.values.reduce(0, &+)
        let main = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }
        precision = main.flatMap { Self.precisions[$0.key] }
    }

    private static let precisions = [
        "F64": "fp64", "F32": "fp32", "F16": "fp16", "BF16": "bf16", "I8": "int8", "U8": "uint8", "I4": "int4",
        "F8_E4M3": "fp8", "F8_E5M2": "fp8", "I16": "int16", "I32": "int32", "I64": "int64",
    ]

    private static func damage(_ file: PackageFile, _ reason: String) -> PackageError {
        PackageError(
            .malformed, "'\(file.path.string.printable)' is no proper safetensors file: \(reason)",
            remedy: "write the file anew, or give it another suffix if it is something else")
    }
}
