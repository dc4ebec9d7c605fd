import Basics
import CCurl
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Runs the transfers of a client on one thread, which libcurl's multi interface drives.
///
/// Requests are handed over through a locked queue; everything else belongs to the thread.
final class CurlLoop: Sendable {
    enum Work: Sendable {
        case http(HTTPRequest, limit: Int, receiver: (any HTTPReceiver)?)
        case sftp(SFTPRequest)
    }

    struct Outcome: Sendable {
        var response: HTTPResponse
        /// Of a file that SFTP read or looked up.
        var size: Int64?
        var modified: Int64?
    }

    struct Job: Sendable {
        let number: Int
        let work: Work
        let finish: @Sendable (Result<Outcome, HTTPError>) -> Void
    }

    /// What callers leave for the thread.
    private struct Inbox {
        var jobs: [Job] = []
        var cancelled: [Int] = []
        var lastNumber = 0
        var isRunning = false
        var isStopping = false
        /// Where to knock, while the thread runs.
        var multi: MultiHandle?
    }

    private let inbox = Mutex(Inbox())
    private let configuration: HTTPConfiguration

    init(_ configuration: HTTPConfiguration) { self.configuration = configuration }

    func run(_ work: Work) async throws(HTTPError) -> Outcome {
        if Task.isCancelled { throw .cancelled }
        let curl = try Curl.load()
        let number = inbox.withLock { inbox in
            inbox.lastNumber += 1
            return inbox.lastNumber
        }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                enqueue(Job(number: number, work: work) { continuation.resume(returning: $0) }, curl)
            }
        } onCancel: {
            inbox.withLock { inbox in
                inbox.cancelled.append(number)
                inbox.multi?.wake()
            }
        }
        return try result.get()
    }

    /// Ends the thread; requests that are under way end as cancelled.
    func stop() {
        inbox.withLock { inbox in
            inbox.isStopping = true
            inbox.multi?.wake()
        }
    }

    private func enqueue(_ job: Job, _ curl: Curl) {
        let mustStart = inbox.withLock { inbox in
            inbox.jobs.append(job)
            inbox.multi?.wake()
            if inbox.isRunning { return false }
            inbox.isRunning = true
            return true
        }
        if mustStart, !startDetachedThread({ self.serve(curl) }) {
            let jobs = inbox.withLock { inbox in
                inbox.isRunning = false
                defer { inbox.jobs = [] }
                return inbox.jobs
            }
            for job in jobs { job.finish(.failure(HTTPError(.other, "the system gives no further thread"))) }
        }
    }

    /// The thread's work, until the client is gone.
    private func serve(_ curl: Curl) {
        // A connection that the server closed must fail its write, not end the process.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        guard let raw = curl.call.curl_multi_init() else {
            let jobs = inbox.withLock { inbox in
                inbox.isRunning = false
                defer { inbox.jobs = [] }
                return inbox.jobs
            }
            for job in jobs { job.finish(.failure(HTTPError(.other, "libcurl cannot start: out of memory"))) }
            return
        }
        let multi = MultiHandle(curl: curl, raw: raw)
        inbox.withLock { $0.multi = multi }
        let state = LoopState(multi, configuration)
        while true {
            let (jobs, cancelled, isStopping) = inbox.withLock { inbox in
                defer {
                    inbox.jobs.removeAll(keepingCapacity: true)
                    inbox.cancelled.removeAll(keepingCapacity: true)
                }
                return (inbox.jobs, inbox.cancelled, inbox.isStopping)
            }
            if isStopping {
                // From here on nobody knocks any more, so the handle may go.
                let late = inbox.withLock { inbox in
                    inbox.multi = nil
                    inbox.isRunning = false
                    defer { inbox.jobs = [] }
                    return inbox.jobs
                }
                for job in jobs + late { job.finish(.failure(.cancelled)) }
                state.end()
                return
            }
            state.turn(jobs, cancelled: cancelled)
        }
    }
}

/// A multi handle that other threads may knock at.
///
/// `@unchecked Sendable` because other threads only call `wake`, which libcurl allows, under the lock that also takes
/// the handle away before it is closed.
struct MultiHandle: @unchecked Sendable {
    let curl: Curl
    let raw: UnsafeMutableRawPointer

    func wake() { _ = curl.call.curl_multi_wakeup(raw) }
}

extension HTTPError {
    static let cancelled = HTTPError(.cancelled, "cancelled")
}
