import CCurl

/// One request on its way: what libcurl's callbacks read and write. Lives on the loop's thread only.
final class CurlTransfer {
    let job: CurlLoop.Job
    let easy: EasyHandle
    /// Headers and commands, which libcurl doesn't copy.
    var lists: [UnsafeMutablePointer<curl_slist>] = []
    /// Where libcurl writes what an SSH server's failure was.
    var errorText: UnsafeMutablePointer<CChar>?
    /// What the file of known hosts says of the server's key, once it was looked up.
    var hostKey: curl_khmatch?
    private var source: (reader: any HTTPBodyReader, left: Int64)?
    private var body: HTTPBody?
    private var receiver: (any HTTPReceiver)?
    private var hasBegun = false
    private(set) var response = HTTPResponse(status: 0)
    private var headerBytes = 0
    private let limit: Int
    /// What ended the transfer on our side.
    var failure: HTTPError?

    /// Of bodies, in both directions.
    private(set) var movedBytes: Int64 = 0
    /// When something last moved, in the loop's seconds.
    var lastProgress: Double
    let deadline: Double?
    let host: String
    /// Which directions wait for the rate limit.
    var isPaused = false
    unowned let loop: LoopState

    /// Bytes of all heads together that a server may send.
    private static let headerLimit = 256 << 10

    init(_ job: CurlLoop.Job, easy: EasyHandle, loop: LoopState, now: Double) throws(HTTPError) {
        self.job = job
        self.easy = easy
        self.loop = loop
        lastProgress = now
        switch job.work {
        case .http(let request, let limit, let receiver):
            self.limit = limit
            self.receiver = receiver
            deadline = request.deadline.map { now + $0.inSeconds }
            host = URLParts(request.url)?.host ?? ""
        case .sftp(let request):
            limit = 256 << 20
            deadline = request.deadline.map { now + $0.inSeconds }
            host = URLParts(request.url)?.host ?? ""
            if case .read(_, _, let receiver) = request.operation { self.receiver = receiver }
        }
        setCommon()
        switch job.work {
        case .http(let request, _, _): try set(request)
        case .sftp(let request): try set(request)
        }
    }

    /// To be called once the handle is out of the loop.
    func free() {
        for list in lists { easy.curl.call.curl_slist_free_all(list) }
        lists = []
        errorText?.deallocate()
        errorText = nil
    }

    // MARK: - What libcurl asks for

    func set(_ body: HTTPBody) throws(HTTPError) {
        self.body = body
        easy.set(CURLOPT_UPLOAD, true)
        easy.set(CURLOPT_INFILESIZE_LARGE, offset: body.size)
        // An empty body is never asked for, so that nobody would see that there is more.
        if body.size == 0, rewind(), let reader = source?.reader { _ = checkEnd(reader) }
        if let failure { throw failure }
    }

    /// Opens the body from its start, the first time and whenever it has to be sent again.
    func rewind() -> Bool {
        do {
            switch body {
            case .bytes(let bytes): source = (MemoryReader(bytes), Int64(bytes.count))
            case .stream(let size, let open): source = (try open(), size)
            case nil: return false
            }
            return true
        } catch {
            failure = .local(error)
            return false
        }
    }

    func send(_ bytes: UnsafeMutablePointer<CChar>?, _ room: Int) -> Int {
        guard let bytes, failure == nil, source != nil || rewind(), let reader = source?.reader, let left = source?.left
        else { return varve_curl_read_abort }
        if left == 0 { return 0 }
        if !loop.maySend() {
            isPaused = true
            loop.hasPaused = true
            return varve_curl_read_pause
        }
        let buffer = UnsafeMutableRawBufferPointer(start: bytes, count: Int(min(Int64(room), left)))
        do {
            let count = try reader.read(into: buffer)
            guard count > 0 else {
                failure = HTTPError(.local, "the data became shorter while they were sent")
                return varve_curl_read_abort
            }
            source?.left = left - Int64(count)
            // The last piece is held back until it is sure that it is the last.
            if left == Int64(count), !checkEnd(reader) { return varve_curl_read_abort }
            loop.sent(count)
            movedBytes += Int64(count)
            moved()
            return count
        } catch {
            failure = .local(error)
            return varve_curl_read_abort
        }
    }

