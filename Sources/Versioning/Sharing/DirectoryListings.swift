import Basics
import Objects
import Storage
import Synchronization
import Transfers

/// What directory objects list, from the cache or else from a remote.
struct DirectoryListings: Sendable {
    private(set) var listings: [ObjectID: DirectoryObject] = [:]
    /// Directory objects that are nowhere.
    private(set) var missing: Set<ObjectID> = []
    /// Directory objects that are in the remote and can't be had, or are nowhere but here and damaged.
    private(set) var failed: [TransferReport.FailedObject] = []

    subscript(_ id: ObjectID) -> DirectoryObject? { listings[id] }

    /// - Parameters:
    ///   - store: where to look for what the cache lacks.
    ///   - isKept: whether what comes from the store stays in the cache; else it is only read.
    init(
        of ids: Set<ObjectID>, cache: Cache, store: ObjectStore?, isKept: Bool, progress: any ProgressReporter
    ) async throws {
        var absent: [ObjectID] = []
        var damaged: [ObjectID: DamagedObject] = [:]
        for id in ids.sorted() where id.isDirectory {
            do {
                if let listing = try cache.directoryObject(id) {
                    listings[id] = listing
                } else {
                    absent.append(id)
                }
            } catch let error as DamagedObject {
                progress.report(.warning(error.summary))
                absent.append(id)
                damaged[id] = error
            }
        }
        guard let store, !absent.isEmpty else {
            missing.formUnion(absent)
            return
        }
        let results = Mutex<[(ObjectID, Result<DirectoryObject, any Error>)]>([])
        await concurrentForEach(absent, limit: store.backend.concurrency) { id in
            let result: Result<DirectoryObject, any Error>
            do {
                result = .success(try await Self.read(id, from: store, keepingIn: isKept ? cache : nil))
            } catch {
                result = .failure(error)
            }
            results.withLock { $0.append((id, result)) }
        }
        try Task.checkCancellation()
        for (id, result) in results.withLock({ $0 }) {
            switch result {
            case .success(let listing): listings[id] = listing
            case .failure(let error as StorageError) where error.kind == .notFound:
                if let damage = damaged[id] {
                    failed.append(.init(id: id, error: damage))
                } else {
                    missing.insert(id)
                }
            case .failure(let error): failed.append(.init(id: id, error: error))
            }
        }
    }

    private static func read(
        _ id: ObjectID, from store: ObjectStore, keepingIn cache: Cache?
    ) async throws -> DirectoryObject {
        let bytes = try await store.read(id)
        let listing: DirectoryObject
        do {
            listing = try DirectoryObject(parsing: bytes)
        } catch {
            throw DamagedObject(id: id, path: store.backend.name, reason: error.reason)
        }
        if let cache, !cache.holds(id) { try await store.fetch(id, into: cache) }
        return listing
    }
}
