import FileSystem
import Indexing
import Objects
import ProjectFiles

/// The outputs of a snapshot as one side of a comparison, and the state of the workspace where they should be.
struct DataSides {
    private let repository: Repository
    let listings: ListingSource

    init(_ repository: Repository) {
        self.repository = repository
        listings = ListingSource(cache: repository.cache)
    }

    /// What project files say of outputs that the cache keeps.
    func recorded(_ outputs: some Sequence<TrackedOutput>) -> DataSide {
        let entries = outputs.filter(\.output.isCached).map { tracked in
            var checksum = tracked.output.checksum
            // Data imported without a download is what its source was said to be.
            if checksum.object == nil, tracked.stage.isImport, let source = tracked.stage.dependencies.first,
                source.source == .data
            {
                checksum = source.checksum
            }
            listings.note(checksum)
            return DataEntry(path: tracked.path, id: checksum.object, isDirectory: checksum.isDirectory)
        }
        return DataSide(entries, listing: listings.recorded)
    }

    /// What lies in the workspace where outputs that the cache keeps should be.
    func present(_ outputs: some Sequence<TrackedOutput>) throws -> DataSide {
        let scanner = repository.scanner()
        let entries: [DataEntry] = try outputs.filter(\.output.isCached).compactMap { tracked in
            let algorithm = tracked.output.checksum.algorithm
            let item = try scanner.item(at: tracked.path, algorithm: algorithm)
            guard let id = repository.objectID(of: item, algorithm: algorithm) else { return nil }
            if case .folder(let state) = item { listings.note(state) }
            return DataEntry(path: tracked.path, id: id)
        }
        return DataSide(entries, listing: listings.present)
    }

    /// Entries whose objects the cache lacks.
    func missing(_ entries: [DataEntry]) throws -> [DataEntry] {
        var missing = Set(try repository.cache.absent(Set(entries.compactMap(\.id))))
        if missing.isEmpty { return [] }
        missing = Set(try repository.importCache.cache.absent(missing))
        return entries.filter { $0.id.map(missing.contains) ?? false }
    }

    /// Reads listings that only the outputs' remotes have.
    ///
    /// - Parameters:
    ///   - entries: what is asked for; others of the outputs are passed over.
    ///   - remote: for outputs that name none; the default one for `nil`.
    func completeListings(
        of outputs: some Sequence<TrackedOutput>, entries: [DataEntry], remote: String? = nil
    ) async throws {
        var ids: [RelativePath: ObjectID] = [:]
        for entry in entries where entry.isDirectory { ids[entry.path] = entry.id }
        var byRemote: [String?: [ObjectID]] = [:]
        for tracked in outputs {
            guard let id = ids[tracked.path] else { continue }
            byRemote[tracked.output.remote ?? remote, default: []].append(id)
        }
        for (name, ids) in byRemote {
            try await listings.complete(ids, from: ObjectStore(backend: try repository.backend(of: name)))
        }
    }
}

extension Cache {
    /// The objects that are not here; one that is damaged counts as absent.
    func absent(_ ids: Set<ObjectID>) throws -> [ObjectID] {
        do {
            return try missing(ids)
        } catch is DamagedObject {
            return try ids.filter { id in
                do { return try !contains(id) } catch is DamagedObject { return true }
            }
        }
    }
}
