import FileSystem
import Hashing

/// Everything in a folder at one moment, for comparing before and after.
package struct TreeSnapshot: Sendable, Equatable, CustomStringConvertible {
    package enum Item: Sendable, Hashable, CustomStringConvertible {
        case folder
        case link(String)
        case file(md5: String, mode: UInt32)
        case other

        package var description: String {
            switch self {
            case .folder: "folder"
            case .link(let target): "-> \(target)"
            case .file(let md5, let mode): "\(md5) \(String(mode, radix: 8))"
            case .other: "special"
            }
        }
    }

    /// By path relative to the folder.
    package var items: [String: Item] = [:]
    private let root: String

    package static func == (left: TreeSnapshot, right: TreeSnapshot) -> Bool { left.items == right.items }

    /// - Parameter skipping: relative paths that are left out with all that is in them.
    package init(of folder: String, skipping: Set<String> = []) throws {
        root = Paths.resolvingLinks(folder)
        if Files.isDirectory(folder) { try visit(folder, "", skipping) }
    }

    private mutating func visit(_ folder: String, _ prefix: String, _ skipping: Set<String>) throws {
        for name in try Files.names(in: folder) {
            let relative = prefix + name
            if skipping.contains(relative) { continue }
            let path = Paths.join(folder, name)
            guard let status = try Files.status(path) else { continue }
            switch status.kind {
            case .directory:
                items[relative] = .folder
                try visit(path, relative + "/", skipping)
            case .symlink:
                let target = try Files.readLink(path)
                items[relative] = .link(
                    target.hasPrefix(root + "/") ? "<folder>" + target.dropFirst(root.count) : target)
            case .file:
                items[relative] = .file(md5: MD5.digest(of: try Files.read(path)).hex, mode: status.mode)
            case .other: items[relative] = .other
            }
        }
    }

    /// The digests of all contents.
    package var contents: Set<String> {
        Set(items.values.compactMap { if case .file(let md5, _) = $0 { md5 } else { nil } })
    }

    /// The paths that are not the same in both, with what each has.
    package func differences(from other: TreeSnapshot) -> [String] {
        Set(items.keys).union(other.items.keys).sorted().compactMap { path in
            let (mine, theirs) = (items[path], other.items[path])
            return mine == theirs
                ? nil : "\(path): \(theirs.map(\.description) ?? "-") => \(mine.map(\.description) ?? "-")"
        }
    }

    /// Those that lie under names of temporary files.
    package var leftovers: [String] {
        items.keys.filter { $0.split(separator: "/").contains { TemporaryName.matches(String($0)) } }.sorted()
    }

    /// Without those.
    package var settled: TreeSnapshot {
        var copy = self
        for path in leftovers { copy.items[path] = nil }
        return copy
    }

    /// Objects of a store whose bytes do not match their name.
    package var misnamedObjects: [String] {
        items.compactMap { path, item in
            guard case .file(let md5, _) = item else { return nil }
            let parts = path.split(separator: "/")
            guard parts.count >= 4, parts[parts.count - 3] == "md5", parts[parts.count - 4] == "files" else {
                return nil
            }
            var name = parts[parts.count - 2] + parts[parts.count - 1]
            if TemporaryName.matches(String(parts[parts.count - 1])) { return nil }
            if name.hasSuffix(".dir") { name.removeLast(4) }
            return name == md5 ? nil : path
        }.sorted()
    }

    package var description: String {
        items.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: "\n")
    }
}

extension TemporaryRepository {
    /// Project, cache, remote and whatever lies beside them; not Git's own files, nor what varve may lose.
    package func snapshot() throws -> TreeSnapshot {
        try TreeSnapshot(
            of: folder,
            skipping: ["work/.git", "work/.dvc/tmp", "home", "site", "tmp"])
    }
}
