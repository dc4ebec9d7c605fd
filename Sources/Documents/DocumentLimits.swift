/// How much a document may ask of its reader; beyond it, reading fails with a `DocumentError`.
///
/// Documents come out of repositories that strangers wrote, so no reader of this module trusts their size or shape.
package struct DocumentLimits: Sendable {
    /// Size of the text.
    package var bytes: Int
    /// Collections inside collections, counted through aliases.
    package var depth: Int
    /// Nodes that aliases may add to those written out.
    package var aliasedNodes: Int

    package init(bytes: Int = 256 << 20, depth: Int = 100, aliasedNodes: Int = 1_000_000) {
        self.bytes = bytes
        self.depth = depth
        self.aliasedNodes = aliasedNodes
    }

    package static let standard = DocumentLimits()
}
