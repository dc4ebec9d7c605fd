/// What went on when, side by side.
package struct Timeline: Sendable {
    package var xLabel: String
    package var laneLabel: String
    package var spans: [Span]
    /// What the colours mean, by number.
    package var kinds: [String]

    package struct Span: Sendable {
        package var name: String
        /// A word or number that stands in the bar where it has room.
        package var sign: String
        package var start: Double
        package var end: Double
        package var kind: Int

        package init(name: String, sign: String = "", start: Double, end: Double, kind: Int) {
            self.name = name
            self.sign = sign
            self.start = start
            self.end = end
            self.kind = kind
        }
    }

    package init(xLabel: String, laneLabel: String, spans: [Span], kinds: [String]) {
        self.xLabel = xLabel
        self.laneLabel = laneLabel
        self.spans = spans
        self.kinds = kinds
    }

    /// More lanes than this are not drawn.
    static let mostLanes = 64

    /// Each span with a number, in the first lane that is free when it begins: as many lanes as there were things at a
    /// time. What has no beginning or end is left out.
    var lanes: [[Span]] {
        var lanes: [[Span]] = []
        let known = spans.filter { $0.start.isFinite && $0.end.isFinite && $0.start <= $0.end }
        for place in known.indices.sorted(by: { (known[$0].start, $0) < (known[$1].start, $1) }) {
            let span = known[place]
            if let free = lanes.firstIndex(where: { ($0.last?.end ?? span.start) <= span.start }) {
                lanes[free].append(span)
            } else {
                lanes.append([span])
            }
        }
        return lanes
    }

    /// The kinds that occur, in their order.
    var presentKinds: [Int] { kinds.indices.filter { kind in spans.contains { $0.kind == kind } } }
}
