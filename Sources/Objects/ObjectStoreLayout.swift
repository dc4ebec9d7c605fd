import Hashing
package import Storage

/// Where in a store objects lie: DVC 3's place, or DVC 2's.
package enum ObjectLayout: Sendable, Hashable, CaseIterable {
    /// `files/md5/<2 hex>/<30 hex>[.dir]`
    case current
    /// `<2 hex>/<30 hex>[.dir]`, directly under the root.
    case legacy

    package var algorithm: HashAlgorithm { self == .current ? .md5 : .md5Dos2Unix }

    /// What comes before the two digits, with its slash.
    package var prefix: String { self == .current ? "files/md5/" : "" }
}

extension ObjectID {
    /// The ID of the object whose place the key is; `nil` for anything not shaped exactly like one.
    package init?(key: Key) {
        var text = key.path[...]
        var layout = ObjectLayout.legacy
        if text.utf8.starts(with: ObjectLayout.current.prefix.utf8) {
            layout = .current
            text = Substring(text.utf8.dropFirst(ObjectLayout.current.prefix.utf8.count))
        }
        let bytes = text.utf8
        guard bytes.count == 33 || bytes.count == 37, bytes.dropFirst(2).first == UInt8(ascii: "/") else { return nil }
        self.init(String(Substring(bytes.prefix(2))) + Substring(bytes.dropFirst(3)), algorithm: layout.algorithm)
    }

    /// Whether an object of this ID can have so many bytes: what is cut off to nothing is found without reading.
    package func isPlausible(size: Int64) -> Bool { size > 0 || isEmptyFile }

    /// Whether it is the object without any bytes.
    package var isEmptyFile: Bool { digest == Self.emptyDigest }

    private static let emptyDigest = MD5Digest(high: 0xd41d_8cd9_8f00_b204, low: 0xe980_0998_ecf8_427e)
}

/// An object as a listing shows it.
package struct StoredObject: Sendable, Equatable {
    package let id: ObjectID
    package let size: Int64
    /// Seconds since 1970, where known.
    package let modified: Int64?

    package init(id: ObjectID, size: Int64, modified: Int64? = nil) {
        self.id = id
        self.size = size
        self.modified = modified
    }

    /// - Parameter listing: a key that is an object's place; anything else gives `nil`.
    package init?(_ listing: Listing) {
        guard let id = ObjectID(key: listing.key) else { return nil }
        self.init(id: id, size: listing.metadata.size, modified: listing.metadata.modified)
    }
}
