import Documents
import Testing

@Suite("Settings files") struct ConfigDocumentTests {
    @Test(
        "a value is quoted exactly where configobj quotes it",
        arguments: [
            ("plain", "plain"), ("two words", "two words"), (" lead", #"" lead""#), ("trail ", #""trail ""#),
            ("\ttab", "\"\ttab\""), ("it's", "it's"), ("'q'", #""'q'""#), (#""q""#, #"'"q"'"#), (#"a"b"#, #"a"b"#),
            (#"a"b'c"#, #"'''a"b'c'''"#), ("a,b", #""a,b""#), ("a#b", #""a#b""#), ("# x", "\"# x\""), ("a=b", "a=b"),
            ("100%", "100%"), (#"back\slash"#, #"back\slash"#), ("", #""""#), ("a;b", "a;b"), ("[x]", "[x]"),
            ("s3://b/x?a=1&b=#c", #""s3://b/x?a=1&b=#c""#), ("\"", #"'"'"#), ("'", #""'""#),
            ("a,'b'", #""a,'b'""#), ("~/x", "~/x"), ("première", "première"), ("a\nb", "'''a\nb'''"),
        ])
    func quoting(value: String, written: String) throws {
        var document = ConfigDocument()
        document["core", "k"] = .string(value)
        let bytes = try document.serialized()
        #expect(String(decoding: bytes, as: UTF8.self) == "[core]\n    k = \(written)\n")
        #expect(try ConfigDocument(parsing: bytes) == document)
    }

    @Test(
        "what cannot be read back is refused before it is written",
        arguments: [#"both '''x and """y"#, "a\rb"])
    func unwritableValues(value: String) throws {
        var document = ConfigDocument()
        document["core", "k"] = .string(value)
        #expect(throws: DocumentError.self) { try document.serialized() }
    }

    @Test("a remote's name with both kinds of quotes is refused")
    func unwritableName() throws {
        var document = ConfigDocument()
        document["remote", "it's", "url"] = "x"
        #expect(throws: DocumentError.self) { try document.serialized() }
    }

    @Test("plain sections come first, then remotes and databases, and empty sections are dropped")
    func order() throws {
        let document = try parse(
            """
            # a comment
            ['db "x"']
            url = 1
            ['remote "One"'] # another
                url = ../../store
            [Core]
                Remote = one
            [cache]
            [remote "two"]
                url = s3://b
            [plots]
                out_dir = p
            """)
        #expect(
            text(document) == """
                [core]
                    remote = one
                [plots]
                    out_dir = p
                ['remote "one"']
                    url = ../../store
                ['remote "two"']
                    url = s3://b
                ['db "x"']
                    url = 1

                """)
    }

    @Test("settings without any option are one empty line, as DVC leaves them")
    func empty() throws {
        #expect(text(ConfigDocument()) == "\n")
        #expect(try parse("") == ConfigDocument())
        #expect(try parse("[core]\n[cache]\n")["core"] == .mapping(Mapping()))
    }

    @Test(
        "a value ends where configobj ends it",
        arguments: [
            ("a # b", .string("a")), ("a#b", .string("a")), (#""a # b" # c"#, .string("a # b")), ("", .string("")),
            ("#x", .string("")), ("a b'c", .string("a b'c")), ("a, b", .array(["a", "b"])),
            ("a,", .array(["a"])), (",", .array([])), (#""a, b", 'c'"#, .array(["a, b", "c"])),
            (#""a"x, "b""#, .string(#"a"x, "b"#)), (#"'''it"s'''"#, .string(#"it"s"#)),
            (#"""""two" words""" # c"#, .string(#""two" words"#)), ("a = b", .string("a = b")),
            ("%(other)s/x", .string("y/x")), ("%(other)", .string("%(other)")), ("50%", .string("50%")),
        ] as [(String, Value)])
    func values(written: String, value: Value) throws {
        #expect(try parse("[core]\nother = y\nk = \(written)\n")["core", "k"] == value)
    }

    @Test("a value in triple quotes goes on over lines")
    func multiline() throws {
        let document = try parse("[core]\nk = '''a\n  b # c\n''' # end\nl = 1\n")
        #expect(document["core", "k"] == "a\n  b # c\n")
        #expect(document["core", "l"] == "1")
    }

    @Test("keys may be quoted, and names are lower-cased")
    func keys() throws {
        let document = try parse("[ CORE ]\n\"A=b\" = 1\n'x y' = 2\nUrl=3\n")
        #expect(document["core"] == .mapping(Mapping([("a=b", "1"), ("x y", "2"), ("url", "3")])))
    }

    @Test("sections inside sections are kept")
    func nested() throws {
        let document = try parse("[a]\nx = 1\n[[b]]\ny = 2\n[[c]]\n[d]\nz = 3\n")
        #expect(document["a", "b", "y"] == "2")
        #expect(document["a", "c"] == .mapping(Mapping()))
        #expect(text(document) == "[a]\n    x = 1\n    [[b]]\n        y = 2\n    [[c]]\n[d]\n    z = 3\n")
    }

    @Test(
        "a mistake is reported in configobj's words with its line",
        arguments: [
            ("[core]\n; x\n", 2, "Invalid line ('; x') (matched as neither section nor keyword)"),
            ("[core\n", 1, "Invalid line ('[core') (matched as neither section nor keyword)"),
            ("[core]\nit's\n", 2, #"Invalid line ("it's") (matched as neither section nor keyword)"#),
            ("=a\n", 1, "Invalid line ('=a') (matched as neither section nor keyword)"),
            ("[a]\n\u{1B}[31m\n", 2, "Invalid line ('\\x1b[31m') (matched as neither section nor keyword)"),
            ("[[core]]\n", 1, "Section too nested"),
            ("[core]]\n", 1, "Cannot compute the section depth"),
            ("[core]\na=1\n[core]\n", 3, "Duplicate section name"),
            ("[core]\na=1\na=2\n", 3, "Duplicate keyword name"),
            ("[core]\nremote='a b\n", 2, "Parse error in value"),
            ("[core]\nremote=a, ,b\n", 2, "Parse error in value"),
            ("[core]\nremote='''a\nb\n", 2, "Parse error in multiline value"),
        ])
    func mistakes(source: String, line: Int, message: String) {
        let error = #expect(throws: DocumentError.self) { try parse(source) }
        #expect(error?.message == message)
        #expect(error?.line == line)
    }

    @Test("references in a circle and to nothing are errors")
    func interpolationMistakes() {
        #expect(throws: DocumentError.self) { try parse("[core]\na = %(b)s\nb = %(a)s\n") }
        #expect(throws: DocumentError.self) { try parse("[core]\na = %(nothing)s\n") }
    }

    @Test("text that grows without end by its references is refused")
    func interpolationBomb() {
        let lines = (1..<20).map { "a\($0) = " + String(repeating: "%(a\($0 - 1))s", count: 10) }.joined(
            separator: "\n")
        for start in ["x", ""] {
            #expect(throws: DocumentError.self) { try parse("[core]\na0 = \(start)\n\(lines)") }
        }
        let chain = (1..<9999).map { "a\($0) = %(a\($0 - 1))s" }.joined(separator: "\n")
        #expect(throws: DocumentError.self) { try parse("[core]\na0 = x\n\(chain)") }
    }

    @Test("bytes that are not UTF-8, and files without measure, are refused")
    func hostileBytes() {
        #expect(throws: DocumentError.self) { try ConfigDocument(parsing: [0x5B, 0xFF, 0x5D]) }
        #expect(throws: DocumentError.self) { try ConfigDocument(parsing: [UInt8](repeating: 0x23, count: 2 << 20)) }
    }

    @Test("lines of quotes, commas and brackets end in a value or an error")
    func hostileLines() {
        for unit in [#""","#, "'a',", "],", "[", "]", "= ", #"""""#, ", ", "a,\"", "%(", "%(a)s"] {
            let line = String(repeating: unit, count: 8000 / unit.utf8.count)
            for source in ["[core]\na = \(line)", "[\(line)", "[\(line)]", line, "\"\(line)=\(line)"] {
                if let document = try? parse(source) { _ = try? document.serialized() }
            }
        }
    }

    private func parse(_ source: String) throws(DocumentError) -> ConfigDocument {
        try ConfigDocument(parsing: Array(source.utf8))
    }

    private func text(_ document: ConfigDocument) -> String {
        (try? document.serialized()).map { String(decoding: $0, as: UTF8.self) } ?? "(unwritable)"
    }
}
