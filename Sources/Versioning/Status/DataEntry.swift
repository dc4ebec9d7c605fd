package import FileSystem
import Indexing
package import Objects

/// A tracked file or folder as one side of a comparison knows it: an output, or a file inside of one.
package struct DataEntry: Sendable, Equatable {
    /// Relative to the repository.
    package let path: RelativePath
    /// `nil` where nothing was recorded yet.
    package let id: ObjectID?
    package let isDirectory: Bool

    package init(path: RelativePath, id: ObjectID?, isDirectory: Bool? = nil) {
        self.path = path
        self.id = id
        self.isDirectory = isDirectory ?? id?.isDirectory ?? false
    }

    /// The path as people see it: folders end in a slash.
    package var name: String { isDirectory ? path.string + "/" : path.string }
}

/// How one path differs between two sides.
package struct DataChange: Sendable, Equatable {
    package enum Kind: Sendable, Hashable {
        case added, deleted, modified, renamed, unchanged
        /// The path lies in a folder whose listing one side lacks.
        case unknown
    }

    package let kind: Kind
    package let old: DataEntry?
    package let new: DataEntry?

    package init(_ kind: Kind, old: DataEntry?, new: DataEntry?) {
        self.kind = kind
        self.old = old
        self.new = new
    }

    /// The name on the newer side, or the last one that there was.
    package var name: String { (new ?? old)?.name ?? "" }
}

extension [DataChange] {
    /// Joins what was deleted here and added there with the same content; the first by path with the first by path.
    package var joiningRenames: [DataChange] {
        var added: [DataChange] = []
        var deleted: [DataChange] = []
        var result: [DataChange] = []
        for change in self {
            switch change.kind {
            case .added: added.append(change)
            case .deleted: deleted.append(change)
            default: result.append(change)
            }
        }
        guard !added.isEmpty, !deleted.isEmpty else { return self }
        added.sort { precedesInParts($0.new?.path, $1.new?.path) }
        deleted.sort { precedesInParts($0.old?.path, $1.old?.path) }
        var waiting: [ObjectID: [Int]] = [:]
        for (number, change) in deleted.enumerated().reversed() {
            if let id = change.old?.id { waiting[id, default: []].append(number) }
        }
        var isMatched = [Bool](repeating: false, count: deleted.count)
        for change in added {
            if let id = change.new?.id, let number = waiting[id]?.popLast() {
                isMatched[number] = true
                result.append(DataChange(.renamed, old: deleted[number].old, new: change.new))
            } else {
                result.append(change)
            }
        }
        return result + zip(deleted, isMatched).lazy.filter { !$0.1 }.map(\.0)
    }

    /// Order by part after part of the paths: a folder's content comes before what merely starts with its name.
    private func precedesInParts(_ left: RelativePath?, _ right: RelativePath?) -> Bool {
        func weights(_ path: RelativePath?) -> some Sequence<UInt8> {
            (path?.string ?? "").utf8.lazy.map { $0 == UInt8(ascii: "/") ? 0 : $0 }
        }
        return weights(left).lexicographicallyPrecedes(weights(right))
    }
}
