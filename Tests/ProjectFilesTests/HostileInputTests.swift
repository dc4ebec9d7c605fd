import Documents
import ProjectFiles
import Testing

/// What strangers may put into a repository: none of it may trap, hang or be taken for something else.
@Suite("Hostile input") struct HostileInputTests {
    /// A small generator whose sequence is the same on every machine.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    private static let fragments = [
        "${", "}", "\\${", "[", "]", "{", ": ", "- ", "\n", "  ", "'", "\"", "#", "&a ", "*a", "!!int ", "|\n", "..",
        "/",
        "@", "-1", "99999999999999999999", "1e999", ".nan", "null", "true", "\u{0}", "é", "\u{FEFF}", "foreach",
        "matrix",
        "do", "cmd", "md5", "path", "2021-01-01", "<<", "?", ",", "=", "\"\"\"", "'''", "0x", "_", "\\u", "[[", "\r\n",
    ].map { Array($0.utf8) }

    /// Copies of a text with bytes removed, doubled, changed or slipped in.
    private static func mutants(of text: String, count: Int, seed: UInt64) -> [[UInt8]] {
        var generator = Generator(state: seed)
        return (0..<count).map { _ in
            var bytes = Array(text.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
                let start = Int.random(in: 0..<bytes.count, using: &generator)
                let end = min(bytes.count, start + Int.random(in: 1...12, using: &generator))
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes.removeSubrange(start..<end)
                case 1: bytes.insert(contentsOf: bytes[start..<end], at: start)
                case 2: bytes[start] = UInt8.random(in: 0...255, using: &generator)
                default: bytes.insert(contentsOf: fragments.randomElement(using: &generator) ?? [], at: start)
                }
            }
            return bytes
        }
    }

    @Test("a damaged pointer file is an error, or reads again as what it is written as")
    func pointerFiles() throws {
        for (index, text) in (PointerFileTests.written + PointerFileTests.imports).enumerated() {
            for bytes in Self.mutants(of: text, count: 60, seed: UInt64(index)) {
                guard let file = try? PointerFile(parsing: bytes, path: "x.dvc") else { continue }
                _ = file.definitionDigest
                let again = try PointerFile(try file.text(), path: "x.dvc")
                #expect(again.value == file.value, "\(String(decoding: bytes, as: UTF8.self))")
                _ = try file.text(updating: bytes)
            }
        }
    }

    @Test("a damaged lock file is an error, or can be read and written")
    func lockFiles() throws {
        for bytes in Self.mutants(of: LockFileTests.text, count: 120, seed: 1) {
            guard var file = try? LockFile(parsing: bytes, path: "dvc.lock") else { continue }
            for name in file.stageNames {
                let entry = try #require(file.entry(for: name, workingDirectory: ""))
                #expect(RunCacheEntry(entry).key.utf8.count == 64)
            }
            _ = try file.text()
        }
    }

    @Test("a damaged pipeline file is an error, or each of its stages is one or resolves")
    func pipelineFiles() {
        let cases = TemplateCase.values + TemplateCase.groupsAndVariables
        for (index, example) in cases.enumerated() {
            for bytes in Self.mutants(of: example.pipeline, count: 40, seed: UInt64(index)) {
                let file = try? PipelineFile(
                    parsing: bytes, path: "dvc.yaml", reader: MemoryReader(files: example.files))
                for name in (try? file?.stageNames) ?? file?.definedNames ?? [] {
                    guard let stage = try? file?.stage(named: name) else { continue }
                    _ = LockEntry(stage).value
                    _ = stage.pipelineEntry
                }
            }
        }
    }

    @Test("a damaged parameter file is an error, or gives values", arguments: ["p.yaml", "p.json", "p.toml", "p.py"])
    func paramsFiles(path: String) {
        let texts = [ParamsFileTests.python, ParamsFileTests.toml, #"{"a": [1, {"b": "\u00e9"}], "c": 1e5}"#]
        for text in texts {
            for bytes in Self.mutants(of: text, count: 150, seed: 7) {
                let file = try? ParamsFile(parsing: bytes, path: path)
                _ = file?.lookup("a.0.b")
            }
        }
    }

    @Test(
        "deep nesting is an error in every format",
        arguments: [
            ("p.yaml", "a: ", "[", ""), ("p.yaml", "", "- ", "a"), ("p.json", "", "[", ""), ("p.toml", "a = ", "[", ""),
            ("p.toml", "", "a.", "a = 1"), ("p.toml", "[", "a.", "a]"), ("p.toml", "a = {", "a.", "a = 1}"),
        ])
    func deepNesting(path: String, start: String, middle: String, end: String) {
        let text = start + String(repeating: middle, count: 50_000) + end
        #expect(throws: ParamsFileError.self) { try ParamsFile(parsing: Array(text.utf8), path: path) }
    }

    @Test("deep nesting in Python is passed over", arguments: [("[", "]"), ("-", "1"), ("{1: (", ")}")])
    func deepPython(opening: String, closing: String) throws {
        let literal = String(repeating: opening, count: 50_000) + String(repeating: closing, count: 50_000)
        let file = try ParamsFile(parsing: Array("a = \(literal)\nb = 1\n".utf8), path: "p.py")
        #expect(file.lookup("a") == nil)
        #expect(file.lookup("b") == 1)
    }

    @Test("classes in classes end at some depth")
    func deepClasses() throws {
        let text = (0..<2000).map { String(repeating: " ", count: $0) + "class A:\n" }.joined() + "b = 1\n"
        #expect(try ParamsFile(parsing: Array(text.utf8), path: "p.py").lookup("b") == 1)
    }

    @Test("the smallest integer can be negated")
    func smallestInteger() throws {
        let file = try ParamsFile(parsing: Array("a = --9223372036854775808\n".utf8), path: "p.py")
        #expect(file.lookup("a") == .bigInt("9223372036854775808"))
    }

    @Test("a long foreach is refused by its length")
    func longForeach() throws {
        let list = Array(repeating: "1", count: 100_001).joined(separator: ", ")
        let file = try PipelineFile("stages: {f: {foreach: [\(list)], do: {cmd: x}}}\n")
        #expect(summary { _ = try file.stageNames }.contains("100001 stages are more than the 100000"))
    }

    @Test("a path with a zero byte or none at all is no path", arguments: [#""a\0b""#, "''"])
    func brokenPaths(path: String) {
        #expect(summary { _ = try PointerFile("outs:\n- path: \(path)\n") }.contains("not a valid path"))
        #expect(summary { _ = try PipelineFile("stages: {s: {cmd: x, outs: [\(path)]}}\n").stages() } != "")
    }
}
