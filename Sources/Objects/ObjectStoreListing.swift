import Basics
package import Storage
import Synchronization

/// All that is in a store, by the places that DVC uses.
extension ObjectStore {
    /// The objects of a layout whose digests begin with any of the prefixes, in no particular order.
    ///
    /// - Parameter prefixes: hexadecimal digits; each is one listing, several of them at a time.
    package func objects(
        in layout: ObjectLayout, prefixes: [String]? = nil
    ) async throws(StorageError) -> [StoredObject] {
        try await entries(in: layout, prefixes: prefixes) { entry in
            guard let object = StoredObject(entry), object.id.algorithm == layout.algorithm else { return nil }
            return object
        }
    }

    /// What the transform makes of all that lies where a layout's objects do, whatever its shape.
    package func entries<Entry: Sendable>(
        in layout: ObjectLayout, prefixes: [String]? = nil, _ transform: @escaping @Sendable (Listing) -> Entry?
    ) async throws(StorageError) -> [Entry] {
        let keys = (prefixes ?? defaultPrefixes(of: layout)).map { listingPrefix(layout, $0) }
        if let directory { return try await folderEntries(directory, under: keys, transform) }
        let found = Mutex<[Entry]>([])
        let outcome = SharedOutcome()
        await concurrentForEach(keys, limit: backend.concurrency) { key in
            do throws(StorageError) {
                var batch: [Entry] = []
                for try await listing in backend.list(under: key) {
                    if let entry = transform(listing) { batch.append(entry) }
                }
                found.withLock { $0 += batch }
            } catch {
                outcome.fail(error)
            }
        }
        _ = try outcome.result()
        return found.withLock { $0 }
    }

    /// The keys of the run cache: `runs/<2 hex>/<64 hex>/<64 hex>`.
    package func runCacheKeys() async throws(StorageError) -> [Key] {
        var keys: [Key] = []
        for try await entry in backend.list(under: Key("runs/")) where Self.isRunCacheKey(entry.key) {
            keys.append(entry.key)
        }
        return keys
    }

    package static func isRunCacheKey(_ key: Key) -> Bool {
        let parts = key.path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0].elementsEqual("runs".utf8) else { return false }
        return parts[1].count == 2 && parts[2].count == 64 && parts[3].count == 64
            && parts[2].starts(with: parts[1]) && parts[1...].allSatisfy { $0.allSatisfy(isHexDigit) }
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x61...0x66: true
        default: false
        }
    }

    /// Enough listings to show a layout and little else: DVC 2's objects lie beside `files/` and `runs/`.
    private func defaultPrefixes(of layout: ObjectLayout) -> [String] {
        let digits = "0123456789abcdef".map(String.init)
        if directory != nil { return digits.flatMap { first in digits.map { first + $0 } } }
        switch layout {
        case .current: return [""]
        case .legacy: return digits.dropLast() + digits.map { "f" + $0 }
        }
    }

    private func listingPrefix(_ layout: ObjectLayout, _ prefix: String) -> Key {
        let start = prefix.prefix(2)
        let slash = start.count == 2 ? "/" : ""
        return Key(layout.prefix + start + slash + prefix.dropFirst(2))
    }

    private func folderEntries<Entry: Sendable>(
        _ directory: DirectoryBackend, under keys: [Key], _ transform: @escaping @Sendable (Listing) -> Entry?
    ) async throws(StorageError) -> [Entry] {
        try await onOwnThread { _ throws(StorageError) in
            let found = Mutex<[Entry]>([])
            let outcome = SharedOutcome()
            // Cannot throw, because the body does not.
            try? parallelForEach(count: keys.count, threads: directory.concurrency, batch: 16) { range in
                for key in keys[range] where outcome.failure == nil {
                    do throws(StorageError) {
                        let batch = try directory.localList(under: key).compactMap(transform)
                        found.withLock { $0 += batch }
                    } catch {
                        outcome.fail(error)
                    }
                }
            }
            _ = try outcome.result()
            return found.withLock { $0 }
        }
    }
}

/// What several tasks found, or the first failure of any.
final class SharedOutcome: Sendable {
    private let state = Mutex<(ids: Set<ObjectID>, failure: StorageError?)>(([], nil))

    var failure: StorageError? { state.withLock { $0.failure } }

    func insert(_ id: ObjectID) { state.withLock { _ = $0.ids.insert(id) } }

    func fail(_ error: StorageError) {
        state.withLock { if $0.failure == nil { $0.failure = error } }
    }

    /// Throws the failure; also when the task was cancelled and not all was asked.
    func result() throws(StorageError) -> Set<ObjectID> {
        if let failure { throw failure }
        if Task.isCancelled { throw .cancelled }
        return state.withLock { $0.ids }
    }
}
