import CCurl

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// All that the thread of a `CurlLoop` owns: transfers under way and waiting, and the watch over them.
final class LoopState {
    let configuration: HTTPConfiguration
    private let multi: MultiHandle
    private var curl: Curl { multi.curl }
    private var waiting: [CurlLoop.Job] = []
    private var firstWaiting = 0
    private var active: [UnsafeMutableRawPointer: CurlTransfer] = [:]
    private var idleHandles: [UnsafeMutableRawPointer] = []
    /// Seconds on a steady clock, taken once a turn.
    private(set) var now: Double
    private var adaptive: AdaptiveLimit
    private var upload: RateLimit?
    private var download: RateLimit?
    /// Whether some transfer waits for the rate limit.
    var hasPaused = false
    private var lastWatch: Double
    /// Bytes of bodies that nobody has been told of yet, and when somebody was told last.
    private var unreported: Int64 = 0
    private var lastReport: Double
    /// When the next word about a silent host is due, in seconds of silence.
    private var silenceStep = LoopState.firstWord

    /// Seconds of silence after which a person is told.
    private static let firstWord = 4.0

    init(_ multi: MultiHandle, _ configuration: HTTPConfiguration) {
        self.multi = multi
        self.configuration = configuration
        now = Self.seconds()
        lastWatch = now
        lastReport = now
        adaptive = AdaptiveLimit(most: configuration.connections, now: now)
        if let rate = configuration.bandwidth {
            upload = RateLimit(bytesPerSecond: rate, now: now)
            download = RateLimit(bytesPerSecond: rate, now: now)
        }
        let connections = max(1, configuration.connections)
        _ = varve_curl_multi_set_long(curl.functions, multi.raw, CURLMOPT_MAX_HOST_CONNECTIONS, connections)
        _ = varve_curl_multi_set_long(curl.functions, multi.raw, CURLMOPT_MAXCONNECTS, connections + 4)
    }

    var connectSeconds: Int { Int(configuration.connectTimeout.inSeconds) }

    private static func seconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// One round: begin what has come, move what can move, end what has ended; then wait for news.
    func turn(_ jobs: [CurlLoop.Job], cancelled: [Int]) {
        now = Self.seconds()
        waiting += jobs
        if !cancelled.isEmpty { cancel(Set(cancelled)) }
        begin()
        resume()
        var running: Int32 = 0
        _ = curl.call.curl_multi_perform(multi.raw, &running)
        let ended = finishEnded()
        reportMoved()
        watch()
        // What ended makes room, and what it led to may be in the inbox already.
        if ended > 0 { begin() }
        _ = curl.call.curl_multi_poll(multi.raw, nil, 0, timeout, nil)
    }

    /// Ends everything as cancelled and closes the handles.
    func end() {
        for transfer in Array(active.values) { finish(transfer, .failure(.cancelled)) }
        for job in waiting[firstWaiting...] { job.finish(.failure(.cancelled)) }
        waiting = []
        for handle in idleHandles { curl.call.curl_easy_cleanup(handle) }
        _ = curl.call.curl_multi_cleanup(multi.raw)
    }

    private var timeout: Int32 {
        if hasPaused {
            let delay = max(upload?.delay ?? 0, download?.delay ?? 0)
            return Int32(min(1000, max(1, delay * 1000)))
        }
        return active.isEmpty ? 60_000 : 1000
    }

    // MARK: - Begin

    private func begin() {
        while active.count < adaptive.limit, firstWaiting < waiting.count {
            let job = waiting[firstWaiting]
            firstWaiting += 1
            start(job)
        }
        if firstWaiting == waiting.count {
            waiting.removeAll(keepingCapacity: true)
            firstWaiting = 0
        } else if firstWaiting > 4096 {
            waiting.removeFirst(firstWaiting)
            firstWaiting = 0
        }
    }

    private func start(_ job: CurlLoop.Job) {
        guard let raw = idleHandles.popLast() ?? curl.call.curl_easy_init() else {
            job.finish(.failure(HTTPError(.other, "libcurl cannot begin a transfer: out of memory")))
            return
        }
        do throws(HTTPError) {
            let transfer = try CurlTransfer(
                job, easy: EasyHandle(curl: curl, raw: raw), loop: self, now: now)
            active[raw] = transfer
            guard curl.call.curl_multi_add_handle(multi.raw, raw) == CURLM_OK else {
                finish(transfer, .failure(HTTPError(.other, "libcurl cannot begin a transfer")))
                return
            }
        } catch {
            curl.call.curl_easy_cleanup(raw)
            job.finish(.failure(error))
        }
    }

