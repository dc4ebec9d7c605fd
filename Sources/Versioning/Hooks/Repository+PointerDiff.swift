import Basics
import FileSystem
import Hashing
import Indexing
import Objects
package import ProjectFiles
package import Tables

/// What two versions of a pointer file say of one output.
package struct PointerChange: Sendable {
    /// As the pointer file names it.
    package let path: String
    package let old: OutputChecksum?
    package let new: OutputChecksum?
    /// Of directories, relative to them; sorted. `nil` where a list of files is not in the cache.
    package var files: (added: [String], deleted: [String], modified: [String])?
    /// Of tables that the cache has in both versions.
    package var rows: RowDiff?
}

extension Repository {
    /// Compares the data that two versions of a pointer file name, with what the cache knows of them.
    ///
    /// - Parameters: the bytes of the file; empty where there was none.
    /// - Returns: the outputs whose data differs.
    package func pointerChanges(from old: [UInt8], to new: [UInt8], path: String) async throws -> [PointerChange] {
        func outputs(_ bytes: [UInt8]) throws -> [Output] {
            bytes.isEmpty ? [] : try PointerFile(parsing: bytes, path: path).stage.outputs
        }
        let (before, after) = (try outputs(old), try outputs(new))
        var changes: [PointerChange] = []
        for output in after + before.filter({ one in !after.contains { $0.path.hasSameBytes(as: one.path) } }) {
            let was = before.first { $0.path.hasSameBytes(as: output.path) }?.checksum
            let now = after.first { $0.path.hasSameBytes(as: output.path) }?.checksum
            if let was, let now, was.object == now.object { continue }
            var change = PointerChange(path: output.path, old: was, new: now)
            change.files = files(from: was, to: now)
            change.rows = try await rows(of: output.path, from: was, to: now)
            changes.append(change)
        }
        return changes
    }

    private func files(
        from old: OutputChecksum?, to new: OutputChecksum?
    ) -> (added: [String], deleted: [String], modified: [String])? {
        func entries(_ checksum: OutputChecksum?) -> [RelativePath: MD5Digest]? {
            guard let checksum, let id = checksum.object, id.isDirectory else { return [:] }
            guard let listing = (try? listing(of: checksum)) ?? nil else { return nil }
            return Dictionary(listing.entries.map { ($0.path, $0.digest) }, uniquingKeysWith: { first, _ in first })
        }
        guard let before = entries(old), let after = entries(new), !before.isEmpty || !after.isEmpty else { return nil }
        func names(_ paths: some Sequence<RelativePath>) -> [String] { paths.sorted().map(\.string) }
        return (
            names(after.keys.filter { before[$0] == nil }), names(before.keys.filter { after[$0] == nil }),
            names(after.filter { before[$0.key] != nil && before[$0.key] != $0.value }.keys)
        )
    }

    private func rows(of path: String, from old: OutputChecksum?, to new: OutputChecksum?) async throws -> RowDiff? {
        guard let format = TableFormat(path: path), let was = old?.object, let now = new?.object, !was.isDirectory,
            !now.isDirectory, cache.holds(was), cache.holds(now)
        else { return nil }
        let folder = try makeTablesFolder()
        defer { try? Files.removeTree(folder) }
        var comparison = RowComparison(scratch: folder)
        comparison.limit = 5
        // A table that cannot be read is still a change that Git should show.
        return try? comparison.compare(
            TableFile(cache.path(of: was), format: format, name: path),
            TableFile(cache.path(of: now), format: format, name: path))
    }
}
