import CCurl

/// One request on its way: what libcurl's callbacks read and write. Lives on the loop's thread only.
final class CurlTransfer {
    let job: CurlLoop.Job
    let easy: EasyHandle
    /// Headers and commands, which libcurl doesn't copy.
    private var lists: [UnsafeMutablePointer<curl_slist>] = []
    /// Where libcurl writes what an SSH server's failure was.
    private var errorText: UnsafeMutablePointer<CChar>?
    /// What the file of known hosts says of the server's key, once it was looked up.
    private var hostKey: curl_khmatch?
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

    // MARK: - Options

    private var context: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

    private func setCommon() {
        let configuration = loop.configuration
        easy.set(CURLOPT_PRIVATE, pointer: context)
        easy.set(CURLOPT_NOSIGNAL, true)
        easy.set(CURLOPT_PATH_AS_IS, true)
        easy.set(CURLOPT_FOLLOWLOCATION, false)
        easy.set(CURLOPT_TCP_KEEPALIVE, true)
        easy.set(CURLOPT_CONNECTTIMEOUT_MS, Int(configuration.connectTimeout.inSeconds * 1000))
        easy.set(CURLOPT_BUFFERSIZE, 256 << 10)
        easy.set(CURLOPT_UPLOAD_BUFFERSIZE, 256 << 10)
        easy.set(CURLOPT_WRITEDATA, pointer: context)
        easy.set(CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            CurlTransfer.from(context)?.received(bytes, size &* count) ?? 0
        }
        easy.set(CURLOPT_HEADERDATA, pointer: context)
        easy.set(CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            CurlTransfer.from(context)?.receivedHeader(bytes, size &* count) ?? 0
        }
        easy.set(CURLOPT_READDATA, pointer: context)
        easy.set(CURLOPT_READFUNCTION) { bytes, size, count, context in
            CurlTransfer.from(context)?.send(bytes, size &* count) ?? varve_curl_read_abort
        }
        easy.set(CURLOPT_SEEKDATA, pointer: context)
        _ = varve_curl_set_seek_callback(easy.curl.functions, easy.raw) { context, offset, origin in
            guard origin == 0, offset == 0, CurlTransfer.from(context)?.rewind() == true else {
                return varve_curl_seek_fail
            }
            return varve_curl_seek_ok
        }
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> CurlTransfer? {
        context.map { Unmanaged<CurlTransfer>.fromOpaque($0).takeUnretainedValue() }
    }

    private func set(_ request: HTTPRequest) throws(HTTPError) {
        let configuration = loop.configuration
        guard let parts = URLParts(request.url), parts.scheme == "http" || parts.scheme == "https" else {
            throw HTTPError(.unsupported, "this is no URL of a web server")
        }
        easy.set(CURLOPT_URL, request.url)
        easy.set(CURLOPT_PROTOCOLS, varve_curl_protocols_http)
        easy.set(CURLOPT_HTTP_VERSION, varve_curl_http_version_2tls)
        easy.set(CURLOPT_SSLVERSION, varve_curl_tls_1_2)
        switch configuration.trust {
        case .system: break
        case .authorities(let path):
            easy.set(loop.isFolder(path) ? CURLOPT_CAPATH : CURLOPT_CAINFO, path)
        case .anyone:
            easy.set(CURLOPT_SSL_VERIFYPEER, false)
            easy.set(CURLOPT_SSL_VERIFYHOST, 0)
        }
        if let own = configuration.clientCertificate {
            easy.set(CURLOPT_SSLCERT, own.certificate)
            if let key = own.key { easy.set(CURLOPT_SSLKEY, key) }
        }
        let proxies = configuration.proxies
        // An empty text keeps libcurl from looking into the environment.
        easy.set(CURLOPT_PROXY, (parts.scheme == "https" ? proxies.https : proxies.http) ?? proxies.all ?? "")
        easy.set(CURLOPT_NOPROXY, proxies.none ?? "")

        switch request.method {
        case .get where request.body == nil: easy.set(CURLOPT_HTTPGET, true)
        case .head: easy.set(CURLOPT_NOBODY, true)
        default:
            easy.set(CURLOPT_CUSTOMREQUEST, request.method.name)
        }
        if let body = request.body { try set(body) }
        if let login = request.login {
            easy.set(CURLOPT_USERNAME, login.user)
            easy.set(CURLOPT_PASSWORD, login.password)
            let scheme =
                switch login.scheme {
                case .basic: varve_curl_auth_basic
                case .digest: varve_curl_auth_digest
                case .any: varve_curl_auth_any
                }
            easy.set(CURLOPT_HTTPAUTH, scheme)
        }
        // Waiting for a 100 costs a round trip per request, and some servers never send it.
        var lines = ["Expect:"]
        if !request.headers.contains(where: { $0.name.lowercased() == "user-agent" }) {
            lines.append("User-Agent: \(configuration.userAgent)")
        }
        for header in request.headers {
            guard HTTPHeader.isSafe(header) else {
                throw HTTPError(
                    .malformed, "the header '\(header.name)' holds a line break or another control character")
            }
            // With a semicolon libcurl sends a header whose value is empty; with a colon it would leave it out.
            lines.append(header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)")
        }
        set(CURLOPT_HTTPHEADER, lines)
    }

    private func set(_ request: SFTPRequest) throws(HTTPError) {
        easy.set(CURLOPT_URL, request.url)
        easy.set(CURLOPT_PROTOCOLS, varve_curl_protocols_sftp)
        easy.set(CURLOPT_PROXY, "")
        setSSH(request.login)
        easy.set(CURLOPT_FILETIME, true)
        switch request.operation {
        case .read(let offset, let count, _):
            if let count {
                easy.set(CURLOPT_RANGE, "\(offset)-\(offset + max(1, count) - 1)")
            } else if offset > 0 {
                easy.set(CURLOPT_RESUME_FROM_LARGE, offset: offset)
            }
        case .write(let body): try set(body)
        case .list: break
        case .stat: easy.set(CURLOPT_NOBODY, true)
        case .run(let commands):
            easy.set(CURLOPT_NOBODY, true)
            try set(CURLOPT_QUOTE, commands: commands)
        }
        try set(CURLOPT_POSTQUOTE, commands: request.afterwards)
    }

    private func setSSH(_ login: SSHLogin) {
        easy.set(CURLOPT_SSH_KNOWNHOSTS, login.knownHosts)
        _ = varve_curl_set_host_key_callback(easy.curl.functions, easy.raw) { _, _, _, match, context in
            CurlTransfer.from(context)?.hostKey = match
            return match == CURLKHMATCH_OK ? varve_curl_host_key_accepted : varve_curl_host_key_refused
        }
        easy.set(CURLOPT_SSH_KEYDATA, pointer: context)
        let text = UnsafeMutablePointer<CChar>.allocate(capacity: Int(varve_curl_error_size))
        text.initialize(repeating: 0, count: Int(varve_curl_error_size))
        errorText = text
        easy.set(CURLOPT_ERRORBUFFER, pointer: text)
        // What the server's umask leaves, as with other clients.
        easy.set(CURLOPT_NEW_FILE_PERMS, 0o666)
        easy.set(CURLOPT_NEW_DIRECTORY_PERMS, 0o777)
        if let user = login.user { easy.set(CURLOPT_USERNAME, user) }
        var ways = login.usesAgent ? varve_curl_ssh_agent : 0
        if let password = login.password {
            easy.set(CURLOPT_PASSWORD, password)
            ways |= varve_curl_ssh_password
        }
        if let key = login.keyFile {
            easy.set(CURLOPT_SSH_PRIVATE_KEYFILE, key)
            ways |= varve_curl_ssh_key
        }
        if let passphrase = login.passphrase { easy.set(CURLOPT_KEYPASSWD, passphrase) }
        easy.set(CURLOPT_SSH_AUTH_TYPES, ways)
    }

    private func set(_ option: CURLoption, commands: [String]) throws(HTTPError) {
        guard commands.allSatisfy({ $0.utf8.allSatisfy { $0 >= 0x20 } }) else {
            throw HTTPError(.malformed, "a path holds a line break or another control character")
        }
        set(option, commands)
    }

    private func set(_ option: CURLoption, _ lines: [String]) {
        var list: UnsafeMutablePointer<curl_slist>?
        for line in lines { list = easy.curl.call.curl_slist_append(list, line) ?? list }
        guard let list else { return }
        lists.append(list)
        easy.set(option, pointer: UnsafeMutableRawPointer(list))
    }

    private func set(_ body: HTTPBody) throws(HTTPError) {
        self.body = body
        easy.set(CURLOPT_UPLOAD, true)
        easy.set(CURLOPT_INFILESIZE_LARGE, offset: body.size)
        // An empty body is never asked for, so that nobody would see that there is more.
        if body.size == 0, rewind(), let reader = source?.reader { _ = checkEnd(reader) }
        if let failure { throw failure }
    }

    // MARK: - What libcurl asks for

    /// Opens the body from its start, the first time and whenever it has to be sent again.
    private func rewind() -> Bool {
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

    private func send(_ bytes: UnsafeMutablePointer<CChar>?, _ room: Int) -> Int {
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

    private func received(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
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

    private func receivedHeader(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
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

    private func error(_ code: CURLcode) -> HTTPError {
        let isAmbiguous = easy.long(CURLINFO_REQUEST_SIZE) > 0
        let place = host.isEmpty ? "the server" : host
        let text = easy.curl.text(code)
        let plain = text.prefix(1).lowercased() + text.dropFirst()
        return switch code {
        case CURLE_COULDNT_RESOLVE_HOST: HTTPError(.unresolved, "the host name '\(host)' cannot be resolved")
        case CURLE_COULDNT_RESOLVE_PROXY: HTTPError(.unresolved, "the name of the proxy cannot be resolved")
        case CURLE_COULDNT_CONNECT: HTTPError(.unconnected, "cannot connect to \(place)")
        case CURLE_OPERATION_TIMEDOUT where !isAmbiguous:
            HTTPError(.unconnected, "\(place) does not answer the connection within \(loop.connectSeconds) s")
        case CURLE_OPERATION_TIMEDOUT: HTTPError(.stalled, "\(place) does not answer", isAmbiguous: true)
        case CURLE_PEER_FAILED_VERIFICATION where isSSH: hostKeyError(place)
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR:
            HTTPError(.untrusted, "the certificate of \(place) is not trusted")
        case CURLE_SSL_CACERT_BADFILE:
            HTTPError(.untrusted, "the file of certificate authorities cannot be read")
        case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_USE_SSL_FAILED:
            HTTPError(.untrusted, "no encrypted connection to \(place): \(plain)")
        case CURLE_LOGIN_DENIED: HTTPError(.refused, "\(place) refuses the login")
        case CURLE_REMOTE_ACCESS_DENIED: HTTPError(.refused, "\(place) refuses access")
        case CURLE_REMOTE_FILE_NOT_FOUND: HTTPError(.missing, "there is nothing")
        case CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_HTTP2,
            CURLE_HTTP2_STREAM, CURLE_SEND_FAIL_REWIND:
            HTTPError(.broken, "the connection to \(place) broke: \(plain)", isAmbiguous: isAmbiguous)
        case CURLE_QUOTE_ERROR: HTTPError(.command, "\(place): \(words ?? plain)", isAmbiguous: true)
        case CURLE_SSH where easy.long(CURLINFO_NUM_CONNECTS) > 0 && easy.offset(CURLINFO_APPCONNECT_TIME_T) ?? 0 == 0:
            HTTPError(.unconnected, "no SSH session with \(place): \(words ?? plain)")
        case CURLE_SSH: HTTPError(.broken, "\(place): \(words ?? plain)", isAmbiguous: true)
        case CURLE_UNSUPPORTED_PROTOCOL: HTTPError(.unsupported, "the installed libcurl cannot speak this protocol")
        case CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING:
            HTTPError(.malformed, "\(place) does not answer as a server of this kind does: \(plain)")
        default: HTTPError(.other, "\(place): \(plain)", isAmbiguous: isAmbiguous)
        }
    }

    /// What libcurl says beyond the code.
    private var words: String? {
        guard let text = errorText.map({ String(cString: $0) }), !text.isEmpty else { return nil }
        return text.prefix(1).lowercased() + text.dropFirst()
    }

    private func hostKeyError(_ place: String) -> HTTPError {
        switch hostKey {
        case CURLKHMATCH_MISMATCH:
            HTTPError(
                .unknownHost, "the host key of \(place) has changed: somebody else may be answering under its name")
        default: HTTPError(.unknownHost, "the host key of \(place) is not known")
        }
    }

    private var isSSH: Bool {
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

extension HTTPHeader {
    /// Whether name and value stay within their line.
    static func isSafe(_ header: HTTPHeader) -> Bool {
        !header.name.isEmpty && header.name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }
            && header.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
    }
}

/// Bytes in memory as a body.
private final class MemoryReader: HTTPBodyReader, @unchecked Sendable {
    // Unchecked because a body is read by one thread at a time, the loop's.
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, bytes.count - position)
        if count > 0 { buffer.copyBytes(from: bytes[position..<position + count]) }
        position += count
        return count
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
