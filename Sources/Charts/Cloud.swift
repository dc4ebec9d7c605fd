/// Points over two axes, each with a number that its colour tells.
package struct Cloud: Sendable {
    package var title: String
    package var x: Axis
    package var y: Axis
    package var spots: [Spot]
    /// Whether the room between the spots has the colours of what lies around it.
    package var isFilled: Bool

    package struct Spot: Sendable {
        package var name: String
        package var x: Double
        package var y: Double
        package var value: Double
        /// Whether the spot is the one to find.
        package var isMarked: Bool

        package init(name: String, x: Double, y: Double, value: Double, isMarked: Bool = false) {
            self.name = name
            self.x = x
            self.y = y
            self.value = value
            self.isMarked = isMarked
        }
    }

    package init(title: String, x: Axis, y: Axis, spots: [Spot], isFilled: Bool = false) {
        self.title = title
        self.x = x
        self.y = y
        self.spots = spots
        self.isFilled = isFilled
    }

    /// The spots that have a place and a colour.
    func drawable(_ colors: RampScale) -> [(spot: Spot, strength: Double)] {
        spots.compactMap { spot in
            guard x.holds(spot.x), y.holds(spot.y), let strength = colors.strength(spot.value) else { return nil }
            return (spot, strength)
        }
    }

    /// Where a spot lies beside others of its name, from -1/4 to 1/4 of the room between two names: in an even spread
    /// that depends on nothing but its place in the row.
    static func aside(_ place: Int) -> Double {
        let turn = Double(place) * 0.618_033_988_749_895
        return (turn - turn.rounded(.down) - 0.5) / 2
    }
}
