/// The rows that two models were judged on, side by side.
struct PairedRows {
    let old: EvaluationData
    let new: EvaluationData
    /// Rows that only one side has.
    let onlyOld: Int
    let onlyNew: Int

    /// Brings the rows of the baseline into the order of the new ones.
    ///
    /// - Throws: where it is not clear which rows belong together, or they disagree about what is true.
    init(old: EvaluationData, new: EvaluationData) throws {
        guard old.task == new.task else {
            throw InputError("the baseline '\(old.name)' is of the task \(old.task.rawValue), not \(new.task.rawValue)")
        }
        var (old, new) = (old, new)
        if let oldKeys = old.keys, let newKeys = new.keys {
            var places: [KeyBytes: Int32] = [:]
            for (row, key) in oldKeys.enumerated() {
                guard places.updateValue(Int32(row), forKey: KeyBytes(key)) == nil else {
                    throw Self.repeated(key, in: old)
                }
            }
            var seen: Set<KeyBytes> = []
            var pairs: [(old: Int32, new: Int32)] = []
            for (row, key) in newKeys.enumerated() {
                guard seen.insert(KeyBytes(key)).inserted else { throw Self.repeated(key, in: new) }
                if let place = places[KeyBytes(key)] { pairs.append((place, Int32(row))) }
            }
            guard !pairs.isEmpty else {
                throw InputError("'\(old.name)' and '\(new.name)' have no row in common")
            }
            onlyOld = old.rows - pairs.count
            onlyNew = new.rows - pairs.count
            if onlyOld > 0 || pairs.contains(where: { $0.old != $0.new }) { old = old.subset(pairs.map(\.old)) }
            if onlyNew > 0 { new = new.subset(pairs.map(\.new)) }
        } else {
            guard old.rows == new.rows else {
                throw InputError(
                    "'\(old.name)' has \(old.rows) rows and '\(new.name)' \(new.rows): which belong together?",
                    remedy: "name the columns that tell rows apart with --key")
            }
            (onlyOld, onlyNew) = (0, 0)
        }
        try Self.unite(&old, &new)
        try Self.compareTruth(old, new)
        self.old = old
        self.new = new
    }

    private init(old: EvaluationData, new: EvaluationData, onlyOld: Int, onlyNew: Int) {
        self.old = old
        self.new = new
        self.onlyOld = onlyOld
        self.onlyNew = onlyNew
    }

    /// The pairs at some places.
    func subset(_ places: [Int32]) -> PairedRows {
        PairedRows(old: old.subset(places), new: new.subset(places), onlyOld: onlyOld, onlyNew: onlyNew)
    }

    private static func repeated(_ key: String, in data: EvaluationData) -> InputError {
        InputError(
            "'\(data.name)': the key '\(key.replacing("\u{1F}", with: ", "))' occurs in more than one row",
            remedy: "name the columns that tell rows apart with --key")
    }

    /// Gives both sides the same classes.
    private static func unite(_ old: inout EvaluationData, _ new: inout EvaluationData) throws {
        let isSame = old.classes.elementsEqual(new.classes) { $0.utf8.elementsEqual($1.utf8) }
        guard !isSame else { return }
        guard old.task == .multiclass, old.scores == nil, new.scores == nil else {
            throw InputError(
                "'\(old.name)' has the classes \(PredictionBuilder.few(old.classes)), and '\(new.name)' has "
                    + PredictionBuilder.few(new.classes))
        }
        let classes = PredictionBuilder.sorted(LabelColumn.sortedWords(old.classes + new.classes))
        old.recode(for: classes)
        new.recode(for: classes)
    }

    private static func compareTruth(_ old: EvaluationData, _ new: EvaluationData) throws {
        let row: Int?
        if new.task.isClassification {
            let width = max(1, new.truth.count / max(1, new.rows))
            row = zip(old.truth, new.truth).enumerated().first { $0.element.0 != $0.element.1 }.map {
                $0.offset / width
            }
        } else {
            row = zip(old.targets, new.targets).enumerated().first { $0.element.0 != $0.element.1 }?.offset
        }
        guard let row else { return }
        throw InputError(
            "the targets differ: '\(old.name)', line \(old.lines[row]), and '\(new.name)', line \(new.lines[row])",
            remedy: "a baseline must be judged on the same rows; name the columns that tell rows apart with --key")
    }
}

extension EvaluationData {
    /// Gives rows of one class each the codes of other classes, among which all of theirs are.
    fileprivate mutating func recode(for others: [String]) {
        let map = classes.map { name in others.firstIndex { $0.utf8.elementsEqual(name.utf8) } ?? 0 }
        truth = truth.map { map[$0] }
        decisions = decisions.map { $0.map { map[$0] } }
        classes = others
    }
}

/// A key that is equal only to the same bytes.
private struct KeyBytes: Hashable {
    let text: String
    init(_ text: String) { self.text = text }
    static func == (left: KeyBytes, right: KeyBytes) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }
    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
