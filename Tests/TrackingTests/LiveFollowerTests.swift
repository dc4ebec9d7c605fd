import Documents
import FileSystem
import Testing
import Tracking

@Suite("A follower of a live folder")
struct LiveFollowerTests {
    @Test("sees what was added since its last look, and nothing where nothing was")
    func follows() throws {
        let folder = TemporaryFolder()
        var follower = LiveFollower(LiveFolder(folder.path))
        let isNew1 = follower.look()
        #expect(!isNew1)
        var log = try LiveLog(folder: folder.path, resume: false)
        try log.log("train/loss", 0.5)
        try log.log("lr", value: .integer(3), timestamp: true)
        try log.nextStep()
        let isNew2 = follower.look()
        #expect(isNew2)
        #expect(follower.step == 0 && follower.stepsDone == 1)
        #expect(follower.series.map(\.name) == ["lr", "train/loss"])
        let isNew3 = follower.look()
        #expect(!isNew3)
        try log.log("train/loss", 0.25)
        let isNew4 = follower.look()
        #expect(isNew4)
        #expect(follower.series.last?.points == [MetricPoint(step: 0, value: 0.5), MetricPoint(step: 1, value: 0.25)])
        #expect(follower.latest.map(\.name) == ["train/loss", "lr"])
    }

    @Test("waits for the end of a line, and begins anew with a table that was begun anew")
    func tornLines() throws {
        let folder = TemporaryFolder()
        var follower = LiveFollower(LiveFolder(folder.path))
        try folder.write("plots/metrics/a.tsv", "step\ta\n0\t1.5\n1\t2")
        _ = follower.look()
        #expect(follower.series.first?.points.count == 1)
        #expect(follower.stepsDone == 0)
        try folder.write("plots/metrics/a.tsv", "step\ta\n0\t9.5\n")
        _ = follower.look()
        #expect(follower.series.first?.points == [MetricPoint(step: 0, value: 9.5)])
    }

    @Test("passes over words, broken lines and a metrics.json that is half written")
    func damage() throws {
        let folder = TemporaryFolder()
        var follower = LiveFollower(LiveFolder(folder.path))
        try folder.write("plots/metrics/a.tsv", "step\ta\n0\twarm\nx\ty\tz\n\n1\tnan\n2\t1e400\n3\t4\n")
        try folder.write("metrics.json", "{\"a\": ")
        _ = follower.look()
        #expect(follower.series.first?.latest == MetricPoint(step: 3, value: 4))
        #expect(follower.step == nil)
        try folder.write("metrics.json", "{\"a\": {\"b\": 1}, \"step\": 3}")
        let isNew5 = follower.look()
        #expect(isNew5)
        #expect(follower.step == 3)
    }

    @Test("keeps a long curve's shape in few points, and its last value")
    func thins() throws {
        let folder = TemporaryFolder()
        var follower = LiveFollower(LiveFolder(folder.path))
        let lines = (0..<50_000).map { "\($0)\t\($0 * 2)\n" }.joined()
        try folder.write("plots/metrics/a.tsv", "step\ta\n" + lines)
        _ = follower.look()
        let series = try #require(follower.series.first)
        #expect(series.latest == MetricPoint(step: 49_999, value: 99_998))
        #expect(series.points.count <= 4096 && series.points.count > 1000)
        #expect(zip(series.points, series.points.dropFirst()).allSatisfy { $0.step < $1.step })
    }

    @Test("the time left follows the pace since the first look")
    func timeLeft() {
        var clock = StepClock()
        #expect(clock.left(of: 10, now: 0) == nil)
        clock.note(steps: 4, now: 100)
        #expect(clock.left(of: 10, now: 100) == nil)
        clock.note(steps: 6, now: 110)
        #expect(clock.left(of: 10, now: 110) == 20)
        #expect(clock.left(of: 10, now: 115) == 15)
        #expect(clock.left(of: 10, now: 500) == 0)
        clock.note(steps: 0, now: 600)
        #expect(clock.left(of: 10, now: 600) == nil)
    }

    @Test("forgets what is no longer there")
    func forgets() throws {
        let folder = TemporaryFolder()
        var follower = LiveFollower(LiveFolder(folder.path))
        var log = try LiveLog(folder: folder.path, resume: false)
        try log.log("loss", 0.5)
        try log.nextStep()
        _ = follower.look()
        try LiveFolder(folder.path).removeLogs()
        let hasChanged = follower.look()
        #expect(hasChanged && follower.series.isEmpty && follower.latest.isEmpty && follower.stepsDone == nil)
        let changesAgain = follower.look()
        #expect(!changesAgain)
    }
}
