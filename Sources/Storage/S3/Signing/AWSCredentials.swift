/// Keys that sign requests to AWS and to those who speak like it.
package struct AWSCredentials: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    package var accessKey: String
    package var secretKey: String
    package var sessionToken: String?
    /// Seconds since 1970, where they end at all.
    package var expiry: Int64?

    package init(accessKey: String, secretKey: String, sessionToken: String? = nil, expiry: Int64? = nil) {
        self.accessKey = accessKey
        self.secretKey = secretKey
        self.sessionToken = sessionToken
        self.expiry = expiry
    }

    /// Printing them by accident shows nothing.
    package var description: String { "AWSCredentials(…)" }
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// The text without any of the secrets, should a server have repeated them.
    func removed(from text: String) -> String {
        [accessKey, secretKey, sessionToken ?? ""].filter { $0.utf8.count >= 8 }
            .reduce(text) { $0.replacing($1, with: "…") }
    }
}
