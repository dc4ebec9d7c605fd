import Basics
import Documents
import FileSystem

@testable import Tuning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A coordinator with several slots whose trials take made-up times, in the test's own process.
struct SimulatedRun {
    var slots = 1
    /// Decides how long trials take; nothing else may depend on it.
    var timing: UInt64 = 0
    var owner = "one"
    /// Ends like a killed process after so many steps.
    var steps = Int.max
    /// Trials that fail, and how often before they do not.
    var failures: [Int: Int] = [:]
    /// Values that trials report before they end.
    var reports = 0

    struct Running {
        var trial: Trial
        var end: Double
        var next: Int
    }

    /// Runs the study until it is done or the steps are used up.
    ///
    /// - Returns: whether it was done.
    @discardableResult
    func run(_ study: Study, _ value: ([String: Value]) -> Double) throws -> Bool {
        var random = RandomSource(seed: timing)
        var clock = 0.0
        var running = try study.takeOver { $0 == "alive" }.map {
            Running(trial: $0, end: clock + random.uniform(), next: 0)
        }
        var left = steps
        var isOver = false
        while true {
            filling: while !isOver, running.count < slots {
                guard left > 0 else { return false }
                left -= 1
                switch try study.ask() {
                case .trial(let trial): running.append(Running(trial: trial, end: clock + random.uniform(), next: 0))
                case .wait:
                    if running.isEmpty { throw Failure("nothing runs and nothing may begin") }
                    break filling
                case .done: isOver = true
                }
            }
            guard let place = running.indices.min(by: { running[$0].end < running[$1].end }) else { return true }
            guard left > 0 else { return false }
            left -= 1
            clock = running[place].end
            let trial = running[place].trial
            let values = Dictionary(uniqueKeysWithValues: trial.settings.map { ($0.name, $0.value) })
            let result = value(values)
            if running[place].next < reports {
                let step = running[place].next
                running[place].next += 1
                running[place].end += random.uniform() / 10
                if try study.report(trial.number, result + 1 / Double(step + 1), at: step) {
                    _ = try study.tell(trial.number, .pruned)
                    running.remove(at: place)
                }
                continue
            }
            let attempt = study.record.trials[trial.number].systemAttributes[TrialMark.attempt]?.int ?? 1
            let outcome: Study.Outcome =
                attempt <= failures[trial.number] ?? 0 ? .failed("made to fail") : .complete([result])
            switch try study.tell(trial.number, outcome) {
            case .again(let again): running[place] = Running(trial: again, end: clock + random.uniform(), next: 0)
            case .ended: running.remove(at: place)
            }
        }
    }
}

/// A folder of its own for one test.
func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    var template = Array("/tmp/varve-tuning-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Failure("cannot make a folder for the test") }
    let folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    defer { try? Files.removeTree(folder) }
    return try body(folder)
}
