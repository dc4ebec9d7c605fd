package import Basics
package import Documents

/// What a sampler may know when it draws the parameters of a trial.
///
/// Everything that it answers follows from this alone: the same context gives the same point, whatever the process did
/// before. That is what makes a study replayable.
package struct SamplingContext: Sendable {
    package let space: SearchSpace
    package let directions: [Direction]
    /// Complete and pruned trials, by number.
    package let finished: [Trial]
    /// The numbers of the finished trials in the order in which they ended.
    package let order: [Int]
    /// Trials without a result yet, by number.
    package let running: [Trial]
    /// The number of the trial.
    package let number: Int
    /// How many trials before it were drawn by a sampler rather than given by a person.
    package let drawn: Int
    package let seed: UInt64

    package init(
        space: SearchSpace, directions: [Direction] = [.minimize], finished: [Trial] = [], order: [Int]? = nil,
        running: [Trial] = [], number: Int, drawn: Int? = nil, seed: UInt64
    ) {
        self.space = space
        self.directions = directions
        self.finished = finished
        self.order = order ?? finished.map(\.number)
        self.running = running
        self.number = number
        self.drawn = drawn ?? number
        self.seed = seed
    }

    var isMultiObjective: Bool { directions.count > 1 }

    /// Complete trials in the order in which they ended.
    var completeInOrder: [Trial] {
        let byNumber = Dictionary(finished.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
        return order.compactMap { byNumber[$0] }.filter { $0.state == .complete }
    }

    /// The complete trials by the generation that an attribute names, each in the order in which they ended.
    func generations(_ key: String) -> [Int: [Trial]] {
        var result: [Int: [Trial]] = [:]
        for trial in completeInOrder {
            if let generation = trial.systemAttributes[key]?.int { result[generation, default: []].append(trial) }
        }
        return result
    }

    /// Whether values that are drawn together keep the limits, as far as those speak of them.
    func isAllowed(
        _ parameters: [(name: String, distribution: Distribution)], _ values: [Double]
    ) -> Bool {
        guard !space.limits.isEmpty else { return true }
        let settings = zip(parameters, values).map { parameter, value in
            Trial.Setting(name: parameter.name, inside: value, distribution: parameter.distribution)
        }
        return ((try? space.violation(settings)) ?? 0) <= 0
    }

    /// The parameters that every trial so far has with the same distribution, sorted by name, less those with one
    /// value. Without trials there are none.
    func commonParameters(includingPruned: Bool) -> [(name: String, distribution: Distribution)] {
        var common: [Trial.Setting]?
        for trial in finished.reversed() where includingPruned || trial.state == .complete {
            guard let known = common else {
                common = trial.settings
                continue
            }
            common = known.filter { setting in trial[setting.name]?.distribution == setting.distribution }
        }
        return (common ?? []).filter { !$0.distribution.isSingle }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
            .map { ($0.name, $0.distribution) }
    }
}

/// A point of the space, and what the sampler wants to be remembered with the trial.
package struct Suggestion: Sendable, Equatable {
    package var settings: [Trial.Setting]
    /// Goes into the trial's system attributes.
    package var attributes: Mapping
}

/// A way to choose the next point.
package protocol Sampler: Sendable {
    /// How many different points there are; `nil` where there is no end.
    func capacity(_ space: SearchSpace) throws(Failure) -> Int?
    /// Draws what belongs together; parameters that are missing in the answer are drawn one by one.
    func draw(_ context: SamplingContext, _ random: inout RandomSource) throws(Failure) -> Draw
    /// Draws one parameter.
    func draw(
        _ parameter: Parameter, _ context: SamplingContext, _ random: inout RandomSource
    ) throws(Failure) -> Double
    /// Refuses studies that it cannot serve.
    func check(_ space: SearchSpace, _ directions: [Direction]) throws(Failure)
}

/// Values that are drawn together, and attributes for the trial.
package struct Draw: Sendable {
    package var values: [String: Double] = [:]
    package var attributes = Mapping()
    package init(values: [String: Double] = [:], attributes: Mapping = Mapping()) {
        self.values = values
        self.attributes = attributes
    }
}

extension Sampler {
    package func capacity(_ space: SearchSpace) throws(Failure) -> Int? { nil }
    package func check(_ space: SearchSpace, _ directions: [Direction]) throws(Failure) {}
    package func draw(_ context: SamplingContext, _ random: inout RandomSource) throws(Failure) -> Draw { Draw() }
    package func draw(
        _ parameter: Parameter, _ context: SamplingContext, _ random: inout RandomSource
    ) throws(Failure) -> Double {
        parameter.distribution.uniform(&random)
    }

    /// The point of a trial: fixed parameters as given, the others drawn.
    ///
    /// A point that breaks a limit of the space is drawn again, soon at random; of a thousand that all break one the
    /// least bad is taken.
    package func suggest(
        _ context: SamplingContext, fixed: [Trial.Setting] = []
    ) throws(Failure) -> Suggestion {
        let source = RandomSource(seed: context.seed).split(UInt64(context.number))
        var best: (suggestion: Suggestion, violation: Double)?
        for attempt in 0..<1000 {
            var random = attempt == 0 ? source : source.split(UInt64(attempt))
            let suggestion =
                attempt < 10
                ? try point(context, fixed, &random) : try RandomSampler().point(context, fixed, &random)
            guard !context.space.limits.isEmpty else { return suggestion }
            let violation = try context.space.violation(suggestion.settings)
            if violation <= 0 { return suggestion }
            if best.map({ violation < $0.violation }) ?? true { best = (suggestion, violation) }
        }
        return best?.suggestion ?? Suggestion(settings: [], attributes: Mapping())
    }

    fileprivate func point(
        _ context: SamplingContext, _ fixed: [Trial.Setting], _ random: inout RandomSource
    ) throws(Failure) -> Suggestion {
        let together = try draw(context, &random)
        var settings: [Trial.Setting] = []
        for parameter in context.space.parameters {
            guard try context.space.isActive(parameter, settings) else { continue }
            let value: Double
            if let given = fixed.first(where: { $0.name == parameter.name }) {
                value = given.inside
            } else if parameter.distribution.isSingle {
                value = parameter.distribution.low
            } else if let drawn = together.values[parameter.name] {
                value = drawn
            } else {
                value = try draw(parameter, context, &random)
            }
            settings.append(
                Trial.Setting(name: parameter.name, inside: value, distribution: parameter.distribution))
        }
        return Suggestion(settings: settings, attributes: together.attributes)
    }
}

extension Distribution {
    /// A value of which each is as likely as the other, in logarithms for `log`.
    func uniform(_ random: inout RandomSource) -> Double {
        if case .categorical(let choices) = self { return Double(random.below(choices.count)) }
        return at(random.uniform())
    }

    /// The value at a place between 0 and 1 of the widened range.
    func at(_ place: Double) -> Double {
        if case .categorical(let choices) = self {
            return min(Double(choices.count - 1), (place * Double(choices.count)).rounded(.down))
        }
        let (low, high) = continuousBounds
        let number = low + place * (high - low)
        return rounded(isLog ? Real.exp(number) : number)
    }

    /// The place of a value between 0 and 1 of the widened range.
    func place(of inside: Double) -> Double {
        if case .categorical(let choices) = self { return (inside + 0.5) / Double(choices.count) }
        let (low, high) = continuousBounds
        guard high > low else { return 0.5 }
        return ((isLog ? Real.log(inside) : inside) - low) / (high - low)
    }
}

/// Every point as likely as the other.
package struct RandomSampler: Sampler {
    package init() {}
}
