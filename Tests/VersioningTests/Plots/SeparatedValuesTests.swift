import Documents
import Testing

@testable import Versioning

@Suite("Rows of CSV files") struct SeparatedValuesTests {
    private func rows(_ text: String, separator: Character = ",", hasHeader: Bool = true) throws -> String {
        let byte = try #require(separator.asciiValue)
        return JSON.emitPython(
            .array(try SeparatedValues.rows(Array(text.utf8), separator: byte, hasHeader: hasHeader)))
    }

    // What Python's csv.DictReader gives for the same texts.
    @Test(
        "are what Python reads",
        arguments: [
            ("a,b\r\n1,2\r3,4\n", #"[{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]"#),
            ("a,b\n\"x\ny\",\"q \"\"u\"\"\"\n", #"[{"a": "x\ny", "b": "q \"u\""}]"#),
            ("a,b\n1\n\n2,3,4,5\n", #"[{"a": "1", "b": null}, {"a": "2", "b": "3", "null": ["4", "5"]}]"#),
            ("a,a\n1,2", #"[{"a": "2"}]"#),
            ("a\n\"open", #"[{"a": "open"}]"#),
            ("a\nx\"y\n\"b\"c\n", #"[{"a": "x\"y"}, {"a": "bc"}]"#),
            ("a,b\n", "[]"), ("", "[]"), ("a,b\n,\n", #"[{"a": "", "b": ""}]"#),
        ])
    func likePython(_ text: String, _ expected: String) throws {
        #expect(try rows(text) == expected)
    }

    @Test("without a header are counted, at commas even where tabs divide them, as in DVC")
    func withoutHeader() throws {
        #expect(try rows("1,2\n3,4", hasHeader: false) == #"[{"0": "1", "1": "2"}, {"0": "3", "1": "4"}]"#)
        #expect(try rows("1\t2\n", separator: "\t", hasHeader: false) == #"[{"0": "1", "null": ["2"]}]"#)
        #expect(throws: PlotFailure.self) { try rows("", hasHeader: false) }
    }

    @Test("with a field beyond Python's limit are refused")
    func longField() {
        #expect(throws: PlotFailure("Error", "field larger than field limit (131072)")) {
            try rows("a\n" + String(repeating: "x", count: 131_073))
        }
    }
}
