import Documents
import ProjectFiles
import Testing

@Suite("Parameter files") struct ParamsFileTests {
    private static func parse(_ text: String, _ path: String) throws -> Value {
        try ParamsFile(parsing: Array(text.utf8), path: path).value
    }

    /// Read by DVC 3.67 as the JSON beside it.
    static let python = ###"""
        #!/usr/bin/env python
        """Doc
        string"""
        from __future__ import annotations
        import os, sys

        A = 1; B = -2.5
        BIG = 123456789012345678901234567890
        HEX, OCT = 0x1F, 0o17
        HEXA = 0xff_ff
        OCTA = 0o17
        BIN = 0b101
        F = 1e-5
        G = 1_000.5
        H = .5
        PLUS = +3
        T = True
        N = None
        S = 'it\'s' "two" \
            """three
        lines"""
        R = r"a\nb"
        E = "\x41\u00e9\U0001F600\101\n\q"
        FS = f"{A}"
        L = [1, [2, (3, 4)], {"a": 1},  # comment ]
             "x",]
        TUP = 1, 2
        ONE = (1,)
        PAR = (1)
        EMP = ()
        D = {"k": 1, 2: "two", "n": {"m": [1.0]}, **{}} if False else 1
        D2 = {"k": 1, 2: "two", "n": {"m": [1.0]},}
        ST = {1, 2}
        CALL = os.environ["x"]
        X = Y = 5
        A1, A2 = 1, 2
        M: int = 7
        M2: "list[int]"
        self.q = 3
        os.q = 4
        A += 1
        if A: IFX = 1
        if A:
            INSIDE = 1
        else: ELSE = 2
        try:
            z = 1
        except: q = 1
        def f():
            x = 1
            class Inner:
                y = 1
        class Cfg(object):
            """doc"""
            lr = 0.1
            class Nested:
                deep = [1]
            @property
            def __init__(self, a=1):
                self.k = {"b": 1}
                loc = 3
                self.sum = 1 + 2
                self.neg = -1
                if a:
                    self.hidden = 1
                self.after: float = 2.0
            def other(self):
                self.no = 1
            last = "x"
        class Empty: pass
        def __init__(self):
            self.top = 1
        LAST = 1 if A else 2
        ST2 = set()
        CMP = A == 1
        LAM = lambda: 1

        """###
    private static let pythonValues = ###"""
        {"A": 1, "B": -2.5, "BIG": 123456789012345678901234567890, "HEXA": 65535, "OCTA": 15, "BIN": 5, "F": 1e-05, "G": 1000.5, "H": 0.5, "PLUS": 3, "T": true, "N": null, "S": "it'stwothree\nlines", "R": "a\\nb", "E": "A\u00e9\ud83d\ude00A\n\\q", "L": [1, [2, [3, 4]], {"a": 1}, "x"], "TUP": [1, 2], "ONE": [1], "PAR": 1, "EMP": [], "D2": {"k": 1, "2": "two", "n": {"m": [1.0]}}, "ST": [1, 2], "M": 7, "q": 3, "Cfg": {"lr": 0.1, "Nested": {"deep": [1]}, "k": {"b": 1}, "neg": -1, "after": 2.0, "last": "x"}, "Empty": {}, "top": 1, "ST2": []}
        """###

    @Test("Python gives its literals, and nothing that would have to be run")
    func pythonLiterals() throws {
        #expect(JSON.emitPython(try Self.parse(Self.python, "p.py"), sortKeys: false) == Self.pythonValues)
    }

    static let toml = ###"""
        # comment
        title = "TOML \u00e9 \"q\""
        lit = 'C:\x'
        multi = """
        one \
           two
        three"""
        ml = '''
        a'b''c'''
        int = 1_000
        neg = -17
        hex = 0xDEAD_BEEF
        flt = 6.626e-34
        f2 = 1.0
        inf = -inf
        t = true
        d = 1979-05-27
        dt = 1979-05-27T07:32:00Z
        dt2 = 1979-05-27 07:32:00
        arr = [ 1, 2,
          [ "a", {x = 1, y.z = 2} ], # c
        ]
        "quoted key" = 1
        a.b.c = 3
        a.b.d = 4
        [z]
        q = 1
        [z.y."w x"]
        v = 1
        [[p]]
        n = 1
        [p.sub]
        k = 1
        [[p]]
        n = 2
        [[p.fruit]]
        x = 1
        [b]

