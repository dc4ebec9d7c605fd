/// A ramp over the numbers that a picture has.
struct RampScale {
    let ramp: Ramp
    let scale: Scale

    init(_ ramp: Ramp, _ values: some Sequence<Double>) {
        self.ramp = ramp
        scale = ramp.axis.scale(values.filter { ramp.axis.holds($0) }, from: 0, to: 1, count: 5)
    }

    /// How strong a number is, from 0 to 1; `nil` for what has no place.
    func strength(_ value: Double) -> Double? {
        guard ramp.axis.holds(value) else { return nil }
        let share = min(1, max(0, scale.share(value)))
        return ramp.isReversed ? 1 - share : share
    }

    /// The number of its colour.
    func step(_ value: Double) -> Int? { strength(value).map(Self.step) }

    static func step(_ strength: Double) -> Int { min(Ramp.count - 1, max(0, Int(strength * Double(Ramp.count)))) }
}
