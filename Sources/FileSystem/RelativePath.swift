/// A path inside some folder, with `/` between its parts.
///
/// Equality, hash and order go by UTF-8 bytes, which is the order DVC's listings have. Nothing is checked here: a path
/// that comes from a file or a remote goes through `PathGate` before anything is created under it.
package struct RelativePath: Hashable, Comparable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    package let string: String

    package init(_ string: String) {
        self.string = string
    }

    package init(stringLiteral value: String) {
        self.init(value)
    }

    package var description: String { string }

    package static func == (left: RelativePath, right: RelativePath) -> Bool {
        left.string.hasSameBytes(as: right.string)
    }

    package static func < (left: RelativePath, right: RelativePath) -> Bool {
        left.string.precedesInBytes(right.string)
    }

    package func hash(into hasher: inout Hasher) {
        let done: Void? = string.utf8.withContiguousStorageIfAvailable {
            hasher.combine(bytes: UnsafeRawBufferPointer($0))
        }
        if done == nil { Array(string.utf8).withUnsafeBytes { hasher.combine(bytes: $0) } }
    }
}
