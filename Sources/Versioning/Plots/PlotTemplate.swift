package import Documents

/// A Vega-Lite specification with anchors, such as `<DVC_METRIC_X>`, in place of what a plot brings.
package struct PlotTemplate: Sendable {
    package let name: String
    package private(set) var content: Mapping

    init(name: String, content: Mapping) {
        self.name = name
        self.content = content
    }

    /// `stroke_dash` → `<DVC_METRIC_STROKE_DASH>`
    static func anchor(_ name: String) -> String { "<DVC_METRIC_\(name.uppercased())>" }

    /// Whether a value is the anchor and nothing else. Lists directly in lists are not looked into, as DVC doesn't.
    func hasAnchor(_ name: String) -> Bool { Self.contains(.mapping(content), Self.anchor(name)) }

    private static func contains(_ value: Value, _ anchor: String) -> Bool {
        guard case .mapping(let mapping) = value else { return value == .string(anchor) }
        return mapping.entries.contains { _, value in
            guard case .array(let items) = value else { return contains(value, anchor) }
            return items.contains { $0.array == nil && contains($0, anchor) }
        }
    }

    /// Puts a value in place of an anchor. A text also goes into longer texts that hold the anchor, except in lists.
    mutating func fill(_ name: String, _ value: Value) {
        content = Self.filled(content, Self.anchor(name), value)
    }

    private static func filled(_ mapping: Mapping, _ anchor: String, _ replacement: Value) -> Mapping {
        Mapping(
            mapping.entries.map { key, value in
                if case .string(let text) = value, case .string(let new) = replacement {
                    return (key, .string(text.replacing(anchor, with: new)))
                }
                return (key, filled(value, anchor, replacement))
            })
    }

    private static func filled(_ value: Value, _ anchor: String, _ replacement: Value) -> Value {
        switch value {
        case .mapping(let mapping): .mapping(filled(mapping, anchor, replacement))
        case .array(let items): .array(items.map { filled($0, anchor, replacement) })
        default: value == .string(anchor) ? replacement : value
        }
    }

    /// A field's name as Vega-Lite reads it, where dots and brackets mean something.
    static func escaped(_ field: String) -> String {
        var result = ""
        for scalar in field.unicodeScalars {
            if scalar == "." || scalar == "[" || scalar == "]" { result += "\\" }
            result.unicodeScalars.append(scalar)
        }
        return result
    }
}
