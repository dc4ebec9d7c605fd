package import FileSystem

/// Merging two versions of a folder's listing that come from one: what is changed on one side only is taken, what both
/// sides changed alike is taken once, all else is a conflict.
package enum DirectoryMerge {
    package struct Conflict: Sendable, Equatable {
        package enum Kind: String, Sendable {
            case added = "both added"
            case changed = "both changed"
            /// One side deleted what the other changed.
            case deleted = "changed here, deleted there"
            /// A name that is a file on one side and a folder on the other.
            case fileAndFolder = "file and folder"
        }

        package let path: RelativePath
        package let kind: Kind
    }

    /// - Returns: The merged listing, and the conflicts in byte order of their paths. A path in conflict has our side.
    package static func merge<Entry: Equatable>(
        ancestor: [RelativePath: Entry], ours: [RelativePath: Entry], theirs: [RelativePath: Entry]
    ) -> (merged: [RelativePath: Entry], conflicts: [Conflict]) {
        var merged = ours
        var conflicts: [Conflict] = []
        for path in Set(ancestor.keys).union(theirs.keys) {
            let (base, our, their) = (ancestor[path], ours[path], theirs[path])
            if their == base || their == our { continue }
            if our == base {
                merged[path] = their
            } else if base == nil {
                conflicts.append(Conflict(path: path, kind: .added))
            } else {
                conflicts.append(Conflict(path: path, kind: our == nil || their == nil ? .deleted : .changed))
            }
        }
        for path in merged.keys {
            var folder = Paths.parent(path.string)
            while folder != "." && folder != "/" {
                if merged[RelativePath(folder)] != nil {
                    conflicts.append(Conflict(path: RelativePath(folder), kind: .fileAndFolder))
                }
                folder = Paths.parent(folder)
            }
        }
        var seen: Set<RelativePath> = []
        return (merged, conflicts.sorted { $0.path < $1.path }.filter { seen.insert($0.path).inserted })
    }
}
