package import Basics

/// A backend could not do what was asked.
///
/// Whoever acts on it looks at `kind` and `isRetryable`, never at the text. Neither text nor place ever holds a
/// password, a token or a signed query: `init` takes them out.
package struct StorageError: UserFacingError, Equatable {
    package enum Kind: String, Sendable {
        /// There is nothing under the key, or the bucket or root does not exist.
        case notFound
        /// The store refuses: rights, credentials, read-only.
        case permission
        case outOfSpace
        /// No connection, or it broke; also a watchdog that saw no progress.
        case unreachable
        /// The store asks for fewer requests.
        case throttled
        /// The bytes are not those that the name promises.
        case corrupt
        /// This kind of store cannot do it.
        case unsupported
        /// The task was cancelled.
        case cancelled
        case other
    }

    package let kind: Kind
    /// What happened, as a clause without a full stop.
    package let detail: String
    package let key: Key?
    /// The backend's name, such as `/mnt/remote` or `s3://bucket/prefix`.
    package let place: String?
    /// How long the store asks to be left alone.
    package let retryAfter: Duration?
    /// Whether the same request may succeed later; decided by the backend, which knows what the failure was.
    package let isRetryable: Bool
    /// The `errno` that it comes from, where a system call failed.
    package let systemCode: Int32?
    private let nextStep: String?

    /// - Parameters:
    ///   - isRetryable: by default, whether the kind passes by itself: unreachable and throttled do.
    ///   - remedy: by default, what helps against the kind.
    package init(
        _ kind: Kind, _ detail: String, key: Key? = nil, place: String? = nil, retryAfter: Duration? = nil,
        isRetryable: Bool? = nil, remedy: String? = nil, systemCode: Int32? = nil
    ) {
        self.kind = kind
        self.detail = Redaction.redact(detail)
        self.key = key
        self.place = place.map(Redaction.redact)
        self.retryAfter = retryAfter
        self.isRetryable = isRetryable ?? (kind == .unreachable || kind == .throttled)
        self.nextStep = remedy
        self.systemCode = systemCode
    }

    package static let cancelled = StorageError(.cancelled, "cancelled")

    package var summary: String {
        switch (key, place) {
        case (let key?, let place?): "'\(key)' in '\(place)': \(detail)"
        case (let key?, nil): "'\(key)': \(detail)"
        case (nil, let place?): "'\(place)': \(detail)"
        case (nil, nil): detail
        }
    }

    package var remedy: String? {
        if let nextStep { return nextStep }
        return switch kind {
        case .notFound: "check the remote's URL with `varve remote list`; was the data pushed?"
        case .permission: "check the credentials and rights for this place"
        case .outOfSpace: "free some space or raise the quota, then run the command again; what is done stays done"
        case .unreachable: "check the network and the remote's URL, then run the command again; what is done stays done"
        case .throttled: "run the command again with fewer jobs (`--jobs`)"
        case .corrupt: "push the object again from a clone that has a good copy"
        case .unsupported, .cancelled, .other: nil
        }
    }

    package var category: ErrorCategory { kind == .cancelled ? .interrupted : .failure }

    /// The same error, with key and place filled in where they were not known.
    package func at(_ key: Key?, in place: String?) -> StorageError {
        StorageError(
            kind, detail, key: self.key ?? key, place: self.place ?? place, retryAfter: retryAfter,
            isRetryable: isRetryable, remedy: nextStep, systemCode: systemCode)
    }
}

/// Takes out of a text what must not be printed: `user:password@` and the query of any URL in it.
package enum Redaction {
    package static func redact(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: ":")) else { return text }
        var result: [UInt8] = []
        let bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            guard bytes[index...].starts(with: "://".utf8) else {
                result.append(bytes[index])
                index += 1
                continue
            }
            result += "://".utf8
            index += 3
            let end = bytes[index...].firstIndex { $0 <= 0x20 || $0 == 0x22 || $0 == 0x27 } ?? bytes.count
            let authorityEnd =
                bytes[index..<end].firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? end
            if let at = bytes[index..<authorityEnd].lastIndex(of: UInt8(ascii: "@")) { index = at + 1 }
            if let query = bytes[index..<end].firstIndex(of: UInt8(ascii: "?")) {
                result += bytes[index..<query]
                result += "?…".utf8
            } else {
                result += bytes[index..<end]
            }
            index = end
        }
        return String(decoding: result, as: UTF8.self)
    }
}
