/// What several programs that run at once print, for a person who watches: for each a line with its name, how long it has
/// run, and the last that it printed, be that the state of a progress bar that draws over itself.
package struct LiveTail: Sendable {
    private struct Entry: Sendable {
        let name: String
        let start: Double
        var text = ""
    }

    private var entries: [Entry] = []

    package init() {}

    /// - Parameter now: seconds of any clock that only goes forward.
    package mutating func begin(_ name: String, now: Double) { entries.append(Entry(name: name, start: now)) }

    package mutating func end(_ name: String) { entries.removeAll { $0.name == name } }

    /// Takes what a program printed last into account; nothing that can be seen changes nothing.
    package mutating func show(_ text: String, of name: String) {
        let visible = text.withoutControlSequences.onOneLine
        guard visible.contains(where: { !$0.isWhitespace }), let index = entries.firstIndex(where: { $0.name == name })
        else { return }
        entries[index].text = visible
    }

    /// In the order in which the programs began.
    ///
    /// - Parameter height: at most so many lines; the last one then counts the programs that are left out.
    package func lines(height: Int, now: Double) -> [String] {
        let room = max(1, height)
        let shown = entries.count > room ? entries.prefix(room - 1) : entries[...]
        let width = shown.map(\.name.count).max() ?? 0
        var lines = shown.map { entry in
            let name = entry.name + String(repeating: " ", count: width - entry.name.count)
            let time = ProgressMeter.duration(max(0, now - entry.start))
            return "▸ \(name)  \(time)" + (entry.text.isEmpty ? "" : "  \(entry.text)")
        }
        if shown.count < entries.count { lines.append("▸ \(entries.count - shown.count) more") }
        return lines
    }
}

extension String {
    /// The text as it is seen when colours and movements of the cursor are left out.
    fileprivate var withoutControlSequences: String {
        var result = String.UnicodeScalarView()
        var scalars = unicodeScalars[...]
        while let scalar = scalars.popFirst() {
            guard scalar == "\u{1B}", scalars.first == "[" else {
                result.append(scalar)
                continue
            }
            scalars.removeFirst()
            // Parameters, then one letter.
            while let next = scalars.popFirst(), !("@"..."~").contains(next) {}
        }
        return String(result)
    }
}
