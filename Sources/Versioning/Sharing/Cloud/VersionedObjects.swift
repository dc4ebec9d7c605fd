import FileSystem
import Objects
import ProjectFiles
import Storage

/// The objects behind files of a remote that keeps versions, as if it were a store of objects; only to be read.
///
/// An object is asked for in the versions that project files name, one after the other until one is there.
struct VersionedObjects: Backend {
    private struct Place: Sendable {
        let key: Key
        let version: CloudVersion
    }

    private let remote: CloudRemote
    private var places: [Key: [Place]] = [:]

    init(_ files: some Sequence<CloudFile>, in remote: CloudRemote) {
        self.remote = remote
        for file in files {
            guard let version = file.recorded else { continue }
            places[file.object.key, default: []].append(Place(key: remote.key(of: file.path), version: version))
        }
    }

    var name: String { remote.backend.name }
    var concurrency: Int { remote.backend.concurrency }
    var pieceSize: Int64? { remote.backend.pieceSize }
    var listing: ListingCost? { nil }

    /// Whether any version of the object is known.
    func knows(_ id: ObjectID) -> Bool { places[id.key] != nil }

    func stat(_ key: Key) async throws(StorageError) -> Metadata? {
        for place in places[key] ?? [] {
            if let found = try await remote.backend.stat(place.key, version: place.version.id) { return found.metadata }
        }
        return nil
    }

    func read(_ key: Key, range: Range<Int64>?, into sink: some ByteSink) async throws(StorageError) {
        var last: Place?
        for place in places[key] ?? [] {
            do throws(StorageError) {
                try await remote.backend.read(place.key, version: place.version.id, range: range, into: sink)
                return
            } catch {
                // What is not there has sent no bytes.
                guard error.kind == .notFound, error.key != nil else {
                    throw error.key == nil ? error : error.at(place.key, in: name)
                }
                last = place
            }
        }
        throw absent(key, last)
    }

    private func absent(_ key: Key, _ place: Place?) -> StorageError {
        StorageError(
            .notFound, place.map { "version \($0.version.id) of '\($0.key)' is gone" } ?? "no version of it is known",
            key: key, place: name, remedy: "push the data again from a clone that has it")
    }

    /// That the last version of an object that was known is gone.
    func loss(of id: ObjectID) -> StorageError {
        guard let place = places[id.key]?.last else { return absent(id.key, nil) }
        return StorageError(
            .notFound, "version \(place.version.id) is not there any more", key: place.key, place: name,
            remedy: "push the data again from a clone that has it")
    }

    func write(_ source: some ByteSource, to key: Key) async throws(StorageError) { throw readOnly(key) }
    func delete(_ keys: [Key]) async throws(StorageError) { throw readOnly(keys.first) }

    private func readOnly(_ key: Key?) -> StorageError {
        StorageError(.unsupported, "versions can only be read by their objects", key: key, place: name)
    }

    func list(under prefix: Key) -> any AsyncSequence<Listing, StorageError> & Sendable {
        PagedListing { { () async throws(StorageError) -> [Listing]? in nil } }
    }
}

extension Repository {
    /// Where the objects of an output are, whatever its remote is.
    ///
    /// - Parameter name: of the remote; `nil` for the default one.
    func objects(of output: TrackedOutput, inRemote name: String?) throws -> ObjectStore {
        guard let remote = try cloudRemote(name) else { return try store(of: name) }
        guard let object = output.object else { return ObjectStore(backend: VersionedObjects([], in: remote)) }
        let used = UsedOutput(output.output.checksum, object, at: output.path, remote: name)
        let files = try CloudFiles(of: [used], in: remote, cache: cache)
        return ObjectStore(backend: VersionedObjects(files.files, in: remote))
    }
}
