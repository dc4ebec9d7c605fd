package import Basics
package import Objects
package import Storage

/// Finds and removes the objects of a store that nobody uses.
///
/// Only what is shaped exactly like an object, an unpacked directory of an old DVC or a writer's temporary file is ever
/// touched; the run cache is not. Directory objects go first, and when one of them cannot be removed the files stay: a
/// directory object without its files would make later pushes believe that they are there.
package struct GarbageCollection: Sendable {
    package let store: ObjectStore
    private let used: Set<ObjectID>
    private let progress: any ProgressReporter

    /// How old a temporary file must be before nobody can still be writing it.
    package static let leftoverAge: Int64 = 24 * 60 * 60

    /// - Parameter used: every object to keep, the files that directory objects list included.
    package init(store: ObjectStore, used: Set<ObjectID>, progress: any ProgressReporter = SilentProgress()) {
        self.store = store
        self.used = used
        self.progress = progress
    }

    /// What could be removed. Changes nothing.
    ///
    /// - Parameter now: seconds since 1970.
    package func survey(now: Int64) async throws(StorageError) -> Garbage {
        var garbage = Garbage()
        for layout in ObjectLayout.allCases {
            let used = used
            let found = try await store.entries(in: layout) { entry in Finding(entry, layout: layout, used: used) }
            for finding in found {
                switch finding {
                case .object(let object): garbage.add(object, layout)
                case .unpacked(let key): garbage.unpacked.append(key)
                }
            }
        }
        if let directory = store.directory {
            garbage.leftovers = try await onOwnThread { _ throws(StorageError) in
                try Self.leftovers(in: directory, olderThan: now - Self.leftoverAge)
            }
        } else if let folders = store.backend as? any FolderBackend {
            garbage.leftovers = try await Self.leftovers(in: folders, olderThan: now - Self.leftoverAge)
        }
        garbage.sort()
        return garbage
    }

    /// Removes what a survey found; goes on past single failures and reports them.
    package func remove(_ garbage: Garbage) async throws -> GarbageReport {
        progress.report(.began(.collecting, items: garbage.count, bytes: 0))
        defer { progress.report(.ended(.collecting)) }
        var report = GarbageReport()
        for layout in ObjectLayout.allCases {
            let objects = garbage.objects(in: layout)
            let directories = objects.filter(\.id.isDirectory)
            let removed = try await remove(directories, \.id.key, &report)
            report.count(removed, in: layout)
            guard removed.count == directories.count else { continue }
            let files = try await remove(objects.filter { !$0.id.isDirectory }, \.id.key, &report)
            report.count(files, in: layout)
        }
        _ = try await remove(garbage.unpacked, \.self, &report)
        if let directory = store.directory {
            for folder in garbage.unpackedFolders { try? directory.removeEmptyFolders(under: folder) }
        }
        report.leftovers = try await remove(garbage.leftovers, \.self, &report).count
        return report
    }

    /// Deletes in batches; a batch that fails is taken apart to find which key it was.
    private func remove<Item: Sendable>(
        _ items: [Item], _ key: (Item) -> Key, _ report: inout GarbageReport
    ) async throws -> [Item] {
        var removed: [Item] = []
        for start in stride(from: 0, to: items.count, by: 1000) {
            try Task.checkCancellation()
            let batch = items[start..<min(start + 1000, items.count)]
            do {
                try await store.backend.delete(batch.map(key))
                removed += batch
            } catch {
                for item in batch {
                    do {
                        try await store.backend.delete([key(item)])
                        removed.append(item)
                    } catch {
                        report.failed.append(.init(key: key(item), error: error))
                    }
                }
            }
            progress.report(.advanced(.collecting, items: batch.count, bytes: 0))
        }
        return removed
    }

    /// Temporary files right where objects are written; one whose age the store does not tell is left alone.
    private static func leftovers(
        in store: some FolderBackend, olderThan second: Int64
    ) async throws(StorageError) -> [Key] {
        var found: [Key] = []
        for layout in ObjectLayout.allCases {
            let root = layout.prefix.hasSuffix("/") ? String(layout.prefix.dropLast()) : layout.prefix
            // In the root of the old layout there may be anything.
            let members = try await store.members(of: root) ?? []
            for member in members where member.isFolder && member.name.isByteInHex {
                let folder = root.isEmpty ? member.name : root + "/" + member.name
                for listed in try await store.unfinished(in: folder) {
                    if let modified = listed.metadata.modified, modified < second { found.append(listed.key) }
                }
            }
        }
        return found
    }

    /// Temporary files right where objects and the run cache are written, and nowhere else.
    private static func leftovers(
        in directory: DirectoryBackend, olderThan second: Int64
    ) throws(StorageError) -> [Key] {
        let digits = Array("0123456789abcdef")
        var found = try directory.leftovers(under: Key("runs/"), olderThan: second)
        for first in digits {
            for next in digits {
                for layout in ObjectLayout.allCases {
                    let folder = "\(layout.prefix)\(first)\(next)/"
                    found += try directory.leftovers(under: Key(folder), olderThan: second).filter { key in
                        !key.path.utf8.dropFirst(folder.utf8.count).contains(UInt8(ascii: "/"))
                    }
                }
            }
        }
        return found
    }
}

/// One entry of a store that can go.
private enum Finding: Sendable {
    case object(StoredObject)
    /// A file in the unpacked copy that DVC before 1.0 kept of a directory.
    case unpacked(Key)

    init?(_ entry: Listing, layout: ObjectLayout, used: Set<ObjectID>) {
        if let object = StoredObject(entry) {
            guard object.id.algorithm == layout.algorithm, !used.contains(object.id) else { return nil }
            self = .object(object)
        } else if let folder = Garbage.unpackedFolder(of: entry.key), let id = ObjectID(key: folder.object) {
            guard id.algorithm == layout.algorithm, !used.contains(id) else { return nil }
            self = .unpacked(entry.key)
        } else {
            return nil
        }
    }
}

extension String {
    /// Whether this is a folder of objects: two hexadecimal digits.
    fileprivate var isByteInHex: Bool {
        utf8.count == 2 && utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
