package import Documents

/// Which options hold secrets, so that reports and logs can leave them out.
package enum SettingsSecrets {
    private static let names: Set<String> = [
        "password", "passphrase", "token", "secret_access_key", "session_token", "access_key_id", "sse_customer_key",
        "connection_string", "sas_token", "account_key", "client_secret", "oss_key_id", "oss_key_secret",
        "gdrive_client_secret",
    ]

    package static func isSecret(option: String) -> Bool { names.contains(option) }

    /// Whether setting the option to the value writes a secret: one of those options, or a URL with a password in it.
    package static func isSecret(_ value: String, of option: String) -> Bool {
        isSecret(option: option) || option.hasSuffix("url") && RemoteURL.holdsPassword(value)
    }

    /// The file that a value is written to where none was named: secrets stay out of the one that goes into Git.
    package static func level(for value: String, of option: String) -> SettingsLevel {
        isSecret(value, of: option) ? .local : .project
    }

    /// The value to show for an option: itself, or stars for a secret. URLs lose their passwords and queries.
    package static func shown(_ value: String, of option: String) -> String {
        if isSecret(option: option) { return "***" }
        return option.hasSuffix("url") ? RemoteURL.withoutSecrets(value) : value
    }

    /// Paths of the options that hold secrets in one file.
    package static func paths(in document: ConfigDocument) -> [[String]] {
        func search(_ mapping: Mapping, _ path: [String]) -> [[String]] {
            mapping.entries.flatMap { key, value -> [[String]] in
                if let inner = value.mapping { return search(inner, path + [key]) }
                let isHidden = isSecret(option: key) || value.string.map { shown($0, of: key) != $0 } ?? false
                return isHidden ? [path + [key]] : []
            }
        }
        return search(document.sections, [])
    }
}
