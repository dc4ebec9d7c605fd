import Basics
import Documents
package import Tuning

/// A study that several trials use at once.
package actor StudyDesk {
    private let study: Study

    /// - Parameter study: Given away: nobody else may use it.
    package init(_ study: sending Study) { self.study = study }

    package var record: StudyRecord { study.record }
    package var settings: StudySettings { study.settings }

    func ask(elapsed: Double) throws(Failure) -> Study.Answer { try study.ask(elapsed: elapsed) }

    func takeOver(isAlive: @Sendable (String) -> Bool) throws(Failure) -> [Trial] {
        try study.takeOver(isAlive: isAlive)
    }

    func report(_ number: Int, _ report: Trial.Report) throws(Failure) -> Bool {
        try study.report(number, report.value, at: report.step)
    }

    func note(_ number: Int, _ key: String, _ value: Value) throws(Failure) {
        try study.note(number, key, value)
    }

    func tell(_ number: Int, _ outcome: Study.Outcome, _ metrics: TrialMetrics) throws(Failure) -> Study.Sequel {
        try study.tell(number, outcome) { metrics.value($0) }
    }
}
