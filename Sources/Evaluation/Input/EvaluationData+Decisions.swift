extension EvaluationData {
    /// With what is predicted where only scores are known: the positive class from a threshold on, the most likely class.
    func decided(_ threshold: Threshold?, notes: inout [String], _ options: EvaluationOptions) -> EvaluationData {
        guard let scores else { return self }
        var data = self
        switch task {
        case .binary, .multilabel:
            guard let threshold else { return self }
            if threshold.rule != nil, threshold.source?.utf8.elementsEqual(name.utf8) == true {
                notes.append(
                    "The threshold was chosen on the very rows that are judged, which flatters the model; choose it on "
                        + "others with --threshold-from.")
            }
            // Half is no threshold for margins, and nobody named another.
            if !options.namesThreshold, let outside = firstOutsideOfProbabilities {
                notes.append(
                    "Scores are no probabilities (\(LabelColumn.name(scores[outside])) on line "
                        + "\(lines[outside / width])), so there are no predicted classes; give a threshold with "
                        + "--threshold.")
                return self
            }
            data.decisions = scores.map { $0 >= threshold.value ? 1 : 0 }
        case .multiclass:
            guard decisions == nil else { return self }
            let width = width
            data.decisions = (0..<rows).map { row in
                var best = 0
                for place in 1..<width where scores[row * width + place] > scores[row * width + best] { best = place }
                return best
            }
        case .regression, .ranking: break
        }
        return data
    }

    /// The place of the first score that is no probability.
    var firstOutsideOfProbabilities: Int? { scores?.firstIndex { !($0 >= 0 && $0 <= 1) } }
}
