import Charts
import Testing

@Suite("A curve in one line") struct SparklineTests {
    @Test(
        "rises with its values",
        arguments: [
            ([0, 1, 2, 3, 4, 5, 6, 7], 8, "▁▂▃▄▅▆▇█"), ([3, 3, 3], 8, "▄▄▄"), ([], 8, ""), ([1, 2], 0, ""),
            ([0, 0, 7, 7], 2, "▁█"), ([1, .nan, 2], 8, "▁ █"), ([.nan], 3, " "),
            ([-.greatestFiniteMagnitude, 0, .greatestFiniteMagnitude], 8, "▁▅█"),
        ] as [([Double], Int, String)])
    func curve(_ values: [Double], _ width: Int, _ text: String) {
        #expect(Sparkline.text(values, width: width) == text)
    }

    @Test("is as wide as it may be, and ends with the last value")
    func width() {
        let text = Sparkline.text((0..<1000).map { $0 == 999 ? 5000 : Double($0) }, width: 40)
        #expect(text.count == 40 && text.last == "█" && text.dropLast().last != "█")
    }
}
