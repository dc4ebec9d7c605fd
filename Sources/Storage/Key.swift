/// A name inside a backend: `/`-separated parts, without a leading or trailing slash.
package struct Key: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let path: String

    package init(_ path: String) { self.path = path }

    package var description: String { path }

    /// Whether the key can only name something below a root: no empty part, no `.` or `..`, no NUL.
    ///
    /// Keys that come from a listing or from a file of the project are checked before they become a path.
    package var isSafe: Bool {
        guard !path.isEmpty, !path.utf8.contains(0) else { return false }
        return path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && !part.elementsEqual(".".utf8) && !part.elementsEqual("..".utf8)
        }
    }

    package static func == (left: Key, right: Key) -> Bool { left.path.utf8.elementsEqual(right.path.utf8) }

    package func hash(into hasher: inout Hasher) {
        var path = path
        path.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }

    package static func < (left: Key, right: Key) -> Bool {
        left.path.utf8.lexicographicallyPrecedes(right.path.utf8)
    }
}
