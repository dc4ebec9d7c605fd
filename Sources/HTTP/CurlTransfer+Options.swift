import CCurl

/// What libcurl is told of a transfer before it begins.
extension CurlTransfer {
    private var context: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

    func setCommon() {
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

    func set(_ request: HTTPRequest) throws(HTTPError) {
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

    func set(_ request: SFTPRequest) throws(HTTPError) {
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
}

extension HTTPHeader {
    /// Whether name and value stay within their line.
    fileprivate static func isSafe(_ header: HTTPHeader) -> Bool {
        !header.name.isEmpty && header.name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }
            && header.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
    }
}