    private func checkEnd(_ reader: any HTTPBodyReader) -> Bool {
        var byte: UInt8 = 0
        do {
            let more = try withUnsafeMutableBytes(of: &byte) { try reader.read(into: $0) }
            if more > 0 { failure = HTTPError(.local, "the data became longer while they were sent") }
        } catch {
            failure = .local(error)
        }
        return failure == nil
    }

    func received(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        guard let bytes, failure == nil else { return 0 }
        if !loop.mayReceive() {
            isPaused = true
            loop.hasPaused = true
            return varve_curl_write_pause
        }
        let piece = UnsafeRawBufferPointer(start: bytes, count: count)
        loop.received(count)
        movedBytes += Int64(count)
        moved()
        if let receiver, isWanted {
            guard begin() else { return 0 }
            do {
                try receiver.receive(piece)
            } catch {
                failure = .local(error)
                return 0
            }
        } else {
            guard piece.count <= limit - response.body.count else {
                failure = HTTPError(.malformed, "the server sends more than \(limit) bytes where fewer are possible")
                return 0
            }
            response.body.append(contentsOf: piece)
        }
        return count
    }

    private var isWanted: Bool {
        if case .sftp = job.work { return true }
        return response.isSuccess
    }

    /// Tells the receiver of the head, once.
    private func begin() -> Bool {
        if hasBegun { return true }
        hasBegun = true
        do {
            try receiver?.begin(response)
            return true
        } catch {
            failure = .local(error)
            return false
        }
    }

    func receivedHeader(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        guard let bytes else { return 0 }
        moved()
        headerBytes += count
        guard headerBytes <= Self.headerLimit else {
            failure = HTTPError(.malformed, "the server sends more than \(Self.headerLimit) bytes of headers")
            return 0
        }
        if case .sftp = job.work { return count }
        let line = String(decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
        if line.hasPrefix("HTTP/") {
            // A new head: that of the answer follows those of a proxy, of a 100 and of a login's first round.
            let status = line.split(separator: " ").dropFirst().first.flatMap { Int($0.prefix { $0.isNumber }) }
            response = HTTPResponse(status: status ?? 0)
        } else if let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) {
            let value = line[line.utf8.index(after: colon)...]
            response.headers.append(HTTPHeader(line[..<colon].lowercased(), value.trimmed))
        }
        return count
    }

    private func moved() { lastProgress = loop.now }

    // MARK: - The end

    /// What came of the transfer.
    func result(_ code: CURLcode) -> Result<CurlLoop.Outcome, HTTPError> {
        if let failure { return .failure(failure) }
        guard code == CURLE_OK else { return .failure(error(code)) }
        if isWanted, receiver != nil, !begin(), let failure { return .failure(failure) }
        var outcome = CurlLoop.Outcome(response: response)
        switch job.work {
        case .http(let request, _, _): outcome.response.url = request.url
        case .sftp:
            outcome.size = easy.offset(CURLINFO_CONTENT_LENGTH_DOWNLOAD_T)
            outcome.modified = easy.offset(CURLINFO_FILETIME_T)
        }
        return .success(outcome)
    }

    var isSSH: Bool {
        if case .sftp = job.work { return true }
        return false
    }
}

extension HTTPError {
    /// A failure of the request's own body or receiver.
    static func local(_ error: any Error) -> HTTPError {
        HTTPError(.local, "the data could not be passed on", cause: error)
    }
}

extension Substring {
    /// Without the blanks and line ends around it.
    fileprivate var trimmed: String {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D || $0 == 0x0A }
        guard let first = utf8.firstIndex(where: { !isBlank($0) }),
            let last = utf8.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(self[first...last])
    }
}

extension Duration {
    var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
