import CCurl

extension CurlTransfer {
    /// What a failure of libcurl means.
    func error(_ code: CURLcode) -> HTTPError {
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
        case CURLE_FAILED_INIT where isSSH:
            // The server hung up before it greeted, as one with too many clients does.
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
                .changedHost, "the host key of \(place) has changed: somebody else may be answering under its name")
        default: HTTPError(.unknownHost, "the host key of \(place) is not known")
        }
    }
}
