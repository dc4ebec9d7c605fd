/// A tree of labels with drawn branches. Its roots stand without a branch, as in `list --tree`.
package struct TextTree: Sendable {
    package var label: String
    package var children: [TextTree]

    package init(_ label: String, _ children: [TextTree] = []) {
        self.label = label
        self.children = children
    }

    /// The lines of this tree from top to bottom, its own label first.
    package var lines: [String] {
        var result: [String] = []
        // Depth is bounded by what was drawn from, never by the call stack: hostile listings can be deep.
        var pending: [(tree: TextTree, branch: String, indent: String)] = [(self, "", "")]
        while let (tree, branch, indent) = pending.popLast() {
            result.append(branch + tree.label)
            for (index, child) in tree.children.enumerated().reversed() {
                let isLast = index == tree.children.count - 1
                pending.append(
                    (child, indent + (isLast ? "└── " : "├── "), indent + (isLast ? "    " : "│   ")))
            }
        }
        return result
    }

    package var text: String { lines.joined(separator: "\n") }
}
