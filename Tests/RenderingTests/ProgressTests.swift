import Basics
import Rendering
import Synchronization
import Testing

@Suite("the progress line")
struct ProgressMeterTests {
    @Test("shows share, amounts, rate and the time that is left")
    func line() {
        var meter = ProgressMeter()
        _ = meter.apply(.began(.pushing, items: 10, bytes: 4096), now: 100)
        _ = meter.apply(.advanced(.pushing, items: 2, bytes: 1024), now: 101)
        #expect(
            meter.line(width: 100, now: 102)
                == "Pushing [#######.......................] 25%  2/10  1.00k/4.00k  512/s  ETA 6s")
    }

    @Test("drops the bar, then the end, where the terminal is narrow")
    func narrow() throws {
        var meter = ProgressMeter()
        _ = meter.apply(.began(.pushing, items: 10, bytes: 4096), now: 0)
        _ = meter.apply(.advanced(.pushing, items: 2, bytes: 1024), now: 2)
        #expect(meter.line(width: 50, now: 2) == "Pushing 25%  2/10  1.00k/4.00k  512/s  ETA 6s")
        #expect(try #require(meter.line(width: 20, now: 2)).count == 19)
    }

    @Test("what an object that is on its way has moved shows before it has arrived, and counts once")
    func movedBytes() {
        var meter = ProgressMeter()
        _ = meter.apply(.began(.pushing, items: 2, bytes: 4096), now: 0)
        _ = meter.apply(.moved(bytes: 1024), now: 1)
        #expect(meter.line(width: 50, now: 2) == "Pushing 25%  0/2  1.00k/4.00k  512/s  ETA 6s")
        _ = meter.apply(.moved(bytes: 1024), now: 1)
        _ = meter.apply(.advanced(.pushing, items: 1, bytes: 2048), now: 1)
        #expect(meter.line(width: 50, now: 2) == "Pushing 50%  1/2  2.00k/4.00k  1.00k/s  ETA 2s")
        #expect(meter.apply(.ended(.pushing), now: 2) == "Pushing  1  2.00k  1.00k/s  in 2s")
        _ = meter.apply(.began(.querying, items: 0, bytes: 0), now: 3)
        _ = meter.apply(.moved(bytes: 1024), now: 4)
        #expect(meter.line(width: 50, now: 4) == "Querying")
    }

    @Test("without totals it counts")
    func withoutTotals() {
        var meter = ProgressMeter()
        _ = meter.apply(.began(.scanning, items: 0, bytes: 0), now: 0)
        _ = meter.apply(.advanced(.scanning, items: 300, bytes: 0), now: 1)
        #expect(meter.line(width: 80, now: 2) == "Scanning 300  150/s")
    }

    @Test("totals that become known later count")
    func laterTotals() {
        var meter = ProgressMeter()
        _ = meter.apply(.began(.hashing, items: 0, bytes: 0), now: 0)
        _ = meter.apply(.advanced(.hashing, items: 1, bytes: 0), now: 0)
        _ = meter.apply(.began(.hashing, items: 4, bytes: 0), now: 0)
        #expect(meter.line(width: 40, now: 0) == "Hashing [#####...............] 25%  1/4")
    }

    @Test("the end of a phase is summed up, and the phase below it shows again")
    func ending() {
        var meter = ProgressMeter()
        _ = meter.apply(.began(.adding, items: 0, bytes: 0), now: 0)
        _ = meter.apply(.began(.hashing, items: 2, bytes: 0), now: 1)
        _ = meter.apply(.advanced(.hashing, items: 2, bytes: 2048), now: 2)
        #expect(meter.apply(.ended(.hashing), now: 3) == "Hashing  2  2.00k  1.00k/s  in 2s")
        #expect(meter.line(width: 80, now: 3) == "Adding")
        _ = meter.apply(.ended(.adding), now: 3)
        #expect(meter.isIdle)
        #expect(meter.line(width: 80, now: 3) == nil)
    }

    @Test("counts beyond any number and clocks that stand still do not trap")
    func extremes() {
        var meter = ProgressMeter()
        _ = meter.apply(.began(.hashing, items: .max, bytes: .max), now: 0)
        _ = meter.apply(.advanced(.hashing, items: .max, bytes: .max), now: 0)
        _ = meter.apply(.advanced(.hashing, items: 5, bytes: 5), now: 0)
        #expect(meter.line(width: 80, now: 1)?.contains("100%") == true)
        #expect(meter.apply(.ended(.hashing), now: -1)?.hasPrefix("Hashing") == true)
    }
}

