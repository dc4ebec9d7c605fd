import Synchronization

/// Repeats requests whose failure passes by itself; a read goes on where it broke off.
package struct RetryingBackend<Base: Backend>: Backend {
    package let base: Base
    package let schedule: RetrySchedule
    private let sleep: @Sendable (Duration) async throws -> Void
    private let dice: @Sendable () -> Double
    private let notice: Notice

    /// Called before a wait: what failed, how long the wait is, and which try it was (from 1).
    package typealias Notice = @Sendable (StorageError, Duration, Int) -> Void

    package var name: String { base.name }
    package var concurrency: Int { base.concurrency }
    package var listing: ListingCost? { base.listing }
    package var pieceSize: Int64? { base.pieceSize }

    /// - Parameters:
    ///   - sleep: waits; throws when the task is cancelled.
    ///   - dice: between 0 and 1, anew each time.
    package init(
        _ base: Base, schedule: RetrySchedule = RetrySchedule(),
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        dice: @escaping @Sendable () -> Double = { Double.random(in: 0...1) },
        notice: @escaping Notice = { _, _, _ in }
    ) {
        self.base = base
        self.schedule = schedule
        self.sleep = sleep
        self.dice = dice
        self.notice = notice
    }

    package func stat(_ key: Key) async throws(StorageError) -> Metadata? {
        try await retrying { () async throws(StorageError) in try await base.stat(key) }
    }

    package func write(_ source: some ByteSource, to key: Key) async throws(StorageError) {
        try await retrying { () async throws(StorageError) in try await base.write(source, to: key) }
    }

    package func delete(_ keys: [Key]) async throws(StorageError) {
        try await retrying { () async throws(StorageError) in try await base.delete(keys) }
    }

    package func read(_ key: Key, range: Range<Int64>?, into sink: some ByteSink) async throws(StorageError) {
        try await resuming(range, sink) { (rest, sink) async throws(StorageError) in
            try await base.read(key, range: rest, into: sink)
        }
    }

    /// Reads on where a read broke off.
    private func resuming<Sink: ByteSink>(
        _ range: Range<Int64>?, _ sink: Sink,
        _ read: (Range<Int64>?, CountingSink<Sink>) async throws(StorageError) -> Void
    ) async throws(StorageError) {
        let counting = CountingSink(sink)
        var failures = 0
        var progress: Int64 = 0
        while true {
            let start = (range?.lowerBound ?? 0) + counting.count
            let rest = range == nil && start == 0 ? nil : start..<max(start, range?.upperBound ?? .max)
            if let rest, rest.isEmpty { return }
            do {
                return try await read(rest, counting)
            } catch {
                // The sink's own failure, such as a full disk, is not the store's.
                if counting.hasFailed { throw error }
                // Bytes that came since the last failure show that the store works: counting starts anew.
                failures = counting.count > progress ? 1 : failures + 1
                progress = counting.count
                try await waitOrThrow(error, failures: failures)
            }
        }
    }

    package func list(under prefix: Key) -> any AsyncSequence<Listing, StorageError> & Sendable {
        PagedListing {
            let position = ListingPosition(base: base, prefix: prefix)
            return { () async throws(StorageError) -> [Listing]? in
                var failures = 0
                while true {
                    do throws(StorageError) {
                        return try await position.nextPage()
                    } catch {
                        failures += 1
                        try await waitOrThrow(error, failures: failures)
                    }
                }
            }
        }
    }

    private func retrying<Value: Sendable>(
        _ request: () async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        var failures = 0
        while true {
            do {
                return try await request()
            } catch {
                failures += 1
                try await waitOrThrow(error, failures: failures)
            }
        }
    }

    private func waitOrThrow(_ error: StorageError, failures: Int) async throws(StorageError) {
        guard let wait = schedule.wait(after: error, failures: failures, dice: dice()) else { throw error }
        notice(error, wait, failures)
        do {
            try await sleep(wait)
        } catch {
            throw .cancelled
        }
    }
}

extension RetryingBackend: VersionedBackend where Base: VersionedBackend {
    package func keepsVersions() async throws(StorageError) -> Bool? {
        try await retrying { () async throws(StorageError) in try await base.keepsVersions() }
    }

    package func writeVersion(_ source: some ByteSource, to key: Key) async throws(StorageError) -> WrittenVersion {
        try await retrying { () async throws(StorageError) in try await base.writeVersion(source, to: key) }
    }

    package func stat(_ key: Key, version: String?) async throws(StorageError) -> VersionedMetadata? {
        try await retrying { () async throws(StorageError) in try await base.stat(key, version: version) }
    }

    package func read(
        _ key: Key, version: String?, range: Range<Int64>?, into sink: some ByteSink
    ) async throws(StorageError) {
        try await resuming(range, sink) { (rest, sink) async throws(StorageError) in
            try await base.read(key, version: version, range: rest, into: sink)
        }
    }

    /// Not repeated: whoever goes through it starts anew.
    package func listVersions(under prefix: Key) -> any AsyncSequence<VersionedListing, StorageError> & Sendable {
        base.listVersions(under: prefix)
    }
}

extension RetryingBackend: FolderBackend where Base: FolderBackend {
    package func members(of folder: String) async throws(StorageError) -> [FolderMember]? {
        try await retrying { () async throws(StorageError) in try await base.members(of: folder) }
    }

    package func unfinished(in folder: String) async throws(StorageError) -> [Listing] {
        try await retrying { () async throws(StorageError) in try await base.unfinished(in: folder) }
    }
}

/// A listing that can be taken up again: ascending order tells what was seen already.
private actor ListingPosition {
    private let base: any Backend
    private let prefix: Key
    private var iterator: (any AsyncIteratorProtocol<Listing, StorageError>)?
    private var last: Key?
    private var ended = false

    init(base: some Backend, prefix: Key) {
        self.base = base
        self.prefix = prefix
    }

    /// Up to a thousand further entries; after a failure the next call starts over and skips what was handed out.
    func nextPage() async throws(StorageError) -> [Listing]? {
        if ended { return nil }
        var entries = iterator ?? base.list(under: prefix).makeAsyncIterator()
        iterator = nil
        var page: [Listing] = []
        do throws(StorageError) {
            while page.count < 1000 {
                guard let entry = try await entries.next(isolation: self) else {
                    ended = true
                    return page
                }
                if let last, entry.key <= last { continue }
                page.append(entry)
                last = entry.key
            }
        } catch {
            // What came before the failure counts; the failure shows again at the next call, if it lasts.
            if page.isEmpty { throw error }
            return page
        }
        iterator = entries
        return page
    }
}

/// Counts what went through to another sink.
private final class CountingSink<Sink: ByteSink>: ByteSink {
    private let sink: Sink
    private let written = Atomic<Int64>(0)
    private let failed = Atomic<Bool>(false)

    init(_ sink: Sink) { self.sink = sink }

    var count: Int64 { written.load(ordering: .acquiring) }
    var hasFailed: Bool { failed.load(ordering: .acquiring) }

    func write(_ bytes: UnsafeRawBufferPointer) throws(StorageError) {
        do {
            try sink.write(bytes)
        } catch {
            failed.store(true, ordering: .releasing)
            throw error
        }
        written.wrappingAdd(Int64(bytes.count), ordering: .acquiringAndReleasing)
    }
}
