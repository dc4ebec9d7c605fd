import Testing

@testable import Charts

@Suite("Numbers on axes") struct NumberTextTests {
    @Test("ticks have as many decimals as they need to differ")
    func ticks() {
        #expect(NumberText.tick(0.25, step: 0.05) == "0.25")
        #expect(NumberText.tick(-2, step: 1) == "-2")
        #expect(NumberText.tick(0, step: 0.001) == "0")
        #expect(NumberText.tick(2_500_000, step: 500_000) == "2.5e6")
        #expect(NumberText.tick(0.000_02, step: 0.000_01) == "2e-5")
    }

    @Test("a short text has about five digits")
    func short() {
        #expect(NumberText.short(8.772_682_253) == "8.7727" && NumberText.short(-0.5) == "-0.5")
        #expect(NumberText.short(1_234_567) == "1.2346e6" && NumberText.short(0) == "0")
    }

    @Test("an exact text gives the number back", arguments: [0.1, -3, 1e300, 5e-324, 12_345.678, 0])
    func exact(number: Double) {
        #expect(Double(NumberText.exact(number)) == number)
    }

    @Test("an axis covers its values and begins and ends on ticks")
    func scale() {
        let scale = Scale([0.13, 0.87], from: 0, to: 100, count: 5)
        #expect(scale.lower <= 0.13 && scale.upper >= 0.87)
        #expect(scale.ticks.first?.value == scale.lower)
        #expect(scale.position(scale.lower) == 0 && scale.position(scale.upper) == 100)
    }

    @Test(
        "numbers at the end of what a Double holds draw an axis, too",
        arguments: [[Double.greatestFiniteMagnitude, -Double.greatestFiniteMagnitude], [5e-324, 1e-323], [1e300], []])
    func extremes(values: [Double]) {
        let scale = Scale(values, from: 0, to: 100, count: 5)
        for value in values { #expect(scale.position(value).isFinite) }
        #expect(!scale.ticks.isEmpty)
    }
}
