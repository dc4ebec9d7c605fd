import Documents
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Cases that DVC itself has answered; `Fixtures/make.py` says how.
func goldenCases(_ name: String, path: String = #filePath) throws -> [Mapping] {
    let folder = path.split(separator: "/").dropLast().joined(separator: "/")
    let file = try #require(fopen("/\(folder)/Fixtures/\(name)", "r"))
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = fread(&buffer, 1, buffer.count, file)
        if count == 0 { break }
        bytes += buffer[..<count]
    }
    return try #require(try JSON.parse(bytes).array).compactMap(\.mapping)
}

/// Dates as the golden files have them: only that they are dates.
func withoutDates(_ value: Value) -> Value {
    switch value {
    case .date: .mapping(Mapping([("$date", true)]))
    case .array(let items): .array(items.map(withoutDates))
    case .mapping(let mapping): .mapping(Mapping(mapping.entries.map { ($0.key, withoutDates($0.value)) }))
    default: value
    }
}
