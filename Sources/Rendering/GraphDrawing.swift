/// A directed graph as lines of text: a node a line, from top to bottom, with the edges drawn as lanes beside them.
///
/// The width grows with the edges that are open at once, not with the nodes, so that large graphs stay readable.
package struct GraphDrawing: Sendable {
    private let labels: [String]
    /// For each node the nodes further down that an edge leads to.
    private let targets: [[Int]]

    /// - Parameters:
    ///   - labels: of the nodes, each before those that edges lead to.
    ///   - edges: pairs of positions, the second larger than the first; others are left out.
    package init(labels: [String], edges: [(from: Int, to: Int)]) {
        self.labels = labels
        var targets = [[Int]](repeating: [], count: labels.count)
        for (from, to) in edges where from >= 0 && from < to && to < labels.count && !targets[from].contains(to) {
            targets[from].append(to)
        }
        self.targets = targets.map { $0.sorted() }
    }

    package var lines: [String] {
        var lines: [String] = []
        // Each lane is on its way to a node; no two lanes to the same one.
        var lanes: [Int?] = []
        for node in labels.indices {
            let column = lanes.firstIndex(of: node) ?? Self.free(&lanes)
            lanes[column] = nil
            let picture = lanes.indices.map { $0 == column ? "●" : lanes[$0] == nil ? " " : "│" }
            lines.append(picture.joined(separator: " ").trimmingEnd + " " + labels[node])
            lines += Self.leave(column, for: targets[node], &lanes)
        }
        return lines
    }

    package var text: String { lines.joined(separator: "\n") }

    private static func free(_ lanes: inout [Int?]) -> Int {
        if let free = lanes.firstIndex(of: nil) { return free }
        lanes.append(nil)
        return lanes.count - 1
    }

    /// Leads lanes from a node to its targets, and draws where they branch and join.
    private static func leave(_ column: Int, for targets: [Int], _ lanes: inout [Int?]) -> [String] {
        var isNew: [Int: Bool] = [:]
        for target in targets {
            if let lane = lanes.firstIndex(of: target) {
                isNew[lane] = false
            } else if lanes[column] == nil {
                lanes[column] = target
            } else {
                let lane = free(&lanes)
                lanes[lane] = target
                isNew[lane] = true
            }
        }
        defer { while let last = lanes.last, last == nil { lanes.removeLast() } }
        guard let left = isNew.keys.min(), let right = isNew.keys.max() else { return [] }
        let goesOn = lanes[column] != nil
        let first = min(left, column)
        let last = max(right, column)
        var line = ""
        for lane in lanes.indices {
            let isInside = (first...last).contains(lane)
            let sign: String
            if lane == column {
                sign =
                    switch (left < column, right > column) {
                    case (true, true): goesOn ? "┼" : "┴"
                    case (true, false): goesOn ? "┤" : "╯"
                    default: goesOn ? "├" : "╰"
                    }
            } else if let isNew = isNew[lane] {
                sign =
                    switch (lane == first, lane == last) {
                    case (true, _): isNew ? "╭" : "├"
                    case (_, true): isNew ? "╮" : "┤"
                    default: isNew ? "┬" : "┼"
                    }
            } else {
                sign = lanes[lane] != nil ? "│" : isInside ? "─" : " "
            }
            line += sign
            line += isInside && lane < last ? "─" : " "
        }
        return [line.trimmingEnd]
    }
}

extension String {
    fileprivate var trimmingEnd: String {
        var text = self
        while text.utf8.last == 0x20 { text.removeLast() }
        return text
    }
}
