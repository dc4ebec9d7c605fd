/// The parts of a remote's URL that decide what kind of remote it is.
package enum RemoteURL {
    /// Scheme in lower case and host part, both empty for paths; cut as Python's `urlparse` cuts.
    package static func split(_ url: String) -> (scheme: String, host: String) {
        var rest = Substring(url)
        var scheme = ""
        if let colon = rest.utf8.firstIndex(of: UInt8(ascii: ":")) {
            let head = rest[..<colon]
            let isScheme =
                head.utf8.first.map { isLetter($0) } == true
                && head.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || "+-.".utf8.contains($0) }
            if isScheme {
                scheme = head.lowercased()
                rest = rest[rest.utf8.index(after: colon)...]
            }
        }
        guard rest.utf8.starts(with: "//".utf8) else { return (scheme, "") }
        let host = rest.utf8.dropFirst(2).prefix { !"/?#".utf8.contains($0) }
        return (scheme, String(Substring(host)))
    }

    /// Whether text begins like `scheme://`, which settings files keep as it is.
    package static func hasScheme(_ text: String) -> Bool {
        let word = text.unicodeScalars.prefix {
            $0 == "_" || $0.properties.isAlphabetic || $0.properties.numericType != nil
        }
        return !word.isEmpty && text.unicodeScalars[word.endIndex...].starts(with: "://".unicodeScalars)
    }

    /// The part behind `scheme://`, without its query.
    package static func withoutScheme(_ url: String) -> String {
        guard let range = url.utf8.firstRange(of: Array("://".utf8)) else { return url }
        let rest = url.utf8[range.upperBound...].prefix { !"?#".utf8.contains($0) }
        let login = rest.prefix { $0 != UInt8(ascii: "/") }.lastIndex(of: UInt8(ascii: "@"))
        return String(Substring(login.map { rest[rest.index(after: $0)...] } ?? rest))
    }

    /// Whether a login in the URL has a password, or is a token.
    package static func holdsPassword(_ url: String) -> Bool {
        passwordRange(in: url) != nil
    }

    /// The URL with stars for the password of its login, or for a login that is a token.
    package static func withoutPassword(_ url: String) -> String {
        guard let range = passwordRange(in: url) else { return url }
        return String(url[..<range.lowerBound]) + "***" + String(url[range.upperBound...])
    }

    /// What is between the colon and the last `@` of a URL's authority; a token that stands alone there.
    private static func passwordRange(in url: String) -> Range<String.Index>? {
        guard let range = url.utf8.firstRange(of: Array("://".utf8)) else { return nil }
        let authority = url.utf8[range.upperBound...].prefix { !"/?#".utf8.contains($0) }
        guard let at = authority.lastIndex(of: UInt8(ascii: "@")) else { return nil }
        guard let colon = authority[..<at].firstIndex(of: UInt8(ascii: ":")) else {
            let isWeb = ["http", "https", "webdav", "webdavs"].contains(url[..<range.lowerBound].lowercased())
            return isWeb && looksLikeToken(authority[..<at]) ? authority.startIndex..<at : nil
        }
        return authority.index(after: colon)..<at
    }

    /// Whether a login is one that a program made: a forge's prefix, or long, of letters and digits.
    private static func looksLikeToken(_ login: Substring.UTF8View) -> Bool {
        let prefixes = ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "gldt-", "glcbt-", "hf_"]
        if prefixes.contains(where: { login.starts(with: $0.utf8) }) { return true }
        return login.count >= 20 && login.contains { (0x30...0x39).contains($0) } && login.contains(where: isLetter)
            && login.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || "_-.~".utf8.contains($0) }
    }

    /// Password and query out of a URL, for showing it to others.
    package static func withoutSecrets(_ url: String) -> String {
        guard url.utf8.firstRange(of: Array("://".utf8)) != nil else { return url }
        var shown = withoutPassword(url)
        if let question = shown.utf8.firstIndex(of: UInt8(ascii: "?")) { shown = String(shown[..<question]) + "?***" }
        return shown
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