    // MARK: - End

    private func finishEnded() -> Int {
        var count = 0
        var left: Int32 = 0
        while let message = curl.call.curl_multi_info_read(multi.raw, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let raw = message.pointee.easy_handle,
                let transfer = active[raw]
            else { continue }
            let code = varve_curl_result(message)
            if code == CURLE_OK { note(transfer) }
            finish(transfer, transfer.result(code))
            count += 1
        }
        return count
    }

    /// Learns from an answer how many requests the server likes.
    private func note(_ transfer: CurlTransfer) {
        if [429, 503].contains(transfer.response.status) {
            adaptive.wasThrottled(now: now)
        } else {
            let latency = Double(transfer.easy.offset(CURLINFO_STARTTRANSFER_TIME_T) ?? 0) / 1e6
            adaptive.succeeded(bytes: transfer.movedBytes, latency: latency, now: now)
        }
    }

    private func finish(_ transfer: CurlTransfer, _ result: Result<CurlLoop.Outcome, HTTPError>) {
        let raw = transfer.easy.raw
        _ = curl.call.curl_multi_remove_handle(multi.raw, raw)
        active[raw] = nil
        curl.call.curl_easy_reset(raw)
        transfer.free()
        idleHandles.append(raw)
        transfer.job.finish(result)
    }

    private func cancel(_ numbers: Set<Int>) {
        for transfer in active.values where numbers.contains(transfer.job.number) {
            finish(transfer, .failure(.cancelled))
        }
        let (gone, rest) = waiting[firstWaiting...].partitioned { numbers.contains($0.number) }
        waiting = rest
        firstWaiting = 0
        for job in gone { job.finish(.failure(.cancelled)) }
    }

    // MARK: - Watch

    /// Ends what is stuck and tells of silence, about once a second.
    private func watch() {
        guard now - lastWatch >= 0.5, !active.isEmpty else { return }
        lastWatch = now
        let limit = configuration.idleTimeout.inSeconds
        for transfer in active.values {
            let silence = now - transfer.lastProgress
            if silence > limit {
                fail(transfer, "\(transfer.host) sent and took nothing for \(Int(limit)) s")
            } else if let deadline = transfer.deadline, now > deadline {
                fail(transfer, "\(transfer.host) did not finish within the time limit")
            }
        }
        guard let latest = active.values.max(by: { $0.lastProgress < $1.lastProgress }) else { return }
        let silence = now - latest.lastProgress
        if silence < Self.firstWord {
            silenceStep = Self.firstWord
        } else if silence >= silenceStep {
            silenceStep = silence + max(5, silence)
            configuration.events(.silence(host: latest.host, seconds: Int(silence), limit: Int(limit)))
        }
    }

    private func fail(_ transfer: CurlTransfer, _ detail: String) {
        let isAmbiguous = transfer.easy.long(CURLINFO_REQUEST_SIZE) > 0
        finish(transfer, .failure(HTTPError(.stalled, detail, isAmbiguous: isAmbiguous)))
    }

    // MARK: - Rate

    func maySend() -> Bool { upload?.isOpen(now) ?? true }
    func mayReceive() -> Bool { download?.isOpen(now) ?? true }

    func sent(_ bytes: Int) {
        upload?.take(bytes)
        unreported += Int64(bytes)
    }

    func received(_ bytes: Int) {
        download?.take(bytes)
        unreported += Int64(bytes)
    }

    /// Tells what has moved, a few times a second.
    private func reportMoved() {
        guard unreported > 0, now - lastReport >= 0.2 else { return }
        configuration.events(.moved(bytes: unreported))
        unreported = 0
        lastReport = now
    }

    private func resume() {
        guard hasPaused, maySend(), mayReceive() else {
            if hasPaused { for transfer in active.values where transfer.isPaused { transfer.lastProgress = now } }
            return
        }
        hasPaused = false
        for transfer in Array(active.values) where transfer.isPaused {
            transfer.isPaused = false
            transfer.lastProgress = now
            _ = curl.call.curl_easy_pause(transfer.easy.raw, varve_curl_pause_none)
        }
    }

    func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}

extension Sequence {
    fileprivate func partitioned(_ isFirst: (Element) -> Bool) -> (first: [Element], rest: [Element]) {
        var first: [Element] = []
        var rest: [Element] = []
        for element in self { if isFirst(element) { first.append(element) } else { rest.append(element) } }
        return (first, rest)
    }
}
