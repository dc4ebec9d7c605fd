/// Puts values in the place of `%(name)s`, as configobj does on reading.
///
/// A name is looked for in the section of the value, in that section's `DEFAULT`, and then outwards.
struct ConfigInterpolation {
    private let root: Mapping
    private var steps = 0

    init(_ root: Mapping) { self.root = root }

    mutating func resolved() throws(DocumentError) -> Mapping {
        try resolved(root, path: [])
    }

    private mutating func resolved(_ section: Mapping, path: [Mapping]) throws(DocumentError) -> Mapping {
        let path = path + [section]
        var result = Mapping()
        for (key, value) in section.entries {
            switch value {
            case .string(let text):
                result[key] = .string(try expand(text, key: key, path: path, trail: []))
            case .array(let items):
                var list: [Value] = []
                for item in items {
                    list.append(.string(try expand(item.string ?? "", key: key, path: path, trail: [])))
                }
                result[key] = .array(list)
            case .mapping(let inner):
                result[key] = .mapping(try resolved(inner, path: path))
            default:
                result[key] = value
            }
        }
        return result
    }

    /// - Parameter trail: the names being expanded, as depth and key, to notice a circle.
    private mutating func expand(
        _ text: String, key: String, path: [Mapping], trail: [(depth: Int, key: String)]
    ) throws(DocumentError) -> String {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
        if trail.contains(where: { $0.depth == path.count && $0.key.utf8.elementsEqual(key.utf8) }) {
            throw DocumentError("interpolation loop detected in value \"\(key)\"")
        }
        steps += 1
        guard steps <= Self.mostSteps, trail.count < Self.deepest else {
            throw DocumentError("too much interpolation in value \"\(key)\"")
        }
        let trail = trail + [(path.count, key)]
        var rest = Array(text.unicodeScalars)[...]
        var result: [Unicode.Scalar] = []
        while let percent = rest.firstIndex(of: "%") {
            result += rest[..<percent]
            rest = rest[percent...]
            guard let close = rest.firstIndex(of: ")") else { break }
            guard rest[percent + 1] == "(", close + 1 < rest.endIndex, rest[close + 1] == "s" else {
                result.append("%")
                rest = rest.dropFirst()
                continue
            }
            let name = String(scalars: rest[(percent + 2)..<close])
            guard let (value, depth) = find(name, path: path), let found = value.string else {
                throw DocumentError("missing option \"\(name)\" in interpolation")
            }
            result += try expand(found, key: name, path: Array(path[..<depth]), trail: trail).unicodeScalars
            rest = rest[(close + 2)...]
            guard result.count <= Self.longest else {
                throw DocumentError("too much interpolation in value \"\(key)\"")
            }
        }
        return String(scalars: result + rest)
    }

    private func find(_ name: String, path: [Mapping]) -> (Value, depth: Int)? {
        for depth in stride(from: path.count, to: 0, by: -1) {
            for section in [path[depth - 1], path[depth - 1]["DEFAULT"]?.mapping ?? Mapping()] {
                if let value = section[name], value.mapping == nil { return (value, depth) }
            }
        }
        return nil
    }

    private static let longest = 65_536
    private static let deepest = 64
    private static let mostSteps = 4_096
}
