/// The parts of an absolute URL, cut as RFC 3986 cuts them; nothing is decoded.
package struct URLParts: Sendable, Equatable {
    /// In lower case.
    package var scheme: String
    /// `user[:password]`, where there is one.
    package var userInfo: String?
    /// In lower case; an IPv6 address with its brackets.
    package var host: String
    package var port: Int?
    /// With its slash; empty where the URL ends after the authority.
    package var path: String
    /// Without the `?`.
    package var query: String?

    package init(
        scheme: String, userInfo: String? = nil, host: String, port: Int? = nil, path: String = "",
        query: String? = nil
    ) {
        self.scheme = scheme
        self.userInfo = userInfo
        self.host = host
        self.port = port
        self.path = path
        self.query = query
    }

    /// `nil` for anything that is not `scheme://host…`, holds control characters or blanks, or has a wrong port.
    package init?(_ text: String) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { return nil }
        // A scheme has no colon in it, so the first one ends it.
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")), text.utf8[colon...].starts(with: "://".utf8)
        else { return nil }
        let scheme = text[..<colon].lowercased()
        guard let first = scheme.utf8.first, (0x61...0x7A).contains(first),
            scheme.utf8.allSatisfy({
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || "+-.".utf8.contains($0)
            })
        else { return nil }
        var rest = text[text.utf8.index(colon, offsetBy: 3)...]
        if let hash = rest.utf8.firstIndex(of: UInt8(ascii: "#")) { rest = rest[..<hash] }
        let end = rest.utf8.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
        var authority = rest[..<end]
        var tail = rest[end...]
        var userInfo: String?
        if let at = authority.utf8.lastIndex(of: UInt8(ascii: "@")) {
            userInfo = String(authority[..<at])
            authority = authority[authority.utf8.index(after: at)...]
        }
        var port: Int?
        if let colon = authority.utf8.lastIndex(of: UInt8(ascii: ":")),
            authority[colon...].utf8.firstIndex(of: UInt8(ascii: "]")) == nil
        {
            let digits = authority[authority.utf8.index(after: colon)...]
            if !digits.isEmpty {
                guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits),
                    (1...65535).contains(number)
                else { return nil }
                port = number
            }
            authority = authority[..<colon]
        }
        guard !authority.isEmpty else { return nil }
        var query: String?
        if let question = tail.utf8.firstIndex(of: UInt8(ascii: "?")) {
            query = String(tail[tail.utf8.index(after: question)...])
            tail = tail[..<question]
        }
        self.init(
            scheme: scheme, userInfo: userInfo, host: authority.lowercased(), port: port, path: String(tail),
            query: query)
    }

    /// A URL that may leave out what the other has: its scheme, host or leading folders.
    package init?(_ text: String, relativeTo base: URLParts) {
        if let absolute = URLParts(text) {
            self = absolute
            return
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { return nil }
        if text.utf8.starts(with: "//".utf8) {
            guard let absolute = URLParts(base.scheme + ":" + text) else { return nil }
            self = absolute
            return
        }
        var path = text[...]
        var query: String?
        if let hash = path.utf8.firstIndex(of: UInt8(ascii: "#")) { path = path[..<hash] }
        if let question = path.utf8.firstIndex(of: UInt8(ascii: "?")) {
            query = String(path[path.utf8.index(after: question)...])
            path = path[..<question]
        }
        self = base
        self.query = query
        if path.utf8.first == UInt8(ascii: "/") {
            self.path = String(path)
        } else if !path.isEmpty {
            let folder = base.path.utf8.lastIndex(of: UInt8(ascii: "/")).map { base.path[...$0] } ?? "/"
            self.path = String(folder) + path
        } else if query == nil {
            self.query = base.query
        }
    }

    package var text: String {
        var text = scheme + "://"
        if let userInfo { text += userInfo + "@" }
        text += authority + path
        if let query { text += "?" + query }
        return text
    }

    /// `host[:port]`, the port only where it is not the scheme's own: what a `Host` header says.
    package var authority: String {
        guard let port, port != Self.defaultPorts[scheme] else { return host }
        return "\(host):\(port)"
    }

    /// Whether both are served by the same program: scheme, host and port are the same.
    package func isSameOrigin(as other: URLParts) -> Bool {
        scheme == other.scheme && host == other.host
            && (port ?? Self.defaultPorts[scheme]) == (other.port ?? Self.defaultPorts[other.scheme])
    }

    private static let defaultPorts = ["http": 80, "https": 443, "sftp": 22, "ssh": 22]
}

/// Percent-encoding by RFC 3986, as SigV4 wants it, too: everything but letters, digits and `-._~`.
package enum PercentEncoding {
    /// - Parameter keepsSlash: whether `/` stays, as in a path.
    package static func encode(_ text: String, keepsSlash: Bool = false) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            case UInt8(ascii: "/") where keepsSlash:
                bytes.append(byte)
            default:
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The text with its `%XX` resolved; `nil` where one is broken or the result is not UTF-8.
    package static func decode(_ text: String) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(Substring(rest.prefix(2))), radix: 16) else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
