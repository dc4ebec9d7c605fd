import Testing

@testable import HTTP

/// A server that gets through so many requests at once and queues the rest.
private struct ModelServer {
    let capacity: Double
    let service: Double

    /// Runs the limit against the server for some seconds and returns where it ends.
    func settle(_ limit: inout AdaptiveLimit, from start: Double = 0, seconds: Double) -> Int {
        var now = start
        while now < start + seconds {
            let underWay = Double(limit.limit)
            let rate = min(underWay, capacity) / service
            now += 1 / rate
            limit.succeeded(bytes: 4096, latency: underWay / rate, now: now)
        }
        return limit.limit
    }
}

@Suite("How many requests at once")
struct AdaptiveLimitTests {
    @Test("it climbs to what is allowed while more at once brings more")
    func climbs() {
        var limit = AdaptiveLimit(most: 64, now: 0)
        #expect(limit.limit == 8)
        #expect(ModelServer(capacity: 1000, service: 0.02).settle(&limit, seconds: 10) == 64)
    }

    @Test("it stays near what the server can do")
    func stays() {
        var limit = AdaptiveLimit(most: 256, now: 0)
        let end = ModelServer(capacity: 16, service: 0.02).settle(&limit, seconds: 20)
        #expect((8...64).contains(end))
    }

    @Test("a server that asks for fewer gets fewer, once for a burst, and more again later")
    func throttled() {
        var limit = AdaptiveLimit(most: 64, now: 0)
        let server = ModelServer(capacity: 1000, service: 0.02)
        _ = server.settle(&limit, seconds: 10)
        for _ in 0..<50 { limit.wasThrottled(now: 10) }
        #expect(limit.limit == 38)
        #expect(server.settle(&limit, from: 10, seconds: 3) == 38)
        #expect(server.settle(&limit, from: 13, seconds: 20) == 64)
    }

    @Test("it never falls below one request")
    func floor() {
        var limit = AdaptiveLimit(most: 4, now: 0)
        for second in 0..<40 { limit.wasThrottled(now: Double(second * 2)) }
        #expect(limit.limit == 1)
    }
}

@Suite("Limit of the rate")
struct RateLimitTests {
    @Test("no more goes through in a time than the rate allows")
    func rate() {
        var limit = RateLimit(bytesPerSecond: 1_000_000, now: 0)
        var now = 0.0
        var sent = 0
        while now < 10 {
            if limit.isOpen(now) {
                limit.take(65_536)
                sent += 65_536
            } else {
                now += limit.delay
            }
        }
        #expect((9_500_000...10_300_000).contains(sent))
    }
}
