import Basics
import Documents

/// What the metrics said after each round.
struct BoosterCurve: Equatable {
    /// `train/rmse`, `valid/rmse` …, in XGBoost's order.
    private(set) var names: [String] = []
    /// A list of numbers for each round so far.
    private(set) var rounds: [[Double]] = []

    mutating func add(_ measurements: [Measurement]) {
        if names.isEmpty { names = measurements.map { "\($0.data)/\($0.metric)" } }
        rounds.append(measurements.map(\.value))
    }

    func values(_ round: Int) -> [(name: String, value: Double)] {
        Array(zip(names, rounds[round])).map { (name: $0.0, value: $0.1) }
    }

    // MARK: As a document

    var value: Value {
        .mapping(
            Mapping([
                ("names", .array(names.map { .string($0) })),
                ("rounds", .array(rounds.map { .array($0.map { .float($0) }) })),
            ]))
    }

    init() {}

    init?(_ value: Value?) {
        guard let mapping = value?.mapping, let names = mapping["names"]?.array?.compactMap(\.string),
            let rounds = mapping["rounds"]?.array
        else { return nil }
        self.names = names
        for round in rounds {
            let numbers = (round.array ?? []).compactMap(\.number)
            guard numbers.count == names.count else { return nil }
            self.rounds.append(numbers)
        }
    }
}

extension Value {
    /// A number of either kind.
    var number: Double? {
        switch self {
        case .int(let number): Double(number)
        case .float(let number): number
        default: nil
        }
    }
}

/// Finds the best round, and says when there is no more hope.
struct StoppingRule: Equatable {
    let isMaximised: Bool
    /// So many rounds without a gain end the training; nil for none.
    let patience: Int?
    let minimumGain: Double

    /// The best round by the last metric of the last data, and whether the training is over.
    func judge(_ curve: BoosterCurve) -> (best: Int, score: Double, isOver: Bool)? {
        var best: (round: Int, score: Double)?
        for (round, values) in curve.rounds.enumerated() {
            guard let value = values.last, !value.isNaN else { continue }
            guard let current = best else {
                best = (round, value)
                continue
            }
            let gain = isMaximised ? value - current.score : current.score - value
            if gain > minimumGain { best = (round, value) }
        }
        guard let best else { return nil }
        let waited = curve.rounds.count - 1 - best.round
        return (best.round, best.score, patience.map { waited >= $0 } ?? false)
    }
}
