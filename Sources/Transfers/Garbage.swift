package import Objects
package import Storage

/// What a store holds that nobody uses.
package struct Garbage: Sendable {
    /// Objects of the current layout, directory objects first, then by digest.
    package private(set) var current: [StoredObject] = []
    /// Objects of DVC 2's layout, in the same order.
    package private(set) var legacy: [StoredObject] = []
    /// Files in unpacked directories whose directory object is not used.
    package internal(set) var unpacked: [Key] = []
    /// Temporary files that a killed writer left.
    package internal(set) var leftovers: [Key] = []

    package init() {}

    package var isEmpty: Bool { count == 0 }
    package var count: Int { current.count + legacy.count + unpacked.count + leftovers.count }
    /// What the objects take up.
    package var bytes: Int64 { (current + legacy).reduce(0) { $0 + $1.size } }

    package func objects(in layout: ObjectLayout) -> [StoredObject] { layout == .current ? current : legacy }

    /// The folders that the unpacked files are in, each once.
    package var unpackedFolders: [Key] { Set(unpacked.compactMap { Self.unpackedFolder(of: $0)?.folder }).sorted() }

    mutating func add(_ object: StoredObject, _ layout: ObjectLayout) {
        if layout == .current { current.append(object) } else { legacy.append(object) }
    }

    mutating func sort() {
        func precedes(_ left: StoredObject, _ right: StoredObject) -> Bool {
            if left.id.isDirectory != right.id.isDirectory { return left.id.isDirectory }
            return left.id < right.id
        }
        current.sort(by: precedes)
        legacy.sort(by: precedes)
        unpacked.sort()
        leftovers.sort()
    }

    /// The unpacked folder that a key is in, such as `files/md5/ab/….dir.unpacked`, and the place of its directory
    /// object.
    static func unpackedFolder(of key: Key) -> (folder: Key, object: Key)? {
        let suffix = ".dir.unpacked"
        // The folder, not a file that happens to be called so.
        var parts = key.path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        while let last = parts.popLast() {
            guard last.hasSuffix(suffix) else { continue }
            let folder = (parts + [last]).joined(separator: "/")
            return (Key(folder), Key(String(folder.dropLast(".unpacked".count))))
        }
        return nil
    }
}

/// What a collection removed.
package struct GarbageReport: Sendable {
    package struct Failed: Sendable {
        package let key: Key
        package let error: any Error
    }

    /// Objects of the current layout.
    package internal(set) var current = 0
    /// Objects of DVC 2's layout.
    package internal(set) var legacy = 0
    /// Temporary files.
    package internal(set) var leftovers = 0
    /// What the removed objects took up.
    package internal(set) var bytes: Int64 = 0
    package internal(set) var failed: [Failed] = []

    package init() {}

    package func removed(in layout: ObjectLayout) -> Int { layout == .current ? current : legacy }

    mutating func count(_ objects: [StoredObject], in layout: ObjectLayout) {
        if layout == .current { current += objects.count } else { legacy += objects.count }
        bytes += objects.reduce(0) { $0 + $1.size }
    }
}
