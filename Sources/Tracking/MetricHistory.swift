import Basics
import FileSystem

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The table of one metric: tab-separated `step` and value below a heading, with `timestamp` in front where asked for.
struct MetricHistory: Sendable {
    private let path: String
    private let column: String
    /// Whether the table has timestamps; `nil` before the first look at it.
    private var hasTimestamps: Bool?

    init(path: String, column: String) {
        self.path = path
        self.column = column
    }

    /// Adds a line. The file grows by it whole or not at all.
    ///
    /// A table keeps the columns it began with, whatever `timestamp` says later: lines of another width could not be read.
    mutating func append(step: Int, _ value: MetricValue, timestamp: Bool) throws {
        let file = try open()
        var text = ""
        if let columns = try columns(of: file) {
            hasTimestamps = columns
        } else {
            hasTimestamps = timestamp
            text = (timestamp ? "timestamp\t" : "") + "step\t" + Self.field(column) + "\n"
        }
        if hasTimestamps == true { text += "\(Self.milliseconds)\t" }
        text += "\(step)\t\(Self.field(value.text))\n"
        let size = try file.status().size
        do {
            try file.write(Array(text.utf8))
        } catch {
            // As after a full disk.
            _ = ftruncate(file.raw, off_t(size))
            throw error
        }
    }

    private func open() throws(FileError) -> FileDescriptor {
        let flags = O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
        var descriptor = Self.open(path, flags)
        if descriptor < 0, errno == ENOENT {
            try Files.makeDirectory(Paths.parent(path))
            descriptor = Self.open(path, flags)
        }
        guard descriptor >= 0 else { throw FileError("write", path) }
        let file = FileDescriptor(owning: descriptor, path: path)
        guard try file.status().kind == .file else { throw FileError("write", path, EINVAL) }
        return file
    }

    private static func open(_ path: String, _ flags: Int32) -> Int32 {
        #if canImport(Glibc)
            Glibc.open(path, flags, 0o666)
        #else
            Darwin.open(path, flags, 0o666)
        #endif
    }

    /// Whether a table that is there has timestamps; `nil` where its heading is missing. What a killed writer left of a
    /// line is cut off.
    private func columns(of file: FileDescriptor) throws -> Bool? {
        let size = try file.status().size
        guard size > 0 else { return nil }
        if let hasTimestamps { return hasTimestamps }
        let bytes = try Files.read(path)
        guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else {
            guard ftruncate(file.raw, 0) == 0 else { throw FileError("write", path) }
            return nil
        }
        if end + 1 < bytes.count, ftruncate(file.raw, off_t(end + 1)) != 0 { throw FileError("write", path) }
        return bytes.starts(with: "timestamp\t".utf8)
    }

    private static var milliseconds: Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }

    /// A field as Python's `csv` writes it: in quotes where it must be.
    private static func field(_ text: String) -> String {
        let needsQuotes = text.utf8.contains { byte in
            byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\"")
        }
        guard needsQuotes else { return text }
        var result = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" { result += "\"" }
            result.unicodeScalars.append(scalar)
        }
        return result + "\""
    }

    // MARK: Reading

    /// The steps and numbers of whole lines; others, and values that are no numbers, are passed over.
    static func points(in lines: some Sequence<ArraySlice<UInt8>>, hasTimestamps: Bool) -> [MetricPoint] {
        lines.compactMap { line in
            let fields = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
            let first = hasTimestamps ? 1 : 0
            guard fields.count == first + 2,
                let step = Int(String(decoding: fields[first], as: UTF8.self)),
                case let value = MetricValue(parsing: String(decoding: fields[first + 1], as: UTF8.self)),
                let number = value.number
            else { return nil }
            return MetricPoint(step: step, value: number)
        }
    }

    /// Takes the lines of a step and of later ones out of a table.
    static func drop(from step: Int, in path: String) throws {
        let bytes = try Files.read(path)
        guard let heading = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return try Files.remove(path) }
        let column = bytes.starts(with: "timestamp\t".utf8) ? 1 : 0
        var kept = Array(bytes[...heading])
        var start = heading + 1
        while start < bytes.count, let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            let fields = bytes[start..<end].split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
            let found = fields.indices.contains(column) ? Int(String(decoding: fields[column], as: UTF8.self)) : nil
            if let found, found < step { kept += bytes[start...end] }
            start = end + 1
        }
        if kept.count - 1 == heading {
            try Files.remove(path)
        } else if kept.count != bytes.count {
            try Files.write(kept, to: path, sync: false)
        }
    }
}

extension MetricValue {
    /// `nil` for a word.
    var number: Double? {
        switch self {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        case .word: nil
        }
    }
}

/// A value of a metric at a step.
package struct MetricPoint: Sendable, Equatable {
    package var step: Int
    package var value: Double

    package init(step: Int, value: Double) {
        self.step = step
        self.value = value
    }
}
