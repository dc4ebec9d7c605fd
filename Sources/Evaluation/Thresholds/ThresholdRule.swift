/// From which score on a row counts as positive.
package enum ThresholdWish: Sendable, Equatable {
    case fixed(Double)
    case chosen(ThresholdRule)
}

/// By which rule a threshold is chosen.
package enum ThresholdRule: Sendable, Equatable {
    /// The largest F1.
    case f1
    /// The largest recall plus specificity.
    case youden
    /// The largest accuracy.
    case accuracy
    /// The highest threshold, and so the fewest false alarms, with at least this recall.
    case recall(atLeast: Double)
    /// The lowest threshold, and so the fewest misses, with at least this precision.
    case precision(atLeast: Double)
    /// The lowest threshold with at most this share of false alarms among the negatives.
    case falsePositiveRate(atMost: Double)
    /// The least cost of false alarms and misses.
    case cost(falsePositive: Double, falseNegative: Double)

    package static let advice =
        "known are f1, youden, accuracy, recall>=0.9, precision>=0.9, fpr<=0.01 and cost:fp=1,fn=5"

    /// - Returns: `nil` for what is no rule.
    package init?(_ text: String) {
        let word = text.filter { $0 != " " }
        switch word {
        case "f1", "max_f1": self = .f1
        case "youden", "max_youden": self = .youden
        case "accuracy", "max_accuracy": self = .accuracy
        default:
            if let share = Self.share(word, "recall>=") {
                self = .recall(atLeast: share)
            } else if let share = Self.share(word, "precision>=") {
                self = .precision(atLeast: share)
            } else if let share = Self.share(word, "fpr<=") {
                self = .falsePositiveRate(atMost: share)
            } else if let cost = Self.cost(word) {
                self = cost
            } else {
                return nil
            }
        }
    }

    private static func share(_ word: String, _ lead: String) -> Double? {
        guard word.hasPrefix(lead), let number = Double(word.dropFirst(lead.count)), (0...1).contains(number) else {
            return nil
        }
        return number
    }

    private static func cost(_ word: String) -> ThresholdRule? {
        guard word.hasPrefix("cost:") else { return nil }
        var costs: [String: Double] = [:]
        for part in word.dropFirst(5).split(separator: ",") {
            let sides = part.split(separator: "=")
            guard sides.count == 2, let number = Double(sides[1]), number >= 0, number.isFinite else { return nil }
            costs[String(sides[0])] = number
        }
        guard costs.count == 2, let alarm = costs["fp"], let miss = costs["fn"], alarm + miss > 0 else { return nil }
        return .cost(falsePositive: alarm, falseNegative: miss)
    }

    package var text: String {
        switch self {
        case .f1: "f1"
        case .youden: "youden"
        case .accuracy: "accuracy"
        case .recall(let share): "recall>=\(LabelColumn.name(share))"
        case .precision(let share): "precision>=\(LabelColumn.name(share))"
        case .falsePositiveRate(let share): "fpr<=\(LabelColumn.name(share))"
        case .cost(let alarm, let miss): "cost:fp=\(LabelColumn.name(alarm)),fn=\(LabelColumn.name(miss))"
        }
    }
}

/// A threshold, and how it came to be.
package struct Threshold: Sendable, Equatable {
    package let value: Double
    package let rule: ThresholdRule?
    /// The file that it was chosen on; `nil` for one that was named.
    package let source: String?
    package let rows: Int?
}
