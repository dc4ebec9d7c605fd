import Documents

/// Credentials as services and programs write them in JSON, with names that differ a little.
struct CredentialDocument {
    private let fields: Mapping

    init?(_ bytes: [UInt8]) {
        guard let fields = try? JSON.parse(bytes, limits: DocumentLimits(bytes: 1 << 20, depth: 10)).mapping else {
            return nil
        }
        self.fields = fields
    }

    init(_ fields: Mapping) { self.fields = fields }

    /// The document inside under this name.
    func inner(_ name: String) -> CredentialDocument? { fields[name]?.mapping.map { CredentialDocument($0) } }

    func text(_ names: String...) -> String? {
        names.lazy.compactMap { fields[$0]?.string }.first { !$0.isEmpty }
    }

    func number(_ name: String) -> Int? { fields[name]?.int }

    var credentials: AWSCredentials? {
        guard let key = text("AccessKeyId", "accessKeyId"),
            let secret = text("SecretAccessKey", "secretAccessKey")
        else { return nil }
        let milliseconds = number("expiration").map { Int64($0) / 1000 }
        return AWSCredentials(
            accessKey: key, secretKey: secret, sessionToken: text("SessionToken", "sessionToken", "Token"),
            expiry: text("Expiration").flatMap(AWSTime.seconds) ?? milliseconds)
    }
}