@Suite("drawing progress")
struct ProgressDisplayTests {
    private final class Clock: Sendable {
        private let now = Mutex(0.0)
        func set(_ value: Double) { now.withLock { $0 = value } }
        var seconds: Double { now.withLock { $0 } }
    }

    @Test("quick work draws nothing")
    func quick() {
        let (clock, capture) = (Clock(), TextCapture())
        let display = ProgressDisplay(sink: capture, width: 80) { clock.seconds }
        display.report(.began(.hashing, items: 2, bytes: 0))
        clock.set(0.1)
        display.report(.advanced(.hashing, items: 2, bytes: 0))
        display.report(.ended(.hashing))
        #expect(capture.text.isEmpty)
    }

    @Test("the line is drawn at most ten times a second and its end stays")
    func throttled() {
        let (clock, capture) = (Clock(), TextCapture())
        let display = ProgressDisplay(sink: capture, width: 80) { clock.seconds }
        display.report(.began(.hashing, items: 1000, bytes: 0))
        for step in 0..<1000 {
            clock.set(Double(step) / 1000)
            display.report(.advanced(.hashing, items: 1, bytes: 0))
        }
        #expect(capture.text.split(separator: "\r").count == 7)
        clock.set(1)
        display.report(.ended(.hashing))
        #expect(capture.text.hasSuffix("\r\u{1B}[KHashing  1000  1000/s  in 1s\n"))
    }

    @Test("other text takes the line away first")
    func interrupted() {
        let (clock, capture) = (Clock(), TextCapture())
        let display = ProgressDisplay(sink: capture, width: 80) { clock.seconds }
        display.report(.began(.hashing, items: 4, bytes: 0))
        clock.set(1)
        display.report(.advanced(.hashing, items: 1, bytes: 0))
        display.interrupt { capture.write("M\tdata.csv\n") }
        #expect(capture.text.hasSuffix("\r\u{1B}[KM\tdata.csv\n"))
    }

    @Test("standing lines come back below other text, and leave nothing when they go")
    func standing() {
        let (clock, capture) = (Clock(), TextCapture())
        let display = ProgressDisplay(sink: capture, width: 80) { clock.seconds }
        display.stand(["one", "two"])
        #expect(capture.text == "\r\u{1B}[Kone\ntwo")
        clock.set(1)
        display.interrupt { capture.write("text\n") }
        #expect(capture.text.hasSuffix("\u{1B}[1A\r\u{1B}[Jtext\n\r\u{1B}[Kone\ntwo"))
        display.report(.began(.hashing, items: 4, bytes: 0))
        clock.set(2)
        display.report(.advanced(.hashing, items: 1, bytes: 0))
        #expect(capture.text.contains("\u{1B}[1A\r\u{1B}[Jone\ntwo\nHashing ["))
        display.report(.ended(.hashing))
        #expect(capture.text.contains("\u{1B}[2A\r\u{1B}[JHashing  1  1/s  in 1s\n\r\u{1B}[Kone\ntwo"))
        display.stand([])
        #expect(capture.text.hasSuffix("\u{1B}[1A\r\u{1B}[J"))
    }
}

@Suite("what running programs print") struct LiveTailTests {
    @Test("each has a line with its time and what it printed last, without colours")
    func lines() {
        var tail = LiveTail()
        tail.begin("train", now: 0)
        tail.begin("a", now: 60)
        tail.show("\u{1B}[32mepoch 1\u{1B}[0m", of: "train")
        tail.show("  ", of: "train")
        tail.show("bad \u{1B}]0;x\u{07}", of: "a")
        #expect(tail.lines(height: 10, now: 65) == ["▸ train  1:05  epoch 1", "▸ a      5s  bad \\x1b]0;x\\x07"])
        #expect(tail.lines(height: 1, now: 65) == ["▸ 2 more"])
        tail.end("train")
        #expect(tail.lines(height: 10, now: 65) == ["▸ a  5s  bad \\x1b]0;x\\x07"])
    }
}
