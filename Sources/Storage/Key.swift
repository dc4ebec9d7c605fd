/// A name inside a backend: `/`-separated parts, without a leading or trailing slash.
package struct Key: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let path: String

    package init(_ path: String) { self.path = path }

    package var description: String { path }

    package static func < (left: Key, right: Key) -> Bool {
        left.path.utf8.lexicographicallyPrecedes(right.path.utf8)
    }
}
