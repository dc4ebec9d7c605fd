import Documents
import Pipelines
import TestSupport
import Testing
import Tracking

@testable import Commands

@Suite("The live view of a training") struct TrainingDrawingTests {
    private func progress(_ curves: Int) throws -> TrainingProgress {
        let folder = TemporaryFolder("live")
        var log = try LiveLog(folder: folder.path, resume: false)
        for step in 0..<8 {
            for curve in 0..<curves { try log.log("m\(curve)", Double(step) * 0.125) }
            try log.nextStep()
        }
        var follower = LiveFollower(LiveFolder(folder.path))
        _ = follower.look()
        var progress = TrainingProgress()
        progress.series = follower.series
        progress.stepsDone = follower.stepsDone
        return progress
    }

    @Test("has a line for how far it is, one for each curve, and what is printed just now")
    func lines() throws {
        var progress = try progress(1)
        progress.totalSteps = 20
        progress.attempt = 2
        progress.attemptLimit = 3
        progress.seconds = 65
        progress.secondsLeft = 9
        let lines = TrainingDrawing(width: 80, height: 8).lines("train.py", progress, beginning: "batch 3\u{1B}[2J")
        #expect(
            lines == [
                "▸ train.py  attempt 2 of 3  step 8/20  1:05  9s left", "  m0  0.875  ▁▂▃▄▅▆▇█",
                "  batch 3\\x1b[2J",
            ])
    }

    @Test("stays within its height and width, whatever is logged", arguments: [30, 80, 200])
    func bounds(_ width: Int) throws {
        let lines = TrainingDrawing(width: width, height: 6).lines(
            String(repeating: "x", count: 300), try progress(40), beginning: "")
        #expect(lines.count <= 6)
        #expect(lines.dropFirst().allSatisfy { $0.count < max(width, 40) })
        #expect(lines.last == "  37 more")
    }
}
