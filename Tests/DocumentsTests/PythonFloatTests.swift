import Documents
import Testing

@Suite struct PythonFloatTests {
    /// Pairs printed by Python's `round`.
    @Test(
        "numbers round as in Python: the exact value counts, and a tie goes to the even digit",
        arguments: [
            (1.005, 2, "1.0"), (2.5, 0, "2.0"), (0.125, 2, "0.12"), (123456.789012, 5, "123456.78901"),
            (1.23e-7, 5, "0.0"), (-1.23e-7, 5, "-0.0"), (1e22, 5, "1e+22"), (12345.678, -1, "12350.0"),
            (12345.678, -3, "12000.0"), (5, -1, "0.0"), (15, -1, "20.0"), (51, -2, "100.0"), (-51, -2, "-100.0"),
            (9.99, -2, "0.0"), (0.1, 400, "0.1"), (.infinity, 2, "inf"),
        ] as [(Double, Int, String)])
    func rounding(number: Double, digits: Int, text: String) {
        #expect(PythonFloat.repr(PythonFloat.rounded(number, digits: digits)) == text)
    }
}
