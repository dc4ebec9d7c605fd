import Documents

/// What a stage needs for itself while it runs.
package struct ResourceWish: Sendable, Equatable {
    /// Processors.
    package var processors = 0
    /// Bytes.
    package var memory: Int64 = 0
    package var gpus = 0
    /// Names that no two running stages may share.
    package var mutexes: [String] = []

    package init() {}

    /// Reads `meta.varve.resources`.
    init(_ value: Value) throws(SettingProblem) {
        guard !value.isNull else { return }
        guard let mapping = value.mapping else { throw SettingProblem(text: "is no mapping") }
        for (key, value) in mapping.entries {
            switch key {
            case "cpu": processors = try Self.count(value, key)
            case "gpu": gpus = try Self.count(value, key)
            case "mem":
                guard let bytes = Self.bytes(value) else {
                    throw SettingProblem(path: ".mem", text: "is no size such as 512M or 16G")
                }
                memory = bytes
            case "mutex":
                let names = value.array?.compactMap(\.settingText) ?? value.settingText.map { [$0] } ?? []
                guard !names.isEmpty, names.count == value.array?.count ?? 1 else {
                    throw SettingProblem(path: ".mutex", text: "is no name or list of names")
                }
                mutexes = names
            default: throw SettingProblem(path: ".\(key)", text: "is unknown; known are cpu, gpu, mem and mutex")
            }
        }
    }

    private static func count(_ value: Value, _ key: String) throws(SettingProblem) -> Int {
        guard let count = value.int, (0...1_000_000).contains(count) else {
            throw SettingProblem(path: ".\(key)", text: "is no count")
        }
        return count
    }

    /// Plain bytes, or with K, M, G or T for powers of 1024.
    static func bytes(_ value: Value) -> Int64? {
        if let count = value.int { return count >= 0 ? Int64(count) : nil }
        guard var text = value.string?.uppercased() else { return nil }
        for suffix in ["IB", "B"] where text.hasSuffix(suffix) {
            text.removeLast(suffix.count)
            break
        }
        var unit = 1.0
        if let last = text.last, let power = "KMGT".firstIndex(of: last) {
            for _ in 0...("KMGT".distance(from: "KMGT".startIndex, to: power)) { unit *= 1024 }
            text.removeLast()
        }
        guard let number = Double(text), number >= 0, number * unit < 1e18 else { return nil }
        return Int64(number * unit)
    }
}
