/// Words of a command line as they may be recorded: values of options that are called like secrets are left out.
enum CommandSecrets {
    private static let marks: Set<Substring> = [
        "token", "tokens", "password", "passwd", "passphrase", "secret", "secrets", "apikey", "credential",
        "credentials",
    ]

    static func hidden(in words: [String]) -> [String] {
        var hidesNext = false
        return words.map { word in
            defer { hidesNext = isSecret(word) && !word.contains("=") }
            if hidesNext, !word.hasPrefix("-") { return "***" }
            guard let equals = word.firstIndex(of: "="), isSecret(String(word[..<equals])) else {
                return withoutCredentials(word)
            }
            return word[...equals] + "***"
        }
    }

    /// An option, or a variable in front of a command.
    private static func isSecret(_ word: String) -> Bool {
        let name = word.lowercased()
        guard name.hasPrefix("-") || name.contains("_") || word == word.uppercased() else { return false }
        let parts = name.split { !$0.isLetter }
        return parts.contains(where: marks.contains)
            || zip(parts, parts.dropFirst()).contains { ["api", "access", "private"].contains($0) && $1 == "key" }
    }

    /// A URL without the name and password of its user.
    static func withoutCredentials(_ text: String) -> String {
        guard let scheme = text.firstRange(of: "://") else { return text }
        let rest = text[scheme.upperBound...]
        let authority = rest.prefix { !"/?#".contains($0) }
        guard let at = authority.lastIndex(of: "@") else { return text }
        return String(text[..<scheme.upperBound] + rest[rest.index(after: at)...])
    }
}
