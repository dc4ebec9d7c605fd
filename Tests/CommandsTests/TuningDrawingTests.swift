import Documents
import Testing
import Tuning

@testable import Commands

@Suite("The live view of a study") struct TuningDrawingTests {
    private func trial(_ number: Int, _ state: TrialState = .running) throws -> Trial {
        let setting = Trial.Setting(name: "x", inside: 0.5, distribution: .float(try FloatRange(0, 1)))
        return Trial(id: number, number: number, state: state, settings: [setting])
    }

    @Test("has a line for how far the study is, and one for each running trial with its latest value")
    func lines() throws {
        var progress = TuningProgress(wanted: 50, StudyRecord(id: 0, name: "s", directions: [.minimize]))
        for number in 8..<12 { progress.begin(try trial(number), now: 10) }
        progress.end(try trial(8, .pruned), best: (0.31, 7))
        progress.end(try trial(9, .complete), best: (0.31, 7))
        for step in 0..<4 { progress.take(.init(step: step, value: Double(step)), of: 10) }
        #expect(
            TuningDrawing(width: 80, height: 8).lines(progress, seconds: 75, since: 65) == [
                "▸ 2 of 50 trials · 1 pruned · best 0.31 (trial 7) · 4 min 0 s left",
                "  trial 10  1:05  step 3  3  ▁▃▆█           x=0.5",
                "  trial 11  1:05                            x=0.5",
            ])
    }

    @Test("stays within its height and width", arguments: [30, 80])
    func bounds(_ width: Int) throws {
        var progress = TuningProgress(wanted: 50, StudyRecord(id: 0, name: "s", directions: [.minimize]))
        for number in 0..<40 { progress.begin(try trial(number), now: 0) }
        let lines = TuningDrawing(width: width, height: 6).lines(progress, seconds: 1e6, since: 0)
        #expect(lines.count == 6 && lines.last == "  36 more run")
        #expect(lines.allSatisfy { $0.count < width })
    }

    @Test("a trial that is begun anew is one line, without what it reported before")
    func again() throws {
        var progress = TuningProgress(wanted: 5, StudyRecord(id: 0, name: "s", directions: [.minimize]))
        progress.begin(try trial(0), now: 0)
        progress.take(.init(step: 3, value: 1), of: 0)
        progress.end(try trial(0, .waiting), best: nil)
        progress.begin(try trial(0), now: 5)
        #expect(progress.running.count == 1 && progress.running[0].reports.isEmpty && progress.endedCount == 0)
    }
}
