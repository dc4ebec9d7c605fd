/// A bucket that fills at a steady rate and out of which bytes are taken: a pure value, told the time.
struct RateLimit {
    /// Bytes per second.
    private let rate: Double
    /// What may be taken at once after a pause: a tenth of a second's worth, or one of libcurl's buffers.
    private let capacity: Double
    private var level: Double
    /// Seconds on any steady clock.
    private var time: Double

    init(bytesPerSecond: Int64, now: Double) {
        rate = Double(max(1, bytesPerSecond))
        capacity = max(rate / 10, 16_384)
        level = capacity
        time = now
    }

    private mutating func refill(_ now: Double) {
        level = min(capacity, level + max(0, now - time) * rate)
        time = max(time, now)
    }

    /// Whether anything may go now.
    mutating func isOpen(_ now: Double) -> Bool {
        refill(now)
        return level > 0
    }

    /// Counts bytes that went. The level may fall below nothing, which delays what comes next.
    mutating func take(_ bytes: Int) { level -= Double(bytes) }

    /// Seconds until something may go again.
    var delay: Double { level > 0 ? 0 : -level / rate + 0.001 }
}
