import FileSystem
import HTTP

/// A package in a registry: `oci://host[:port]/repository[:tag][@sha256:…]`.
package struct RegistryReference: Sendable, Equatable, CustomStringConvertible {
    /// `host[:port]`, in lower case.
    package let host: String
    package let repository: String
    package var tag: String?
    package var digest: ContentDigest?

    package init(_ text: String) throws(PackageError) {
        func refuse(_ reason: String) -> PackageError {
            PackageError(
                .malformed, "'\(text.printableText)' does not name a package in a registry: \(reason)",
                remedy: "write it as oci://host/repository:tag")
        }
        guard let parts = URLParts(text), parts.scheme == "oci" else { throw refuse("it does not begin with oci://") }
        guard parts.userInfo == nil else { throw refuse("names and passwords belong into ~/.docker/config.json") }
        guard parts.query == nil else { throw refuse("it has a '?'") }
        var path = parts.path.drop { $0 == "/" }
        var digest: ContentDigest?
        if let at = path.firstIndex(of: "@") {
            digest = ContentDigest(String(path[path.index(after: at)...]))
            guard digest != nil else { throw refuse("there is no SHA-256 digest behind the '@'") }
            path = path[..<at]
        }
        var tag: String?
        if let colon = path.lastIndex(of: ":") {
            tag = String(path[path.index(after: colon)...])
            path = path[..<colon]
        }
        if let tag, !Self.isTag(tag) { throw refuse("'\(tag.printableText)' is not a tag") }
        guard Self.isRepository(path) else {
            throw refuse("a repository is lower-case words with '.', '_' or '-' in them, and '/' between them")
        }
        host = parts.authority
        repository = host == "docker.io" && !path.contains("/") ? "library/\(path)" : String(path)
        self.tag = tag ?? (digest == nil ? "latest" : nil)
        self.digest = digest
    }

    package static func isTag(_ text: String) -> Bool {
        guard (1...128).contains(text.utf8.count), let first = text.utf8.first, first != 0x2E, first != 0x2D else {
            return false
        }
        return text.utf8.allSatisfy { isLetterOrDigit($0 | 0x20) || isLetterOrDigit($0) || "._-".utf8.contains($0) }
    }

    private static func isRepository(_ path: Substring) -> Bool {
        guard (1...255).contains(path.utf8.count) else { return false }
        return path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
            guard let first = part.utf8.first, let last = part.utf8.last, isLetterOrDigit(first), isLetterOrDigit(last)
            else { return false }
            return part.utf8.allSatisfy { isLetterOrDigit($0) || "._-".utf8.contains($0) } && !part.contains("..")
        }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
    }

    /// What the API calls the manifest: its digest where one is given.
    package var name: String { digest?.text ?? tag ?? "latest" }

    package var description: String {
        "oci://\(host)/\(repository)" + (tag.map { ":" + $0 } ?? "") + (digest.map { "@" + $0.text } ?? "")
    }

    /// Whether the registry is on this machine.
    var isLoopback: Bool {
        let name = URLParts("oci://" + host)?.host ?? host
        return name == "localhost" || name == "[::1]" || name.hasSuffix(".localhost") || Self.isLoopbackAddress(name)
    }

    private static func isLoopbackAddress(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
