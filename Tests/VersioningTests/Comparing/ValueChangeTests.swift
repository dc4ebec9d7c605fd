import Documents
import Testing
import Versioning

@Suite("Comparing values") struct ValueChangeTests {
    @Test("values are named by the keys on the way to them; lists are text, and empty mappings leave nothing")
    func nesting() throws {
        let changes = try changes(
            #"{"a": {"b": 1, "e": {}}, "l": [1, "x", null]}"#, #"{"a": {"b": {"c": 2}}, "l": [1]}"#)
        #expect(changes == ["a.b: 1 -> ", "a.b.c:  -> 2", #"l: "[1, 'x', None]" -> "[1]""#])
    }

    @Test("a file that is nothing but a value has an empty key, also where only one side has it")
    func bareValues() throws {
        #expect(try changes("5.5", "6") == [": 5.5 -> 6"])
        #expect(try changes(nil, "6") == [":  -> 6"])
        #expect(try changes("[1]", "[2]") == [": 1 -> 2"])
        #expect(try changes(#"["x"]"#, "{\"a\": 1}") == [#"a: "unable to parse" -> 1"#])
    }

    @Test("numbers that are equal are no change, whatever their kind, and NaN always is one")
    func equality() throws {
        #expect(try changes(#"{"a": 1, "b": true, "c": 0.5}"#, #"{"a": 1.0, "b": 1, "c": 0.5}"#) == [])
        #expect(try changes(#"{"a": NaN}"#, #"{"a": NaN}"#) == ["a: NaN -> NaN"])
        #expect(try changes(#"{"a": null}"#, "{}") == [])
    }

    @Test(
        "a difference is exact for whole numbers, counts truth values, and is none for texts",
        arguments: [
            ("3", "5", "2"), ("true", "false", "-1"), ("0.5", "2", "1.5"), ("1", "\"2\"", nil), ("null", "1", nil),
            ("-9223372036854775808", "9223372036854775807", "18446744073709551615"),
            ("9223372036854775807", "-9223372036854775808", "-18446744073709551615"),
        ] as [(String, String, String?)])
    func difference(old: String, new: String, difference: String?) throws {
        let change = ValueChange(key: "", old: try JSON.parse(old), new: try JSON.parse(new))
        #expect(change.difference.map { JSON.emitPython($0) } == difference)
    }

    /// What changed, as `key: old -> new` in JSON.
    private func changes(_ old: String?, _ new: String?) throws -> [String] {
        let changes = ValueDiff.changes(
            from: try old.map { try JSON.parse($0) }, to: try new.map { try JSON.parse($0) })
        func text(_ value: Value?) -> String { value.map { JSON.emitPython($0) } ?? "" }
        return changes.filter(\.isChange).map { "\($0.key): \(text($0.old)) -> \(text($0.new))" }
    }
}
