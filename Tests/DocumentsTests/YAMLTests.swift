import Documents
import Testing

@Suite struct YAMLTests {
    @Test(
        "plain scalars follow YAML 1.2",
        arguments: [
            ("yes", "yes"), ("off", "off"), ("1:30", "1:30"), ("0777", 777), ("0o17", 15), ("0x1F", 31), ("0b11", 3),
            ("1_000", 1000), ("+1", 1), ("1e5", .float(100_000)), ("1_0.5", .float(10.5)), (".5", .float(0.5)),
            ("1.", .float(1)), ("-.INF", .float(-.infinity)), ("True", true), ("~", .null), ("'5'", "5"),
            ("2021-01-01", .date("2021-01-01")), ("99999999999999999999", .bigInt("99999999999999999999")),
            ("-0x10000000000000000", .bigInt("-18446744073709551616")), ("-_", "-_"), ("1e", "1e"),
        ] as [(String, Value)])
    func scalars(text: String, value: Value) throws {
        #expect(try YAML.parse("a: \(text)").mapping?["a"] == value)
    }

    @Test("keys that are no strings become text")
    func keys() throws {
        #expect(try YAML.parse("1: a\ntrue: b\n~: c\n0x10: d").mapping?.keys == ["1", "true", "null", "16"])
    }

    @Test("an empty document is null, whatever it is empty with")
    func empty() throws {
        for text in ["", "\n\n", "# comment", "---\n", "\u{FEFF}"] { #expect(try YAML.parse(text) == .null) }
    }

    @Test("a byte order mark and Windows line breaks change nothing")
    func textModes() throws {
        #expect(try YAML.parse("\u{FEFF}a: 1\r\nb: |\r\n  x\r\n  y\r\n") == YAML.parse("a: 1\nb: |\n  x\n  y\n"))
    }

    @Test("own keys win over merged ones, and the first merged mapping over later ones")
    func merging() throws {
        let value = try YAML.parse("a: &a {x: 1, y: 1}\nb: &b {x: 2, z: 2}\nc:\n  <<: [*a, *b]\n  y: 3\n")
        #expect(value.mapping?["c"] == .mapping(Mapping([("x", 1), ("y", 3), ("z", 2)])))
    }

    @Test("errors say where and show the line")
    func errors() {
        #expect(throws: DocumentError("Found duplicate key \"a\"", line: 4, column: 3, excerpt: "  a: 2")) {
            try YAML.parse("x:\n  a: 1\n\n  a: 2\n")
        }
        #expect(
            throws: DocumentError("Expected ',' or ']', but found '{'", line: 2, column: 8, excerpt: "é: [x_${a}]")
        ) { try YAML.parse("# ü\né: [x_${a}]\n") }
    }

    @Test(
        "what has no meaning is refused",
        arguments: [
            "a: !foo 1", "a: <<", "a: =", "<<: 1\na: 1", "a: 1\n---\nb: 2", "a: *b", "a: &a [*a]",
            "%YAML 1.1\n---\na: 1",
            "? [a]\n: 1", "a: \"\\ud800\"", "a: \"\\q\"", "a: 'x", "a: b: c", "a:\n\tb: 1", "[a, b", "a: 1\n b: 2",
            "a: \u{1}",
        ])
    func refused(text: String) {
        #expect(throws: DocumentError.self) { try YAML.parse(text) }
    }

    @Test("a string keeps its type through writing and reading")
    func types() throws {
        let tabs = String(repeating: "word\t", count: 30) + "a word"
        for text in [
            "null", "1e5", "0x1F", "2021-01-01", "true", "", " x", "a: b", "=", "<<", "é\u{85}", "\u{7F}", tabs,
        ] {
            #expect(try YAML.parse(YAML.emit(.mapping(Mapping([("k", .string(text))])))).mapping?["k"] == .string(text))
        }
    }
}
