import Basics
import Testing

@testable import Evaluation

@Suite("thresholds") struct ThresholdTests {
    //      score:   .9  .8  .7  .6  .5  .4  .3  .2
    private static let truth = [1, 1, 0, 1, 0, 1, 0, 0]
    private static let scores = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2]

    private func choose(_ rule: String, truth: [Int] = truth, weights: [Double]? = nil) throws -> Double {
        let counts = try ThresholdCounts(positives: truth.map { $0 == 1 }, scores: Self.scores, weights: weights)
        return try ThresholdChoice(counts, of: "valid.csv").threshold(try #require(ThresholdRule(rule)))
    }

    @Test(
        "each rule finds the threshold that a person finds",
        arguments: [
            // At .4 the F1 is 2·4/(6+4), at .6 it is 2·3/(4+4).
            ("f1", 0.4), ("max_f1", 0.4),
            // At .8 recall is 2/4 and no negative is taken; at .6 it is 3/4 and 1/4; the higher one wins.
            ("youden", 0.8), ("accuracy", 0.8),
            ("recall>=0.75", 0.6), ("recall>=1", 0.4), ("precision>=0.75", 0.6), ("precision>=1", 0.8),
            ("fpr<=0.25", 0.6), ("fpr<=0", 0.8),
            // A miss costs as much as ten alarms: all positives are taken.
            ("cost:fp=1,fn=10", 0.4),
        ])
    func rules(_ rule: String, _ threshold: Double) throws {
        #expect(try choose(rule) == threshold)
    }

    @Test("a miss that costs nothing leaves nothing positive")
    func nothing() throws {
        #expect(try choose("cost:fp=5,fn=0") > 0.9)
    }

    @Test("weights count")
    func weights() throws {
        // The negative at .7 hardly counts any more.
        #expect(try choose("youden", weights: [1, 1, 0.01, 1, 1, 1, 1, 1]) == 0.6)
    }

    @Test("what is no rule is refused, and rules read as they are written")
    func reading() {
        for text in ["f2", "recall>0.9", "recall>=1.5", "cost:fp=1", "cost:fp=-1,fn=2", "cost:fp=0,fn=0", ""] {
            #expect(ThresholdRule(text) == nil, "\(text)")
        }
        #expect(ThresholdRule("cost: fp=1, fn=5")?.text == "cost:fp=1,fn=5")
        #expect(ThresholdRule("recall>=0.9")?.text == "recall>=0.9")
    }

    @Test("rows of one class give no threshold, and a precision that is out of reach says so")
    func impossible() {
        #expect(throws: InputError.self) { try choose("f1", truth: [1, 1, 1, 1, 1, 1, 1, 1]) }
        #expect {
            try choose("precision>=0.9", truth: [0, 0, 0, 0, 0, 0, 0, 1])
        } throws: { ($0 as? InputError)?.summary == "no threshold has a precision of 0.9 on 'valid.csv'" }
    }
}
