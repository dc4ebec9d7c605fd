import Basics
import FileSystem

/// What a program leaves behind to go on from, by what it is called.
///
/// An entry belongs to a generation by the last number in its name: `epoch-7.pt`, `opt-7.pt` and the folder `step_7` are
/// of generation 7. What has no number (`last.pt`, `best.pt`), begins with a dot, or ends in `.tmp`, `.part` or
/// `.partial` belongs to none and is left alone.
package struct CheckpointFolder: Sendable {
    /// Absolute.
    package let path: String

    package init(_ path: String) { self.path = path }

    /// Whether there is anything to go on from: something whole.
    package var hasAny: Bool {
        ((try? Files.names(in: path)) ?? []).contains { !Self.isUnfinished($0) }
    }

    package static func generation(of name: String) -> Int? {
        guard !isUnfinished(name) else { return nil }
        let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
        let bytes = Array(name.utf8)
        // The number of a format, as in `model.h5` or `state.v2`, is none.
        let stem =
            bytes.lastIndex(of: UInt8(ascii: ".")).flatMap { dot in
                dot > 0 && !bytes[(dot + 1)...].allSatisfy(isDigit) ? bytes[..<dot] : nil
            } ?? bytes[...]
        guard let end = stem.lastIndex(where: isDigit) else { return nil }
        let start = stem[..<end].lastIndex { !isDigit($0) }.map { $0 + 1 } ?? stem.startIndex
        return Int(String(decoding: stem[start...end], as: UTF8.self))
    }

    private static func isUnfinished(_ name: String) -> Bool {
        name.hasPrefix(".") || name.hasSuffix("~")
            || [".tmp", ".part", ".partial", ".temp"].contains { name.hasSuffix($0) }
    }

    /// Removes generations that are older than the newest `kept`, unless something of one has changed in the last `rest`
    /// nanoseconds: the program may be writing it still.
    ///
    /// - Parameter now: nanoseconds since 1970.
    /// - Returns: names of what is gone.
    @discardableResult
    package func prune(keeping kept: Int, rest: Int64, now: Int64) -> [String] {
        var generations: [Int: [String]] = [:]
        for name in (try? Files.names(in: path)) ?? [] {
            if let number = Self.generation(of: name) { generations[number, default: []].append(name) }
        }
        var removed: [String] = []
        for number in generations.keys.sorted(by: >).dropFirst(max(1, kept)) {
            for name in generations[number] ?? [] {
                let entry = Paths.join(path, name)
                guard let changed = Self.lastChange(in: entry, depth: 0), changed <= now - rest else { continue }
                if (try? Files.removeTree(entry)) != nil { removed.append(name) }
            }
        }
        return removed.sorted()
    }

    /// When something in a file or folder was changed last.
    private static func lastChange(in entry: String, depth: Int) -> Int64? {
        guard depth < 64, let status = (try? Files.status(entry)) ?? nil else { return nil }
        guard status.kind == .directory else { return status.modified }
        guard let names = try? Files.names(in: entry) else { return nil }
        var last = status.modified
        for name in names {
            guard let inner = lastChange(in: Paths.join(entry, name), depth: depth + 1) else { return nil }
            last = max(last, inner)
        }
        return last
    }

    /// Removes all that is in the folder.
    ///
    /// - Parameter protected: folders that it must not be, nor hold.
    package func clear(protecting protected: [String]) throws {
        for folder in protected where Paths.isInside(Paths.resolvingLinks(folder), Paths.resolvingLinks(path)) {
            throw Failure(
                "the folder of checkpoints '\(path)' holds '\(folder)', so it is not cleared",
                remedy: "give checkpoints a folder of their own", category: .usage)
        }
        for name in Files.isDirectory(path) ? try Files.names(in: path) : [] {
            try Files.removeTree(Paths.join(path, name))
        }
    }
}
