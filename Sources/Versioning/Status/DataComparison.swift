package import FileSystem
import Indexing
package import Objects

/// Finds what differs between two sets of outputs, such as those of two Git commits or of a commit and the workspace.
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
    /// The files of a folder; `nil` where nobody knows them.
    package var listing: (ObjectID) throws -> DirectoryObject?

    package init(
        rule: Rule, isGranular: Bool = true, keepsUnchanged: Bool = false,
        selects: @escaping (RelativePath) -> Bool = { _ in true },
        listing: @escaping (ObjectID) throws -> DirectoryObject?
    ) {
        self.rule = rule
        self.isGranular = isGranular
        self.keepsUnchanged = keepsUnchanged
        self.selects = selects
        self.listing = listing
    }

    /// What differs, renames joined, otherwise in no promised order.
    ///
    /// - Parameters:
    ///   - old: outputs; no path twice.
    ///   - new: outputs; no path twice.
    package func changes(from old: [DataEntry], to new: [DataEntry]) throws -> [DataChange] {
        let oldByPath = Dictionary(old.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        let newByPath = Dictionary(new.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        if overlaps(oldByPath, newByPath) || overlaps(newByPath, oldByPath) {
            return try compare(Array(oldByPath.values), Array(newByPath.values)).joiningRenames
        }
        var changes: [DataChange] = []
        for path in Set(oldByPath.keys).union(newByPath.keys).sorted() {
            let before = oldByPath[path]
            let after = newByPath[path]
            if !keepsUnchanged, let before, let after, before.id != nil, before == after { continue }
            changes += try compare(before.map { [$0] } ?? [], after.map { [$0] } ?? [])
        }
        return changes.joiningRenames
    }

    /// The outputs and, where files count, what is in them; sorted by path.
    package func entries(of outputs: [DataEntry]) throws -> [DataEntry] { try expand(outputs).entries }

    /// Whether an output of one side lies inside one of the other, so that they can't be compared one by one.
    private func overlaps(_ side: [RelativePath: DataEntry], _ other: [RelativePath: DataEntry]) -> Bool {
        side.keys.contains { path in
            other[path] == nil && path.selfAndParents.contains { other[$0] != nil }
        }
    }

    private func expand(_ outputs: [DataEntry]) throws -> (entries: [DataEntry], unknown: [RelativePath]) {
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

    private func compare(_ old: [DataEntry], _ new: [DataEntry]) throws -> [DataChange] {
        let (before, unknownBefore) = try expand(old)
        let (after, unknownAfter) = try expand(new)
        let unknown = unknownBefore + unknownAfter
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
