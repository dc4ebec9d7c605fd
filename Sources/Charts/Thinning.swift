/// Fewer points that look the same.
enum Thinning {
    /// The points of a line from left to right, with no more than four for each of `columns` of the picture: the first,
    /// the lowest, the highest and the last.
    static func line(_ points: [Point], _ scale: Scale, columns: Int) -> [Point] {
        let sorted = points.filter { $0.x.isFinite && $0.y.isFinite }.enumerated()
            .sorted { ($0.element.x, $0.offset) < ($1.element.x, $1.offset) }.map(\.element)
        guard sorted.count > columns * 4 else { return sorted }
        var kept: [Point] = []
        var column: [Point] = []
        var current = Int.min
        func close() {
            guard !column.isEmpty else { return }
            let order = column.indices.sorted { column[$0].y < column[$1].y }
            let indices = Set([0, order[0], order[order.count - 1], column.count - 1])
            kept += column.count <= 4 ? column : indices.sorted().map { column[$0] }
        }
        for point in sorted {
            let next = Int(scale.position(point.x))
            if next != current {
                close()
                column = []
                current = next
            }
            column.append(point)
        }
        close()
        return kept
    }

    /// One point for each half pixel.
    static func cloud(_ points: [Point], _ x: Scale, _ y: Scale) -> [Point] {
        struct Cell: Hashable { let x, y: Int }
        var taken: Set<Cell> = []
        return points.filter { point in
            point.x.isFinite && point.y.isFinite
                && taken.insert(Cell(x: Int(x.position(point.x) * 2), y: Int(y.position(point.y) * 2))).inserted
        }
    }
}
