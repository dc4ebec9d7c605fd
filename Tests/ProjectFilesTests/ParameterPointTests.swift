import Documents
import Testing

@testable import ProjectFiles

@Suite("Points in parameter files") struct ParameterPointTests {
    @Test("a name stands for a key of params.yaml, or of the file before the colon")
    func places() {
        #expect(ParameterPoint.place("train.lr") == (file: "params.yaml", key: "train.lr"))
        #expect(ParameterPoint.place("conf/a.json:lr") == (file: "conf/a.json", key: "lr"))
        #expect(ParameterPoint.place(":lr") == (file: "params.yaml", key: ":lr"))
        let point = ParameterPoint([("a", 1), ("x.json:b", 2), ("c.d", 3)])
        #expect(point.files.map(\.path) == ["params.yaml", "x.json"])
        #expect(point.files[0].values.map(\.key) == ["a", "c.d"])
    }

    @Test("a value goes to its place in mappings and lists, and everything else stays")
    func replacing() {
        let value: Value = ["a": ["b": 1, "c": 2], "l": [1, ["x": 2]]]
        #expect(value.replacing(["a", "b"], by: 5) == ["a": ["b": 5, "c": 2], "l": [1, ["x": 2]]])
        #expect(value.replacing(["l", "1", "x"], by: 5) == ["a": ["b": 1, "c": 2], "l": [1, ["x": 5]]])
        #expect(value.replacing(["l", "0"], by: 5) == ["a": ["b": 1, "c": 2], "l": [5, ["x": 2]]])
        #expect(Value.mapping(Mapping()).replacing(["n", "m"], by: 5) == ["n": ["m": 5]])
    }
}
