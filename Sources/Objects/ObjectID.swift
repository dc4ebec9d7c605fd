package import Hashing
package import Storage

/// How an object's address was computed, and with it where it lies in a store.
package enum HashAlgorithm: String, Sendable, Hashable {
    /// MD5 of the bytes; objects under `files/md5/`.
    case md5
    /// DVC 2: MD5 after CRLF → LF in text; objects directly under the store's root.
    case md5Dos2Unix = "md5-dos2unix"
}

/// The address of an object: its digest, how that was computed, and whether it lists a directory.
///
/// MD5 is an address, not a proof; whoever reads an object from outside checks its bytes.
package struct ObjectID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let digest: MD5Digest
    package let isDirectory: Bool
    package let algorithm: HashAlgorithm

    package init(_ digest: MD5Digest, isDirectory: Bool = false, algorithm: HashAlgorithm = .md5) {
        self.digest = digest
        self.isDirectory = isDirectory
        self.algorithm = algorithm
    }

    /// - Parameter text: 32 lower-case hexadecimal digits, then `.dir` for a directory object.
    package init?(_ text: some StringProtocol, algorithm: HashAlgorithm = .md5) {
        let isDirectory = text.hasSuffix(".dir")
        guard let digest = MD5Digest(hex: isDirectory ? text.dropLast(4) : text[...]) else { return nil }
        self.init(digest, isDirectory: isDirectory, algorithm: algorithm)
    }

    /// What DVC writes as `md5:`, such as `d751713988987e9331980363e24189ce.dir`.
    package var text: String { isDirectory ? digest.hex + ".dir" : digest.hex }

    package var description: String { text }

    /// Where the object lies in a cache or remote.
    package var key: Key {
        let hex = digest.hex
        let prefix = algorithm == .md5 ? "files/md5/" : ""
        return Key(prefix + hex.prefix(2) + "/" + hex.dropFirst(2) + (isDirectory ? ".dir" : ""))
    }

    package static func < (left: ObjectID, right: ObjectID) -> Bool {
        if left.digest != right.digest { return left.digest < right.digest }
        return !left.isDirectory && right.isDirectory
    }
}
