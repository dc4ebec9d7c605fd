import Basics
import FileSystem
import Hashing
import Indexing
import Objects
import ProjectFiles
import Storage

/// Knows what files a folder's ID stands for.
final class ListingSource {
    private let cache: Cache
    private var folders: [ObjectID: FolderState] = [:]
    private var known: [ObjectID: DirectoryObject?] = [:]

    init(cache: Cache) { self.cache = cache }

    /// A folder of the workspace; its listing is made only when asked for.
    func note(_ folder: FolderState) { folders[folder.id] = folder }

    /// The files that a project file itself lists.
    func note(_ checksum: OutputChecksum) {
        if let id = checksum.object, let listing = checksum.recordedListing { known[id] = listing }
    }

    /// The files of a folder of the workspace.
    func present(_ id: ObjectID) -> DirectoryObject? { folders[id]?.listing() }

    /// The files of a recorded folder. As in DVC the workspace is no source: a listing that can't be got back from
    /// anywhere else is lost, though the folder be unchanged.
    func recorded(_ id: ObjectID) throws -> DirectoryObject? {
        if let known = known[id] { return known }
        var found: DirectoryObject?
        do {
            if let folder = folders[id], try cache.contains(id) {
                found = folder.listing()
            } else {
                found = try cache.directoryObject(id)
            }
        } catch is DamagedObject {
            found = nil
        }
        known[id] = .some(found)
        return found
    }

    /// Reads listings that are nowhere here from a remote, without keeping them. Where that fails they stay unknown.
    func complete(_ ids: some Sequence<ObjectID>, from store: @autoclosure () throws -> ObjectStore) async throws {
        let missing = try Set(ids).filter { try $0.isDirectory && recorded($0) == nil }
        guard !missing.isEmpty, let store = try? store() else { return }
        for id in missing.sorted() {
            if let bytes = try? await store.read(id), let listing = try? DirectoryObject(parsing: bytes) {
                known[id] = listing
            }
        }
    }
}
