/// YAML 1.2 as DVC reads and writes it, that is, as ruamel.yaml 0.19 does.
///
/// `YAMLDocument` edits existing text; this reads data, and writes data anew.
package enum YAML {
    /// Data of the only document in a text; `null` for an empty one.
    ///
    /// `yes`, `on` and `1:30` are strings, `0777` is 777, `1e5` a number, dates stay dates. Keys become text (`1:` is
    /// `"1"`). Duplicate keys, unknown tags, a second document, and aliases that recur or expand without measure are
    /// errors, and so is whatever goes beyond `limits`.
    package static func parse(_ bytes: [UInt8], limits: DocumentLimits = .standard) throws(DocumentError) -> Value {
        let reader = try YAMLReader(bytes, limits: limits)
        var parser = YAMLParser(reader, limits: limits, keepsComments: false)
        guard let root = try parser.parseDocument() else { return .null }
        var construction = YAMLConstruction(reader)
        return try construction.value(of: root)
    }

    package static func parse(_ text: String, limits: DocumentLimits = .standard) throws(DocumentError) -> Value {
        try parse(Array(text.utf8), limits: limits)
    }

    /// Text of a document, byte for byte as DVC writes plain data: block style, lines folded at 80 columns.
    ///
    /// It differs where DVC could not read back what it wrote: lines do not break behind two blanks, behind an escape
    /// such as `\t`, or within a key; strings with U+0085 are escaped.
    package static func emit(_ value: Value) -> String {
        var emitter = YAMLEmitter()
        return emitter.document(YAMLNode(value))
    }
}
