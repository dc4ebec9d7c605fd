import Basics
import Documents

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A linear or logistic model, as its file has it.
struct LinearModel: Equatable {
    let task: ModelTask
    /// In the order of the probabilities; empty for regression.
    let classes: [String]
    let features: [String]
    /// What stands where a number is missing.
    let means: [Double]
    /// For each output; two classes have one, which speaks for the second.
    let intercepts: [Double]
    let coefficients: [[Double]]

    static let schema = "varve.linear/v1"

    /// Numbers for each row: the prediction, or a probability for each class.
    func predict(_ values: [Double], rows: Int) -> [Double] {
        let width = features.count
        let outputs = max(1, classes.count)
        var result = [Double](repeating: 0, count: rows * outputs)
        for row in 0..<rows {
            for output in intercepts.indices {
                var sum = intercepts[output]
                for column in 0..<width {
                    let value = values[row * width + column]
                    sum += coefficients[output][column] * (value.isNaN ? means[column] : value)
                }
                result[row * outputs + output] = sum
            }
            let start = row * outputs
            if task == .binary {
                result[start + 1] = Self.logistic(result[start])
                result[start] = 1 - result[start + 1]
            } else if task == .multiclass {
                _ = Self.softmax(&result, start..<start + outputs)
            }
        }
        return result
    }

    static func logistic(_ score: Double) -> Double {
        if score >= 0 { return 1 / (1 + exp(-score)) }
        let power = exp(score)
        return power / (1 + power)
    }

    /// Turns scores into probabilities; returns the logarithm of the sum of their powers.
    static func softmax(_ scores: inout [Double], _ range: Range<Int>) -> Double {
        var largest = -Double.infinity
        for place in range { largest = max(largest, scores[place]) }
        var sum = 0.0
        for place in range {
            scores[place] = exp(scores[place] - largest)
            sum += scores[place]
        }
        let logarithm = largest + log(sum)
        for place in range { scores[place] /= sum }
        return logarithm
    }

    // MARK: As a document

    var value: Value {
        func numbers(_ list: [Double]) -> Value { .array(list.map { .float($0) }) }
        return .mapping(
            Mapping([
                ("schema", .string(Self.schema)), ("task", .string(task.rawValue)),
                ("classes", .array(classes.map { .string($0) })),
                ("features", .array(features.map { .string($0) })), ("means", numbers(means)),
                ("intercepts", numbers(intercepts)), ("coefficients", .array(coefficients.map(numbers))),
            ]))
    }

    /// - Throws: where lists do not fit together or numbers are none.
    init(_ value: Value) throws(Failure) {
        func numbers(_ value: Value?, _ key: String) throws(Failure) -> [Double] {
            let items = value?.array ?? []
            let numbers = items.compactMap(\.number).filter(\.isFinite)
            guard value?.array != nil, numbers.count == items.count else {
                throw Failure("'\(key)' is no list of numbers")
            }
            return numbers
        }
        guard let entries = value.mapping, entries["schema"]?.string == Self.schema else {
            throw Failure("its 'schema' is not \(Self.schema)")
        }
        guard let task = entries["task"]?.string.flatMap(ModelTask.init(rawValue:)),
            task == .regression || task.isClassification
        else { throw Failure("its 'task' is not known") }
        self.task = task
        classes = (entries["classes"]?.array ?? []).compactMap(\.string)
        features = (entries["features"]?.array ?? []).compactMap(\.string)
        means = try numbers(entries["means"], "means")
        intercepts = try numbers(entries["intercepts"], "intercepts")
        coefficients = try (entries["coefficients"]?.array ?? []).map { (row) throws(Failure) in
            try numbers(row, "coefficients")
        }
        let outputs = task == .multiclass ? classes.count : 1
        guard classes.count == (task == .regression ? 0 : task == .binary ? 2 : max(3, classes.count)),
            intercepts.count == outputs, coefficients.count == outputs, means.count == features.count,
            coefficients.allSatisfy({ $0.count == features.count })
        else { throw Failure("its lists are not of the lengths that its classes and columns ask for") }
    }

    init(
        task: ModelTask, classes: [String], features: [String], means: [Double], intercepts: [Double],
        coefficients: [[Double]]
    ) {
        self.task = task
        self.classes = classes
        self.features = features
        self.means = means
        self.intercepts = intercepts
        self.coefficients = coefficients
    }
}
