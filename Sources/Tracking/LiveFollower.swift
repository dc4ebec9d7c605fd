package import Documents
import FileSystem

/// Follows what another program logs into a folder, by looking at it from time to time.
///
/// A look costs a few system calls where nothing has changed, and otherwise reads only what was added.
package struct LiveFollower: Sendable {
    /// A metric as it is known so far.
    package struct Series: Sendable, Equatable {
        /// With `/` between its parts.
        package let name: String
        package var latest: MetricPoint
        /// Those that were read, thinned out where there are many.
        package var points: [MetricPoint]
    }

    package let folder: LiveFolder
    /// By name.
    package private(set) var series: [Series] = []
    /// What `metrics.json` said last, without `step`.
    package private(set) var summary = Mapping()
    /// The last complete step; `nil` where none is known.
    package private(set) var step: Int?
    private var tables: [String: Table] = [:]
    private var lastSummary: FileStatus?
    private var looks = 0

    /// How far a table has been read.
    private struct Table: Sendable {
        var status: FileStatus?
        var offset: Int64 = 0
        var hasTimestamps: Bool?
        /// Every so many points are kept.
        var stride = 1
        var seen = 0
        var points: [MetricPoint] = []
        var latest: MetricPoint?
    }

    /// Curves have no use for more.
    private static let pointLimit = 4096
    /// A look reads at most so many bytes of a table; the rest is for the next one.
    private static let pieceLimit = 1 << 22

    package init(_ folder: LiveFolder) { self.folder = folder }

    /// Looks at the folder.
    ///
    /// - Returns: whether something has changed since the last look.
    package mutating func look() -> Bool {
        let hasSummary = readSummary()
        // New tables appear rarely, mostly with a new summary.
        if hasSummary || looks % 4 == 0 {
            for name in folder.historyNames() where tables[name] == nil { tables[name] = Table() }
        }
        looks += 1
        var changed = false
        for (name, table) in tables {
            let path = Paths.join(folder.histories, name + ".tsv")
            guard let status = (try? Files.status(path, followingLinks: true)) ?? nil else {
                tables[name] = nil
                changed = true
                continue
            }
            guard status != table.status, let new = advance(table, path, status) else { continue }
            tables[name] = new
            changed = true
        }
        if changed {
            series = tables.compactMap { name, table in
                table.latest.map { Series(name: name, latest: $0, points: table.points) }
            }.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        }
        return changed || hasSummary
    }

    /// How many steps are done: those that are complete, or, where nobody says so, those that have later ones.
    package var stepsDone: Int? {
        if let step { return step < .max ? step + 1 : nil }
        return series.map(\.latest.step).max()
    }

    /// The latest value of every metric, those without a table included.
    package var latest: [(name: String, value: Value)] {
        var found: [(name: String, value: Value)] = []
        func collect(_ mapping: Mapping, _ prefix: String, _ depth: Int) {
            guard depth < 32 else { return }
            for (key, value) in mapping.entries {
                if let inner = value.mapping {
                    collect(inner, prefix + key + "/", depth + 1)
                } else {
                    found.append((prefix + key, value))
                }
            }
        }
        collect(summary, "", 0)
        for one in series where !found.contains(where: { $0.name.utf8.elementsEqual(one.name.utf8) }) {
            found.append((one.name, MetricValue.number(one.latest.value).json))
        }
        return found
    }

    // MARK: Files

    private mutating func readSummary() -> Bool {
        let status = (try? Files.status(folder.metrics, followingLinks: true)) ?? nil
        guard let status else {
            defer { (summary, step, lastSummary) = (Mapping(), nil, nil) }
            return lastSummary != nil
        }
        guard status != lastSummary else { return false }
        // One that is being written by a program that does not replace it whole is read at the next look.
        guard let bytes = try? Files.read(folder.metrics, limit: 1 << 24),
            let mapping = try? JSON.parse(bytes, duplicateKeys: .overwriting).mapping
        else { return false }
        lastSummary = status
        summary = mapping
        step = mapping["step"]?.int
        summary["step"] = nil
        return true
    }

    /// - Returns: `nil` where the table cannot be read.
    private func advance(_ known: Table, _ path: String, _ status: FileStatus) -> Table? {
        var table = known
        if status.size < table.offset || status.inode != table.status?.inode { table = Table() }
        table.status = status
        guard let file = try? FileDescriptor.reading(path) else { return nil }
        var buffer = [UInt8](repeating: 0, count: Int(min(Int64(Self.pieceLimit), max(0, status.size - table.offset))))
        let offset = table.offset
        let count = buffer.withUnsafeMutableBytes { (try? file.read(into: $0, at: offset)) ?? 0 }
        guard let end = buffer[..<count].lastIndex(of: UInt8(ascii: "\n")) else { return table }
        table.offset += Int64(end + 1)
        if table.offset < status.size, count == Self.pieceLimit { table.status = nil }
        var lines = buffer[...end].split(separator: UInt8(ascii: "\n"))[...]
        if table.hasTimestamps == nil, let heading = lines.popFirst() {
            table.hasTimestamps = heading.starts(with: "timestamp\t".utf8)
        }
        for point in MetricHistory.points(in: lines, hasTimestamps: table.hasTimestamps ?? false) {
            table.latest = point
            if table.seen % table.stride == 0 { table.points.append(point) }
            table.seen += 1
            if table.points.count > Self.pointLimit {
                table.points = stride(from: 0, to: table.points.count, by: 2).map { table.points[$0] }
                table.stride *= 2
            }
        }
        return table
    }
}
