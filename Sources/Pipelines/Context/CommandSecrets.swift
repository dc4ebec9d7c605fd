/// Words of a command line as they may be recorded: values of options that are called like secrets are left out.
enum CommandSecrets {
    private static let marks = ["token", "password", "passwd", "secret", "api-key", "api_key", "apikey", "credential"]

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
        return marks.contains { name.contains($0) }
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
