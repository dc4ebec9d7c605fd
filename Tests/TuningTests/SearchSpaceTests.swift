import Basics
import Documents
import Testing

@testable import Tuning

@Suite("Spaces")
struct SearchSpaceTests {
    @Test(
        "Hydra's override grammar says what Optuna's sweeper makes of it",
        arguments: [
            ("x=interval(1e-5, 1e-1)", Distribution.float(try FloatRange(1e-5, 1e-1))),
            ("x=tag(log, interval(1e-5,1e-1))", .float(try FloatRange(1e-5, 1e-1, log: true))),
            ("x=tag(log,int(interval(1,128)))", .int(try IntRange(1, 128, log: true))),
            ("x=int(interval(1, 8))", .int(try IntRange(1, 8))),
            ("x=range(1,8)", .int(try IntRange(1, 8))), ("x=range(1,8,step=2)", .int(try IntRange(1, 8, step: 2))),
            ("x=range(start=0,stop=1,step=0.25)", .float(try FloatRange(0, 1, step: 0.25))),
            ("x=range(5)", .int(try IntRange(0, 5))), ("x=choice(adam, sgd)", .categorical(["adam", "sgd"])),
            ("x=choice(1,2.5,true,null,'a,b')", .categorical([1, 2.5, true, .null, "a,b"])),
            ("x=adam,sgd", .categorical(["adam", "sgd"])), ("+x=shuffle(choice(1,2))", .categorical([1, 2])),
            ("x=shuffle(range(1,4))", .int(try IntRange(1, 4))),
            ("x=sort(3,1,2,reverse=true)", .categorical([3, 1, 2])),
            ("x=3", .categorical([3])), ("x=-1,1", .categorical([-1, 1])),
        ])
    func overrides(_ text: String, _ expected: Distribution) throws {
        let parameter = try OverrideGrammar.parameter(text)
        #expect(parameter.name == "x")
        #expect(parameter.distribution == expected)
    }

    @Test(
        "what the grammar does not know is refused",
        arguments: [
            "x", "=1,2", "x=interval(1)", "x=interval(a,b)", "x=interval(2,1)", "x=choice(", "x=glob(*)", "x=what(1)",
            "x=tag(log, interval(0,1))", "x='a", "x=[1,2", "x=choice(choice(1))", "x=range(1,2,3,4)", "~x=1,2",
            "x=" + String(repeating: "tag(", count: 500),
        ])
    func badOverrides(_ text: String) {
        #expect(throws: Failure.self) { try OverrideGrammar.parameter(text) }
    }

    @Test("the upper bound is lowered to a step, in decimal numbers")
    func steps() throws {
        #expect(try FloatRange(0, 1, step: 0.1).high == 1)
        #expect(try FloatRange(0, 1, step: 0.3).high == 0.9)
        #expect(try FloatRange(0.05, 0.5, step: 0.2).high == 0.45)
        #expect(try FloatRange(1e-15, 1e-14, step: 4e-15).high == 9e-15)
        #expect(try IntRange(1, 8, step: 3).high == 7)
        let distribution = Distribution.float(try FloatRange(0, 1, step: 0.1))
        #expect(
            (0...10).map { distribution.rounded(Double($0) / 10 + 0.02) }
                == [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1])
    }

    @Test("distributions go through Optuna's JSON")
    func json() throws {
        let range = Distribution.float(try FloatRange(1e-5, 0.1, log: true))
        #expect(
            JSON.emitPython(range.json)
                == #"{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.1, "log": true}}"#
        )
        for distribution in [
            range, .int(try IntRange(1, 9, step: 2)), .int(try IntRange(1, 9, log: true)),
            try .choices(["a", 1, 2.5, true, .null]), .float(try FloatRange(0, 1, step: 0.25)),
        ] { #expect(try Distribution(json: distribution.json) == distribution) }
        let old = try JSON.parse(
            #"{"name": "IntLogUniformDistribution", "attributes": {"low": 1, "high": 8, "step": 1}}"#)
        #expect(try Distribution(json: old) == .int(try IntRange(1, 8, log: true)))
    }

    @Test("a kind, a scale and choices may not change under one name, bounds may")
    func conflicts() throws {
        let range = Distribution.float(try FloatRange(1, 2))
        #expect(range.conflict(with: .float(try FloatRange(0, 5))) == nil)
        #expect(range.conflict(with: .float(try FloatRange(1, 2, log: true))) != nil)
        #expect(range.conflict(with: .int(try IntRange(1, 2))) != nil)
        #expect(try Distribution.choices([1, 2]).conflict(with: .choices([1, 3])) != nil)
    }

    private static let values: [String: Value] = ["opt": "sgd", "n": 3, "x": 0.5, "flag": true, "m.f1": 0.25]

    @Test(
        "conditions hold or not",
        arguments: [
            ("opt == 'sgd'", true), ("opt != 'sgd'", false), ("n > 2 and x <= 0.5", true), ("n >= 4 or x < 1", true),
            ("not (n == 3)", false), ("flag", true), ("!flag", false), ("opt in ['adam', 'sgd']", true),
            ("n not in [1, 2]", true), ("n * 2 + 1 == 7", true), ("-x < 0", true), ("n / 2 > x && m.f1 == 0.25", true),
            ("`m.f1` < 1e-1", false), ("missing == 1", false), ("missing != 1", false), ("n == 3.0", true),
        ])
    func conditions(_ text: String, _ expected: Bool) throws {
        #expect(try Expression(text).holds { Self.values[$0] } == expected)
    }

    @Test(
        "formulas that cannot be read are refused",
        arguments: [
            "", "a ==", "(a", "a b", "a == 'x", "1 +", "a in 3", "a @ b", "1..2 == 3", "and",
            String(repeating: "(", count: 1000), String(repeating: "not ", count: 1000) + "a",
        ])
    func badFormulas(_ text: String) {
        #expect(throws: Failure.self) { try Expression(text) }
    }

    @Test("a broken inequality says by how much")
    func violations() throws {
        func violation(_ text: String) throws -> Double { try Expression(text).violation { Self.values[$0] } }
        #expect(try violation("n <= 1") == 2)
        #expect(try violation("n >= 1") == -2)
        #expect(try violation("n <= 1 and x >= 4") == 3.5)
        #expect(try violation("n <= 1 or x >= 4") == 2)
        #expect(try violation("opt == 'adam'") == 1)
        #expect(try violation("n < 3") > 0)
    }
}
