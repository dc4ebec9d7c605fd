import HTTP

/// The parameters of a URL, encoded and sorted as AWS signs them; the URL carries the same text.
package struct CanonicalQuery: Sendable, Equatable, ExpressibleByArrayLiteral {
    private var pairs: [(name: String, value: String)] = []

    package init(arrayLiteral elements: (String, String)...) {
        for (name, value) in elements { append(name, value) }
    }

    package init(_ elements: [(String, String)] = []) {
        for (name, value) in elements { append(name, value) }
    }

    package mutating func append(_ name: String, _ value: String) {
        pairs.append((PercentEncoding.encode(name), PercentEncoding.encode(value)))
    }

    package var isEmpty: Bool { pairs.isEmpty }

    /// `a=1&b=`: every name has its `=`.
    package var text: String {
        if pairs.isEmpty { return "" }
        return pairs.sorted { left, right in
            left.name == right.name
                ? left.value.utf8.lexicographicallyPrecedes(right.value.utf8)
                : left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
        }.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    }

    package static func == (left: CanonicalQuery, right: CanonicalQuery) -> Bool { left.text == right.text }
}
