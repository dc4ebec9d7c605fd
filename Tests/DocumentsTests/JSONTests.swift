import Documents
import Testing

@Suite struct JSONTests {
    @Test("every kind of value is read")
    func values() throws {
        let value = try JSON.parse(#" {"a": [1, -2.5e3, true, false, null], "b": "\u00e9\ud83d\ude00\/\n", "c": {}} "#)
        #expect(
            value
                == .mapping(
                    Mapping([
                        ("a", [1, .float(-2500), true, false, .null]), ("b", "é😀/\n"), ("c", .mapping(Mapping())),
                    ])))
        #expect(try JSON.parse("[Infinity, -Infinity]") == [.float(.infinity), .float(-.infinity)])
        #expect(try JSON.parse("123456789012345678901234567890") == .bigInt("123456789012345678901234567890"))
        #expect(JSON.emitPython(try JSON.parse("NaN")) == "NaN")
    }

    @Test(
        "what RFC 8259 forbids is refused",
        arguments: [
            "", "[1,]", "{\"a\":1,}", "{a: 1}", "01", "1.", ".5", "+1", "-", "1e", "\"\t\"", "\"\\x\"", "\"\\u12\"",
            "\"a",
            "[1] 2", "'a'", "tru", "\u{FEFF}1", "\"\\ud800\"", "\"\\ud800\\u0041\"", "nul", "[", "{\"a\"}", "// c\n1",
        ])
    func refused(text: String) {
        #expect(throws: DocumentError.self) { try JSON.parse(text) }
    }

    @Test("bytes that are not UTF-8 are refused")
    func encoding() {
        #expect(throws: DocumentError.self) { try JSON.parse([0x22, 0xFF, 0x22]) }
        #expect(throws: DocumentError.self) { try JSON.parse([0x22, 0x5C, 0x6E, 0xC3, 0x22]) }
    }

    @Test("duplicate keys are refused unless the last one may count")
    func duplicates() throws {
        let text = "{\n  \"é\": 1, \"a\": 1, \"a\": 2}"
        #expect(
            throws: DocumentError(
                "duplicate key \"a\"", line: 2, column: 19, excerpt: "  \"é\": 1, \"a\": 1, \"a\": 2}")
        ) { try JSON.parse(text) }
        #expect(try JSON.parse(text, duplicateKeys: .overwriting).mapping?["a"] == 2)
    }

    @Test("depth and size have limits")
    func limits() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: DocumentError.self) { try JSON.parse(deep) }
        #expect(throws: DocumentError.self) { try JSON.parse(String(repeating: "{\"a\":", count: 100_000)) }
        #expect(throws: DocumentError.self) { try JSON.parse("[1, 2, 3]", limits: DocumentLimits(bytes: 5)) }
    }

    @Test("keys sort by code point on request")
    func sorting() {
        let value = Value.mapping(Mapping([("é", 1), ("a", 2), ("Z", 3), ("\u{1F600}", 4), ("\u{FFFD}", 5)]))
        #expect(
            JSON.emitPython(value, sortKeys: true)
                == #"{"Z": 3, "a": 2, "\u00e9": 1, "\ufffd": 5, "\ud83d\ude00": 4}"#)
    }

    @Test(
        "floats are spelled as Python spells them",
        arguments: [
            (0.1, "0.1"), (1, "1.0"), (1e-5, "1e-05"), (0.0001, "0.0001"), (1e16, "1e+16"),
            (1e15, "1000000000000000.0"),
            (12_345_678_901_234_568, "1.2345678901234568e+16"), (9_007_199_254_740_994, "9007199254740994.0"),
            (.leastNonzeroMagnitude, "5e-324"), (1.7976931348623157e308, "1.7976931348623157e+308"), (-0.0, "-0.0"),
            (1.5e-7, "1.5e-07"),
            (123_456.789, "123456.789"), (.infinity, "inf"), (-.infinity, "-inf"), (.nan, "nan"), (1e100, "1e+100"),
        ] as [(Double, String)])
    func floats(number: Double, text: String) {
        #expect(PythonFloat.repr(number) == text)
    }
}
