/// Many axes side by side; each thing that was measured is a line from one to the next.
package struct ParallelAxes: Sendable {
    package var axes: [Axis]
    package var strands: [Strand]
    /// What the colours of the strands tell.
    package var ramp: Ramp

    package struct Strand: Sendable {
        package var name: String
        /// A number for each axis; `nil` where it has none, which is a place of its own below the axis.
        package var values: [Double?]
        /// What its colour tells.
        package var value: Double
        /// Whether it is the one to find.
        package var isMarked: Bool

        package init(name: String, values: [Double?], value: Double, isMarked: Bool = false) {
            self.name = name
            self.values = values
            self.value = value
            self.isMarked = isMarked
        }
    }

    package init(axes: [Axis], strands: [Strand], ramp: Ramp) {
        self.axes = axes
        self.strands = strands
        self.ramp = ramp
    }

    /// The number that a strand has on an axis, if that has a place for it.
    func value(_ strand: Strand, _ axis: Int) -> Double? {
        guard strand.values.indices.contains(axis), let value = strand.values[axis], axes[axis].holds(value) else {
            return nil
        }
        return value
    }

    /// Strands with how strong they are, the weakest first and the marked ones last, as they are drawn.
    func ordered(_ colors: RampScale) -> [(strand: Strand, strength: Double)] {
        let known = strands.compactMap { strand in colors.strength(strand.value).map { (strand, $0) } }
        let order = known.indices.sorted { (known[$0].1, $0) < (known[$1].1, $1) }
        return order.filter { !known[$0].0.isMarked }.map { known[$0] }
            + order.filter { known[$0].0.isMarked }.map { known[$0] }
    }

    func scale(_ axis: Int, from start: Double, to end: Double, count: Int) -> Scale {
        axes[axis].scale(strands.compactMap { value($0, axis) }, from: start, to: end, count: count)
    }
}
