package import Basics

/// A request got no answer, or none that could be used. A status such as 404 is an answer, not an error.
package struct HTTPError: UserFacingError {
    package enum Kind: Sendable, Equatable {
        /// The host's name has no address.
        case unresolved
        /// No connection came about.
        case unconnected
        /// The connection broke before the answer was whole.
        case broken
        /// Nothing moved for the configured time, or the request's deadline passed.
        case stalled
        /// The server's certificate or the encryption was refused.
        case untrusted
        /// The server's host key is not the known one, or is unknown (SSH).
        case unknownHost
        /// The login was refused on the level of the protocol (SSH, proxy).
        case refused
        /// There is no such file (SSH).
        case missing
        /// A command of the request failed (SSH); what comes before it in the request has been done.
        case command
        /// The answer is not what the protocol allows, or larger than the caller's limit.
        case malformed
        /// libcurl is not there, or cannot do what is asked.
        case unsupported
        /// The request's own body or receiver failed; `cause` tells how.
        case local
        case cancelled
        case other
    }

    package let kind: Kind
    /// What happened, as a clause without a full stop and without secrets.
    package let detail: String
    /// What the body or the receiver threw.
    package let cause: (any Error)?
    /// Whether part of the request may have reached the server: what it asks for may have happened.
    package let isAmbiguous: Bool

    package init(_ kind: Kind, _ detail: String, cause: (any Error)? = nil, isAmbiguous: Bool = false) {
        self.kind = kind
        self.detail = detail
        self.cause = cause
        self.isAmbiguous = isAmbiguous
    }

    /// Whether the same request may succeed later.
    package var isRetryable: Bool {
        switch kind {
        case .unresolved, .unconnected, .broken, .stalled: true
        case .untrusted, .unknownHost, .refused, .missing, .command, .malformed, .unsupported, .local, .cancelled,
            .other:
            false
        }
    }

    package var summary: String { detail }
    package var remedy: String? {
        switch kind {
        case .unresolved: "check the host's name in the URL, and the network"
        case .unconnected: "check the URL, the network and the proxy (https_proxy, no_proxy)"
        case .untrusted: "give the server's certificate authority by `ssl_verify`, or look who answers under this name"
        case .unknownHost: "connect once with `ssh` and check the key, so that it is in ~/.ssh/known_hosts"
        default: nil
        }
    }
    package var category: ErrorCategory { kind == .cancelled ? .interrupted : .failure }
}
