/// An element of an XML document, as servers answer with them.
///
/// Attributes other than namespaces are checked and left out: no answer that varve reads says anything in them.
package struct XMLElement: Sendable, Equatable {
    /// Without the prefix, which the sender is free to choose.
    package let name: String
    /// What the prefix stands for, such as `DAV:`; empty for none.
    package let namespace: String
    package var children: [XMLElement]
    /// The characters right inside, not those of the children.
    package var text: String

    package init(_ name: String, namespace: String = "", children: [XMLElement] = [], text: String = "") {
        self.name = name
        self.namespace = namespace
        self.children = children
        self.text = text
    }

    /// The first child of that name, in whatever namespace.
    package subscript(_ name: String) -> XMLElement? { children.first { $0.name == name } }

    /// All children of that name, in whatever namespace.
    package func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

    /// The text of the first child of that name, without the blanks around it.
    package func text(of name: String) -> String? { self[name]?.trimmedText }

    /// The text without blanks and line breaks around it.
    package var trimmedText: String {
        let utf8 = text.utf8
        guard let first = utf8.firstIndex(where: { !Self.isBlank($0) }),
            let last = utf8.lastIndex(where: { !Self.isBlank($0) })
        else { return "" }
        return String(text[first...last])
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
