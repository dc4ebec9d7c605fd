import Basics
import FileSystem
import Objects
import Storage
import Synchronization
import Transfers

/// Sends files to a remote that keeps versions, many at a time, each under its own path.
///
/// Every file is checked on its way out. What was sent is known even where the rest fails or the task is cancelled.
final class CloudUpload: Sendable {
    struct Failed: Sendable {
        let file: CloudFile
        let error: any Error
    }

    private struct State {
        var sent: [RelativePath: CloudVersion] = [:]
        var failed: [Failed] = []
        var breaker: FailureBreaker
        var keepsNone = false
    }

    private let remote: CloudRemote
    private let cache: Cache
    private let journal: CloudJournal
    private let jobs: Int
    private let progress: any ProgressReporter
    private let state: Mutex<State>

    init(
        to remote: CloudRemote, from cache: Cache, journal: CloudJournal, jobs: Int?, progress: any ProgressReporter
    ) {
        self.remote = remote
        self.cache = cache
        self.journal = journal
        self.jobs = max(1, jobs ?? remote.backend.concurrency)
        self.progress = progress
        state = Mutex(State(breaker: FailureBreaker(limit: max(8, self.jobs * 2))))
    }

    /// The versions that the store now has of what was sent.
    var sent: [RelativePath: CloudVersion] { state.withLock { $0.sent } }
    var failed: [Failed] { state.withLock { $0.failed } }

    /// - Throws: `KeepsNoVersions`, before anything or after one file was sent.
    func run(_ files: [CloudFile]) async throws {
        guard let first = files.first else { return }
        let keepsVersions = try await remote.backend.keepsVersions()
        if keepsVersions == false { throw KeepsNoVersions(remote: remote.name, place: remote.backend.name) }
        progress.report(.began(.pushing, items: files.count, bytes: 0))
        defer { progress.report(.ended(.pushing)) }
        var rest = files
        if keepsVersions == nil {
            // The store does not say; so its answer to one file is waited for.
            rest.removeFirst()
            await send(first)
        }
        if !state.withLock({ $0.keepsNone }) { await concurrentForEach(rest, limit: jobs) { await self.send($0) } }
        try Task.checkCancellation()
        if state.withLock({ $0.keepsNone }) {
            throw KeepsNoVersions(remote: remote.name, place: remote.backend.name)
        }
        markUntried(rest)
    }

    private func send(_ file: CloudFile) async {
        guard state.withLock({ $0.breaker.verdict == nil && !$0.keepsNone }) else { return }
        do {
            let (written, size) = try await ObjectStore.store(
                file.object, from: cache.path(of: file.object), under: remote.key(of: file.path), in: remote.backend)
            guard let version = CloudVersion(written.versionID, etag: written.tag) else {
                state.withLock { $0.keepsNone = true }
                return
            }
            journal.note(file.path, .init(object: file.object, version: version))
            state.withLock { state in
                state.sent[file.path] = version
                state.breaker.succeeded()
            }
            progress.report(.advanced(.pushing, items: 1, bytes: size))
        } catch {
            state.withLock { state in
                state.failed.append(Failed(file: file, error: error))
                state.breaker.failed(error)
            }
        }
    }

    /// Notes as failed what was not tried because the push was given up.
    private func markUntried(_ files: [CloudFile]) {
        state.withLock { state in
            guard let error = state.breaker.notTried() else { return }
            let settled = Set(state.sent.keys).union(state.failed.map(\.file.path))
            state.failed += files.filter { !settled.contains($0.path) }.map { Failed(file: $0, error: error) }
        }
    }
}
