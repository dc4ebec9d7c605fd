import Documents
import HTTP

/// An answer of S3 that says no: what the server calls the failure, and what follows from it.
struct S3Failure: Sendable {
    let response: HTTPResponse
    /// S3's word for it, such as `SlowDown`; empty where the answer has no body, as those to HEAD.
    private(set) var code = ""
    private(set) var message = ""
    /// The region where the bucket is, if the server says so.
    private(set) var region: String?

    init(_ response: HTTPResponse) {
        self.response = response
        if let document = try? XML.parse(response.body, limits: S3Client.limits) { read(document) }
        if let header = response["x-amz-bucket-region"] { region = header }
        if let named = region, !S3Site.isRegion(named) { region = nil }
    }

    /// What an element says; `nil` where it is no error of S3.
    init?(_ element: XMLElement, in response: HTTPResponse) {
        self.response = response
        read(element)
        if code.isEmpty { return nil }
    }

    private mutating func read(_ document: XMLElement) {
        // Other services of AWS put the error into an `ErrorResponse`, and some servers do so, too.
        guard let error = document.name == "Error" ? document : document["Error"] ?? document["Errors"]?["Error"] else {
            return
        }
        code = String((error.text(of: "Code") ?? "").prefix(100))
        message = String((error.text(of: "Message") ?? "").prefix(300))
        region = error.text(of: "Region")
    }

    /// Whether other credentials would do.
    var saysExpired: Bool { ["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"].contains(code) }

    /// Whether the bucket is elsewhere, or the signature was made for another region.
    var saysOtherRegion: Bool {
        response.status == 301 || response.status == 307 && code == "TemporaryRedirect"
            || code == "AuthorizationHeaderMalformed" || code == "PermanentRedirect"
            || code == "IllegalLocationConstraintException" || response.status == 400 && response.body.isEmpty
    }

    /// Whether the clock may be the reason; an answer to HEAD has no words for it.
    var mayBeClock: Bool {
        code == "RequestTimeTooSkewed" || code == "RequestExpired"
            || [400, 403].contains(response.status) && (response.body.isEmpty || code == "AccessDenied")
    }

    func error(key: Key?, place: String, hiding credentials: AWSCredentials?) -> StorageError {
        var words = message
        while words.hasSuffix(".") || words.hasSuffix("\n") { words.removeLast() }
        var text = words.isEmpty ? code : code.isEmpty ? words : "\(words) (\(code))"
        text = String(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : Character($0) })
        if let credentials { text = credentials.removed(from: text) }
        let general = StorageError(status: response, detail: text.isEmpty ? nil : text, key: key, place: place)
        guard let meaning = Self.meanings[code] else { return general }
        let isPlaceGone = code == "NoSuchBucket"
        return StorageError(
            meaning.kind, general.detail, key: isPlaceGone ? nil : key, place: place,
            retryAfter: response.retryAfter, isRetryable: meaning.isRetryable, remedy: meaning.remedy)
    }

    private struct Meaning {
        let kind: StorageError.Kind
        var isRetryable = false
        var remedy: String?
    }

    private static let meanings: [String: Meaning] = {
        var meanings: [String: Meaning] = [
            "NoSuchBucket": Meaning(
                kind: .notFound, remedy: "check the bucket's name in the remote's URL, or create the bucket"),
            "NoSuchKey": Meaning(kind: .notFound),
            "NoSuchVersion": Meaning(kind: .notFound),
            "NoSuchUpload": Meaning(kind: .other),
            "AccessDenied": Meaning(kind: .permission),
            "AllAccessDisabled": Meaning(kind: .permission),
            "AccountProblem": Meaning(kind: .permission),
            "InvalidAccessKeyId": Meaning(
                kind: .permission, remedy: "check the access key; it may belong to another account or be deleted"),
            "InvalidSecurity": Meaning(kind: .permission),
            "InvalidToken": Meaning(kind: .permission),
            "SignatureDoesNotMatch": Meaning(
                kind: .permission, remedy: "check the secret access key, and the endpoint that it is for"),
            "RequestTimeTooSkewed": Meaning(kind: .permission, remedy: "set this machine's clock"),
            "InvalidObjectState": Meaning(
                kind: .permission, remedy: "the object is archived; restore it with the tools of the store first"),
            "KMS.DisabledException": Meaning(kind: .permission),
            "KMS.NotFoundException": Meaning(kind: .permission),
            "QuotaExceeded": Meaning(kind: .outOfSpace),
            "StorageLimitExceeded": Meaning(kind: .outOfSpace),
            "XMinioStorageFull": Meaning(kind: .outOfSpace),
            "EntityTooLarge": Meaning(kind: .outOfSpace, remedy: "the store takes no objects of this size"),
            "BadDigest": Meaning(kind: .corrupt, isRetryable: true, remedy: Self.changedOnTheWay),
            "XAmzContentSHA256Mismatch": Meaning(kind: .corrupt, isRetryable: true, remedy: Self.changedOnTheWay),
            "XAmzContentChecksumMismatch": Meaning(kind: .corrupt, isRetryable: true, remedy: Self.changedOnTheWay),
            "IncompleteBody": Meaning(kind: .unreachable, isRetryable: true),
            "NotImplemented": Meaning(kind: .unsupported),
            "MethodNotAllowed": Meaning(kind: .unsupported),
        ]
        for code in ["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"] {
            meanings[code] = Meaning(kind: .permission, remedy: "the credentials have expired; log in again")
        }
        for code in [
            "SlowDown", "SlowDownRead", "SlowDownWrite", "ServiceUnavailable", "Throttling",
            "ThrottlingException", "RequestLimitExceeded", "BandwidthLimitExceeded", "TooManyRequests",
            "TooManyRequestsException", "Busy", "RequestThrottled", "RequestThrottledException",
        ] {
            meanings[code] = Meaning(kind: .throttled, isRetryable: true)
        }
        for code in [
            "InternalError", "InternalServerError", "RequestTimeout", "RequestTimeoutException",
            "OperationAborted", "XMinioServerNotInitialized", "ConditionalRequestConflict",
        ] {
            meanings[code] = Meaning(kind: .unreachable, isRetryable: true)
        }
        return meanings
    }()

    private static let changedOnTheWay = "the bytes changed on their way; run the command again"
}
