import FileSystem
import Indexing
import Hashing
import Objects
import ProjectFiles

/// What the project files say is where, as a tree of names; listings of directories are looked up when they are needed.
final class TrackedTree {
    struct Item {
        let isDirectory: Bool
        let size: Int64?
        /// As JSON shows it, `.dir` at the end of a directory object's.
        let digest: String?
        /// Whether this is an output or lies in one; folders on the way to an output are neither.
        let isOutput: Bool
    }

    private(set) var children: [String: TrackedTree] = [:]
    private(set) var item = Item(isDirectory: true, size: 0, digest: nil, isOutput: false)
    /// The output whose listing is still to be looked up.
    private(set) var unread: TrackedOutput?

    init() {}

    init(_ snapshot: ProjectSnapshot) {
        for output in snapshot.outputs where output.output.isCached {
            let node = node(output.path, makingItems: Item(isDirectory: true, size: 0, digest: nil, isOutput: false))
            let checksum = output.output.checksum
            node.item = Item(
                isDirectory: output.isDirectory, size: checksum.size.map(Int64.init), digest: checksum.object?.text,
                isOutput: true)
            if checksum.object?.isDirectory == true { node.unread = output }
        }
    }

    private func node(_ path: RelativePath, makingItems item: Item) -> TrackedTree {
        var node = self
        for name in path.string.split(separator: "/").map(String.init) {
            if let next = node.children[name] {
                node = next
            } else {
                let next = TrackedTree()
                next.item = item
                node.children[name] = next
                node = next
            }
        }
        return node
    }

    /// Puts what a directory object lists below the output.
    func fill(_ listing: DirectoryObject) {
        unread = nil
        for entry in listing.entries { put(entry.path, digest: entry.digest.hex) }
    }

    /// Puts files below the output whose listing is lost.
    func fill(unlisted files: [RelativePath]) {
        unread = nil
        for file in files { put(file, digest: nil) }
    }

    private func put(_ path: RelativePath, digest: String?) {
        let leaf = node(path, makingItems: Item(isDirectory: true, size: nil, digest: nil, isOutput: true))
        leaf.item = Item(isDirectory: false, size: nil, digest: digest, isOutput: true)
    }
}
