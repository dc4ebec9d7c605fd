/// How many requests to keep under way: climbs while that brings more, gives way when the server asks for it or only
/// gets slower. A pure value, told the time.
///
/// Windows of a few requests are compared by what was moved in a second. A 503 or 429 takes a good third off at once,
/// and climbing begins again after a pause (additive increase, multiplicative decrease, as in RFC 5681).
struct AdaptiveLimit {
    /// What the user allows.
    private let most: Int
    private var level: Double
    private var windowStart: Double
    private var requests = 0
    private var work = 0.0
    private var latency = 0.0
    /// The best rate seen, and the level at which it was; fades, since the network changes.
    private var best: (rate: Double, level: Double)?
    /// The lowest mean latency of a window.
    private var calm = Double.infinity
    private var climbsFrom: Double
    private var lastThrottle: Double?

    /// Requests to begin with.
    private static let start = 8.0
    /// What a request counts for beside its bytes, so that many small ones compare with few large ones.
    private static let requestWeight = 65_536.0
    private static let shortestWindow = 0.25
    /// How long to stay after the server asked for less.
    private static let pause = 5.0

    init(most: Int, now: Double) {
        self.most = max(1, most)
        level = min(Double(max(1, most)), Self.start)
        windowStart = now
        climbsFrom = now
    }

    /// Requests that may be under way at once.
    var limit: Int { min(most, max(1, Int(level))) }

    /// The server answered that it gets too many requests.
    mutating func wasThrottled(now: Double) {
        // Those that were under way together say it once.
        if let last = lastThrottle, now - last < 1 { return }
        lastThrottle = now
        level = max(1, level * 0.6)
        climbsFrom = now + Self.pause
        best = nil
        beginWindow(now)
    }

    /// A request ended well.
    ///
    /// - Parameters:
    ///   - bytes: what was sent and received.
    ///   - latency: seconds from its start to the first byte of the answer.
    mutating func succeeded(bytes: Int64, latency: Double, now: Double) {
        requests += 1
        work += Double(bytes) + Self.requestWeight
        self.latency += latency
        let elapsed = now - windowStart
        guard elapsed >= Self.shortestWindow, requests >= max(4, limit) else { return }
        judge(rate: work / elapsed, latency: self.latency / Double(requests), now: now)
        beginWindow(now)
    }

    private mutating func judge(rate: Double, latency: Double, now: Double) {
        defer { calm = min(calm * 1.002, latency) }
        guard now >= climbsFrom else { return }
        let isBetter = best.map { rate > $0.rate * 1.05 } ?? true
        if isBetter { best = (rate, level) }
        if isBetter || latency < calm * 1.5 {
            level = min(Double(most), level + step)
        } else if latency > calm * 3, let known = best, known.level < level {
            // More at once only made each slower: back to where it was as good.
            level = max(2, known.level)
        }
        if let known = best { best = (known.rate * 0.995, known.level) }
    }

    private var step: Double { max(1, level / 4) }

    private mutating func beginWindow(_ now: Double) {
        windowStart = now
        requests = 0
        work = 0
        latency = 0
    }
}
