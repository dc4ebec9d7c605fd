package import FileSystem
import Indexing
package import Objects

/// One side of a comparison: outputs, no path twice, and a way to learn what is in their folders.
package struct DataSide {
    package let outputs: [DataEntry]
    /// The files of a folder; `nil` where nobody knows them.
    package let listing: (ObjectID) throws -> DirectoryObject?

    package init(_ outputs: [DataEntry], listing: @escaping (ObjectID) throws -> DirectoryObject?) {
        self.outputs = outputs
        self.listing = listing
    }
}

/// Finds what differs between two sides, such as those of two Git commits or of a commit and the workspace.
///
/// Folders are looked into only where they have to be: two with the same ID hold the same files.
package struct DataComparison {
    /// What makes two entries differ.
    package enum Rule: Sendable {
        /// Their recorded content; an entry without any counts as absent.
        case content
        /// Their presence, kind and content; folders without recorded content are passed over.
        case presence
    }

    package var rule: Rule
    /// Whether files inside of folders are compared, too.
    package var isGranular: Bool
    /// Whether entries that do not differ are reported.
    package var keepsUnchanged: Bool
    /// Whether a path counts at all.
    package var selects: (RelativePath) -> Bool

    package init(
        rule: Rule, isGranular: Bool = true, keepsUnchanged: Bool = false,
        selects: @escaping (RelativePath) -> Bool = { _ in true }
    ) {
        self.rule = rule
        self.isGranular = isGranular
        self.keepsUnchanged = keepsUnchanged
        self.selects = selects
    }

    /// What differs, renames joined, otherwise in no promised order.
    package func changes(from old: DataSide, to new: DataSide) throws -> [DataChange] {
        let oldByPath = Dictionary(old.outputs.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        let newByPath = Dictionary(new.outputs.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        if overlaps(oldByPath, newByPath) || overlaps(newByPath, oldByPath) {
            return try compare(expand(old.outputs, old.listing), expand(new.outputs, new.listing)).joiningRenames
        }
        var changes: [DataChange] = []
        for path in Set(oldByPath.keys).union(newByPath.keys).sorted() {
            let before = oldByPath[path]
            let after = newByPath[path]
            if let before, let after, try isSilent(before, after, old) { continue }
            changes += try compare(
                expand(before.map { [$0] } ?? [], old.listing), expand(after.map { [$0] } ?? [], new.listing))
        }
        return changes.joiningRenames
    }

    /// The outputs and, where files count, what is in them; sorted by path.
    package func entries(of side: DataSide) throws -> [DataEntry] {
        try expand(side.outputs, side.listing).entries
    }

    /// Whether nothing at all is to be said of two outputs at one path.
    private func isSilent(_ before: DataEntry, _ after: DataEntry, _ old: DataSide) throws -> Bool {
        guard !keepsUnchanged, let id = before.id, before == after else { return false }
        return try rule == .presence || !isGranular || !id.isDirectory || old.listing(id) != nil
    }

    /// Whether an output of one side lies inside one of the other, so that they can't be compared one by one.
    private func overlaps(_ side: [RelativePath: DataEntry], _ other: [RelativePath: DataEntry]) -> Bool {
        side.keys.contains { path in
            other[path] == nil && path.selfAndParents.contains { other[$0] != nil }
        }
    }

    private typealias Expanded = (entries: [DataEntry], unknown: [RelativePath])

    private func expand(
        _ outputs: [DataEntry], _ listing: (ObjectID) throws -> DirectoryObject?
    ) throws -> Expanded {
        var entries: [DataEntry] = []
        var unknown: [RelativePath] = []
        for output in outputs {
            if selects(output.path) { entries.append(output) }
            guard isGranular, let id = output.id, id.isDirectory else { continue }
            guard let listing = try listing(id) else {
                unknown.append(output.path)
                continue
            }
            entries.reserveCapacity(entries.count + listing.entries.count)
            for file in listing.entries {
                let path = output.path.appending(file.path.string)
                if selects(path) {
                    entries.append(DataEntry(path: path, id: ObjectID(file.digest, algorithm: id.algorithm)))
                }
            }
        }
        if outputs.count > 1 { entries.sort { $0.path < $1.path } }
        return (entries, unknown)
    }

    private func compare(_ old: Expanded, _ new: Expanded) -> [DataChange] {
        let before = old.entries
        let after = new.entries
        let unknown = old.unknown + new.unknown
        var changes: [DataChange] = []
        var left = before.startIndex
        var right = after.startIndex
        while left < before.endIndex || right < after.endIndex {
            var pair: (old: DataEntry?, new: DataEntry?) = (nil, nil)
            if right == after.endIndex || (left < before.endIndex && !(after[right].path < before[left].path)) {
                pair.old = before[left]
            }
            if left == before.endIndex || (right < after.endIndex && !(before[left].path < after[right].path)) {
                pair.new = after[right]
            }
            if pair.old != nil { left += 1 }
            if pair.new != nil { right += 1 }
            guard let path = (pair.old ?? pair.new)?.path else { break }
            let isUnknown = unknown.contains { path.isInside($0) && path != $0 }
            guard let kind = isUnknown ? .unknown : kind(pair.old, pair.new) else { continue }
            if kind != .unchanged || keepsUnchanged { changes.append(DataChange(kind, old: pair.old, new: pair.new)) }
        }
        return changes
    }

    /// `nil` for a pair that means nothing to the rule.
    private func kind(_ old: DataEntry?, _ new: DataEntry?) -> DataChange.Kind? {
        switch rule {
        case .content:
            switch (old?.id, new?.id) {
            case (nil, nil): return nil
            case (nil, .some): return .added
            case (.some, nil): return .deleted
            case (let before, let after): return before == after ? .unchanged : .modified
            }
        case .presence:
            for entry in [old, new] {
                if let entry, entry.isDirectory, entry.id == nil { return nil }
            }
            guard let old else { return .added }
            guard let new else { return .deleted }
            return old.id == new.id && old.isDirectory == new.isDirectory ? .unchanged : .modified
        }
    }
}
