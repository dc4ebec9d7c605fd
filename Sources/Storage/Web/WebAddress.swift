package import HTTP

/// Where a store on a web server is, and the URLs of what lies in it.
package struct WebAddress: Sendable {
    /// For messages: the URL as the user wrote it, without login and query.
    package let name: String
    /// User and password out of the URL, where they are in it.
    package let login: HTTPLogin?
    /// Scheme, host and port; the path of the store without a slash at its end, percent-encoded; the query that every
    /// request carries, such as a signature.
    package let base: URLParts

    /// - Parameters:
    ///   - url: blanks and characters outside of ASCII may stand in its path as they are.
    ///   - scheme: what to speak with the server, where the URL's own scheme only names the kind of store.
    package init(_ url: String, scheme: String? = nil) throws(StorageError) {
        guard var parts = URLParts(Self.escapingPath(url)) else {
            throw StorageError(
                .unsupported, "not a URL", place: url, remedy: "write it as scheme://host[:port]/path")
        }
        login = parts.userInfo.flatMap(Self.login)
        parts.userInfo = nil
        while parts.path.utf8.last == UInt8(ascii: "/") { parts.path.removeLast() }
        var shown = parts
        shown.query = nil
        name = PercentEncoding.decode(shown.text) ?? shown.text
        if let scheme { parts.scheme = scheme }
        base = parts
    }

    /// The URL of an object.
    package func url(of key: Key) -> String { url(path: path(of: key)) }

    /// The percent-encoded absolute path of an object.
    package func path(of key: Key) -> String { base.path + "/" + PercentEncoding.encode(key.path, keepsSlash: true) }

    /// The percent-encoded absolute path of a folder of the store, without a slash at its end; the store's own for "".
    package func path(ofFolder folder: String) -> String { folder.isEmpty ? base.path : path(of: Key(folder)) }

    /// The URL of a percent-encoded absolute path on the same server.
    package func url(path: String) -> String {
        var parts = base
        parts.path = path
        return parts.text
    }

    /// Cuts the URL of a single file into the store that it lies in and its key there, both as `init` and the verbs
    /// take them; `nil` where the URL names no file.
    package static func split(_ url: String) -> (store: String, key: Key)? {
        guard var parts = URLParts(escapingPath(url)), let slash = parts.path.utf8.lastIndex(of: UInt8(ascii: "/")),
            let name = PercentEncoding.decode(String(parts.path[parts.path.utf8.index(after: slash)...]))
        else { return nil }
        parts.path = String(parts.path[..<slash])
        let key = Key(name)
        return key.isSafe ? (parts.text, key) : nil
    }

    /// Encodes what may not stand in a URL but is often written there; what is encoded already stays.
    static func escapingPath(_ url: String) -> String {
        guard let mark = url.utf8.firstRange(of: Array("://".utf8)) else { return escapingIllegal(url) }
        let start = url.utf8[mark.upperBound...].firstIndex { "/?#".utf8.contains($0) } ?? url.endIndex
        return String(url[..<start]) + escapingIllegal(String(url[start...]))
    }

    private static func escapingIllegal(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var result = ""
        for (index, byte) in bytes.enumerated() {
            let isIllegal =
                switch byte {
                case 0x20, 0x80...0xFF, UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\\"),
                    UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"):
                    true
                case UInt8(ascii: "%"):
                    !bytes[(index + 1)...].prefix(2).allSatisfy(isHexDigit) || index + 2 >= bytes.count
                default: false
                }
            if isIllegal {
                let digits = String(byte, radix: 16, uppercase: true)
                result += digits.utf8.count == 1 ? "%0" + digits : "%" + digits
            } else {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            }
        }
        return result
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: false
        }
    }

    private static func login(_ userInfo: String) -> HTTPLogin? {
        let colon = userInfo.utf8.firstIndex(of: UInt8(ascii: ":")) ?? userInfo.endIndex
        guard let user = PercentEncoding.decode(String(userInfo[..<colon])), !user.isEmpty,
            let password = PercentEncoding.decode(String(userInfo[colon...].dropFirst()))
        else { return nil }
        return HTTPLogin(user: user, password: password)
    }
}
