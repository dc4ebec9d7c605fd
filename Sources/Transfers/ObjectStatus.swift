import Basics
package import Objects
package import Storage
import Synchronization

/// Which objects a store has, asked in proportion to what is asked for.
package struct ObjectStatus: Sendable {
    package let store: ObjectStore
    /// Whether a directory object counts as a promise that its files are there. DVC's rule, and ours for remote stores:
    /// a push with nothing to do then asks only for directory objects. In a folder the files are looked up as well:
    /// that is cheap, and it heals a store in which a file was lost.
    package let trustsDirectories: Bool

    /// - Parameter thorough: look every file up, whatever the store is; by default only in folders.
    package init(of store: ObjectStore, thorough: Bool? = nil) {
        self.store = store
        trustsDirectories = !(thorough ?? (store.directory != nil))
    }

    /// The objects of the plan that the store has, or has by the promise of a directory object.
    package func present(of plan: TransferPlan) async throws(StorageError) -> Set<ObjectID> {
        if !trustsDirectories { return try await present(among: plan.objects) }
        var present = try await present(among: plan.directories.map(\.id))
        let vouched = present
        let open = plan.files { !vouched.contains($0) }
        // Several directories may share a file: what one that is there lists needs no question.
        for directory in plan.directories where vouched.contains(directory.id) { present.formUnion(directory.files) }
        let asked = open.filter { !present.contains($0) }
        present.formUnion(try await self.present(among: asked))
        return present
    }

    /// Which of the objects the store has.
    package func present(among ids: [ObjectID]) async throws(StorageError) -> Set<ObjectID> {
        if ids.isEmpty { return [] }
        if let directory = store.directory { return try await presentInFolder(directory, ids) }
        var present: Set<ObjectID> = []
        for layout in ObjectLayout.allCases {
            let asked = ids.filter { $0.algorithm == layout.algorithm }
            if !asked.isEmpty { present.formUnion(try await self.present(among: asked, in: layout)) }
        }
        return present
    }

    private func present(
        among ids: [ObjectID], in layout: ObjectLayout
    ) async throws(StorageError) -> Set<ObjectID> {
        let backend = store.backend
        guard let listing = backend.listing,
            StatusStrategy.needsEstimate(count: ids.count, concurrency: backend.concurrency, listing: listing)
        else { return try await store.existing(among: ids) }
        let prefixes = Set(ids.map { String($0.text.prefix(2)) }).sorted()
        let sample = try await store.objects(in: layout, prefixes: ["000"])
        let strategy = StatusStrategy.choose(
            count: ids.count, prefixes: prefixes.count, storeSize: max(1, sample.count) * 4096, listing: listing)
        let listed: [StoredObject]
        switch strategy {
        case .lookUps: return try await store.existing(among: ids)
        case .wholeListing: listed = try await store.objects(in: layout)
        case .prefixListings: listed = try await store.objects(in: layout, prefixes: prefixes)
        }
        let asked = Set(ids)
        return Set(listed.lazy.filter { asked.contains($0.id) && $0.id.isPlausible(size: $0.size) }.map(\.id))
    }

    private func presentInFolder(
        _ directory: DirectoryBackend, _ ids: [ObjectID]
    ) async throws(StorageError) -> Set<ObjectID> {
        if ids.count <= 16 { return try Self.lookUp(ids[...], directory) }
        let result = await onOwnThread { _ -> Result<Set<ObjectID>, any Error> in
            let found = Mutex<Set<ObjectID>>(Set(minimumCapacity: ids.count))
            return Result {
                try parallelForEach(count: ids.count, threads: directory.concurrency, batch: 1024) { range in
                    let part = try Self.lookUp(ids[range], directory)
                    found.withLock { $0.formUnion(part) }
                }
                return found.withLock { $0 }
            }
        }
        switch result {
        case .success(let found): return found
        case .failure(let error as StorageError): throw error
        case .failure(let error): throw StorageError(.other, "\(error)", place: directory.name)
        }
    }

    private static func lookUp(
        _ ids: ArraySlice<ObjectID>, _ directory: DirectoryBackend
    ) throws(StorageError) -> Set<ObjectID> {
        var found: Set<ObjectID> = []
        for id in ids {
            if let metadata = try directory.localStat(id.key), id.isPlausible(size: metadata.size) { found.insert(id) }
        }
        return found
    }
}