        """###
    private static let tomlValues = ###"""
        {"title": "TOML \u00e9 \"q\"", "lit": "C:\\x", "multi": "one two\nthree", "ml": "a'b''c", "int": 1000, "neg": -17, "hex": 3735928559, "flt": 6.626e-34, "f2": 1.0, "inf": -Infinity, "t": true, "d": "date", "dt": "date", "dt2": "date", "arr": [1, 2, ["a", {"x": 1, "y": {"z": 2}}]], "quoted key": 1, "a": {"b": {"c": 3, "d": 4}}, "z": {"q": 1, "y": {"w x": {"v": 1}}}, "p": [{"n": 1, "sub": {"k": 1}}, {"n": 2, "fruit": [{"x": 1}]}], "b": {}}
        """###

    @Test("TOML gives its values in the order of the file")
    func tomlValues() throws {
        var value = try #require(try Self.parse(Self.toml, "p.toml").mapping)
        for key in ["d", "dt", "dt2"] {
            guard case .date = value[key] else {
                Issue.record("\(key) is no date")
                continue
            }
            value[key] = "date"
        }
        #expect(JSON.emitPython(.mapping(value), sortKeys: false) == Self.tomlValues)
    }

    @Test(
        "broken files are told with their format",
        arguments: [
            ("a: [1\n", "p.yaml", "YAML"), ("{\"a\": }", "p.json", "JSON"), ("a = [1\n", "p.toml", "TOML"),
            ("a = 1\na = 2\n", "p.toml", "TOML"), ("a = \n", "p.toml", "TOML"), ("[a]\n[a]\n", "p.toml", "TOML"),
            ("a = 'b\n", "p.py", "Python"), ("a = [1,\n", "p.py", "Python"), ("a = 1]\n", "p.py", "Python"),
        ])
    func broken(text: String, path: String, format: String) {
        let error = #expect(throws: ParamsFileError.self) { try Self.parse(text, path) }
        #expect(
            error?.summary.hasPrefix("unable to read: '\(path)', \(format) file structure is corrupted: ") == true)
    }

    @Test("a key path goes through mappings and lists")
    func lookup() throws {
        let file = try ParamsFile(parsing: Array("a: {b: [1, {c: x}]}\n'1': y\n".utf8), path: "p.yaml")
        #expect(file.lookup("a.b.0") == 1)
        #expect(file.lookup("a.b.1.c") == "x")
        #expect(file.lookup("1") == "y")
        for missing in ["a.b.2", "a.b.-1", "a.b.x", "a.b.0.c", "", "a.", "a..b"] {
            #expect(file.lookup(missing) == nil, "\(missing)")
        }
    }

    @Test("an empty file has no values")
    func empty() throws {
        #expect(try Self.parse("", "p.yaml") == .mapping(Mapping()))
        #expect(try Self.parse("", "p.py") == .mapping(Mapping()))
        #expect(try Self.parse("# c\n", "p.toml") == .mapping(Mapping()))
    }

    @Test("a bare number is a document too")
    func bareNumber() throws {
        #expect(try Self.parse("5.5\n", "m") == .float(5.5))
    }

    // MARK: Status

    private static func file(_ text: String) throws -> ParamsFile {
        try ParamsFile(parsing: Array(text.utf8), path: "params.yaml")
    }
    private static func locked(_ text: String) throws -> Mapping? { try YAML.parse(text).mapping }
    private static func text(_ status: ParamsStatus) -> [String] {
        guard case .keys(let keys) = status else { return ["\(status)"] }
        return keys.map { "\($0.key) \($0.change)" }
    }

    @Test("keys are new, modified or deleted, in the order of the stage")
    func statusOfKeys() throws {
        let dependency = ParamsDependency(
            keys: ["z", "a.b", "gone", "same", "never"],
            locked: try Self.locked("{a.b: 1, gone: 1, same: [1, {x: 2}], never: 1}"))
        let file = try Self.file("z: 1\na: {b: 2}\nsame: [1, {x: 2}]\n")
        #expect(
            Self.text(dependency.status(current: file)) == [
                "z new", "a.b modified", "gone deleted", "never deleted",
            ])
    }

    @Test("a whole file compares its top-level keys, its own first")
    func statusOfWholeFile() throws {
        let dependency = ParamsDependency(keys: [], locked: try Self.locked("{a: 1, b: 2, c: {d: 1}}"))
        let file = try Self.file("new: 1\nc: {d: 2}\na: 1\n")
        #expect(Self.text(dependency.status(current: file)) == ["new new", "c modified", "b deleted"])
    }

    @Test("numbers compare by value, and NaN is always modified")
    func numbers() throws {
        let keys = ["i", "b", "n", "l", "s"]
        let dependency = ParamsDependency(
            keys: keys, locked: try Self.locked("{i: 1.0, b: 1, n: .nan, l: [1.0], s: '1'}"))
        let file = try Self.file("i: 1\nb: true\nn: .nan\nl: [1]\ns: 1\n")
        #expect(Self.text(dependency.status(current: file)) == ["n modified", "s modified"])
    }

    @Test("a missing file is deleted, and one never locked is new")
    func wholeFileStates() throws {
        #expect(ParamsDependency(keys: ["a"], locked: Mapping()).status(current: nil) == .deleted)
        #expect(ParamsDependency(keys: ["a"]).status(current: try Self.file("a: 1\n")) == .new)
        let same = ParamsDependency(keys: ["a"], locked: try Self.locked("{a: 1}"))
        #expect(same.status(current: try Self.file("a: 1\n")).isUnchanged)
    }
}
