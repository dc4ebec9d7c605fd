import Documents
import Evaluation
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What scikit-learn has answered; `fixtures/evaluation/make.py` says how it was asked.
struct GoldenFile {
    let content: Mapping

    init(_ name: String) throws {
        content = try #require(try JSON.parse(Array(projectFile("fixtures/evaluation/\(name)").utf8)).mapping)
    }

    subscript(_ key: String) -> [Value] { content[key]?.array ?? [] }

    /// The data set of a name.
    func data(_ name: String) throws -> Mapping { try #require(content["data"]?.mapping?[name]?.mapping) }
}

/// The text of a file of the project, by its path from the root.
func projectFile(_ name: String, path: String = #filePath) throws -> String {
    let root = path.split(separator: "/").dropLast(4).joined(separator: "/")
    let file = try #require(fopen("/\(root)/\(name)", "r"))
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = fread(&buffer, 1, buffer.count, file)
        if count == 0 { break }
        bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
}

extension Value {
    /// A number, or the text of one that JSON has not.
    var number: Double? {
        switch self {
        case .int(let value): Double(value)
        case .float(let value): value
        case .string(let text): ["NaN": .nan, "Infinity": .infinity, "-Infinity": -.infinity][text]
        default: nil
        }
    }

    var numbers: [Double] { array?.compactMap(\.number) ?? [] }
    var codes: [Int] { array?.compactMap(\.int) ?? [] }
    var matrix: ScoreMatrix? { ScoreMatrix(array?.map(\.numbers) ?? []) }
    var labels: LabelMatrix? { LabelMatrix(array?.map { $0.codes.map { $0 == 1 } } ?? []) }
}

extension Mapping {
    func numbers(_ key: String) -> [Double] { self[key]?.numbers ?? [] }
    func codes(_ key: String) -> [Int] { self[key]?.codes ?? [] }
    func matrix(_ key: String) throws -> ScoreMatrix { try #require(self[key]?.matrix) }
    func labels(_ key: String) throws -> LabelMatrix { try #require(self[key]?.labels) }

    /// The weights of a name; nil for null.
    func weights(_ kind: Value) -> [Double]? { kind.string.flatMap { self["weights"]?.mapping?[$0]?.numbers } }
}

/// Whether two numbers agree to so many parts of the greater of 1 and the expected one; NaN agrees with NaN.
func agrees(_ value: Double, _ expected: Double, within tolerance: Double) -> Bool {
    if value == expected || (value.isNaN && expected.isNaN) { return true }
    return abs(value - expected) <= tolerance * max(1, abs(expected))
}

func agrees(_ values: [Double], _ expected: [Double], within tolerance: Double) -> Bool {
    values.count == expected.count && zip(values, expected).allSatisfy { agrees($0, $1, within: tolerance) }
}

/// A number, or nil where there is none.
func number(_ compute: () throws(MetricUndefined) -> Double) -> Double? {
    do { return try compute() } catch { return nil }
}

/// Where an answer and what was expected of it, a number or `"error"`, differ.
func difference(_ value: Double?, _ expected: Value, within tolerance: Double, _ words: String) -> String? {
    let wanted = expected.number
    switch (value, wanted) {
    case (nil, nil): return nil
    case (let value?, let wanted?) where agrees(value, wanted, within: tolerance): return nil
    default: return "\(words): \(value.map { "\($0)" } ?? "error"), not \(wanted.map { "\($0)" } ?? "error")"
    }
}
