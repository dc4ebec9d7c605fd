import Documents
import Testing

/// Input made to exhaust or crash a parser; a trap here ends the whole run.
@Suite struct HostileInputTests {
    private func expectRefused(_ text: String) {
        #expect(throws: DocumentError.self) { try YAML.parse(text) }
        #expect(throws: DocumentError.self) { try YAMLDocument(parsing: Array(text.utf8)) }
    }

    @Test(
        "deep nesting is an error",
        arguments: ["[", "[\n", "{a: ", "- ", "? ", "[? ", "{? {", "a: {b: ["])
    func depth(unit: String) {
        expectRefused(String(repeating: unit, count: 100_000))
    }

    @Test("deep nesting by indentation is an error")
    func indentation() {
        expectRefused((0..<1000).map { String(repeating: " ", count: $0) + "a:\n" }.joined())
    }

    @Test("aliases that multiply, deepen or merge without measure are errors")
    func aliases() {
        func lines(_ count: Int, _ line: (Int) -> String) -> String {
            "a0: &a0 {x: 1}\n" + (1..<count).map(line).joined(separator: "\n")
        }
        expectRefused(lines(60) { "a\($0): &a\($0) [*a\($0 - 1), *a\($0 - 1)]" })
        expectRefused(lines(2000) { "a\($0): &a\($0) [*a\($0 - 1)]" })
        expectRefused(lines(200) { "a\($0): &a\($0)\n  <<: [*a\($0 - 1), *a\($0 - 1)]\n  k\($0): 1" })
    }

    @Test("an alias inside what it names is an error")
    func recursion() {
        for text in ["&a [*a]", "&a {x: *a}", "a: &a\n  b:\n    <<: *a", "&a [&b [*a, *b]]"] { expectRefused(text) }
    }

    @Test("documents up to the depth limit are read and written")
    func allowedDepth() throws {
        let text = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
        let value = try YAML.parse(text)
        #expect(try YAML.parse(YAML.emit(value)) == value)
        #expect(throws: DocumentError.self) { try YAML.parse("[" + text + "]") }
    }

    @Test("a document larger than the limit is not looked at")
    func size() {
        #expect(throws: DocumentError.self) { try YAML.parse("a: 1", limits: DocumentLimits(bytes: 3)) }
    }

    @Test("no bytes make a parser trap")
    func randomBytes() {
        var random = SplitMix64(seed: 1)
        let alphabet = Array("aB01.-_:?,[]{}#&*!|>'\"%@` \n\n\t\\é\u{85}\u{2028}\u{FEFF}~<=+x".utf8) + [0, 0xFF, 0xC3]
        var refused = 0
        for _ in 0..<3000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                alphabet.randomElement(using: &random) ?? 0
            }
            if (try? YAML.parse(bytes)) == nil { refused += 1 }
            if let document = try? YAMLDocument(parsing: bytes) { _ = document.text(updatedTo: document.value) }
            _ = try? JSON.parse(bytes)
        }
        #expect(refused > 500)
    }

    @Test("any string survives as a value, a key and an item, however long and odd")
    func anyString() throws {
        var random = SplitMix64(seed: 3)
        let parts = [
            "word", "a: b", " #", "'", "\"", "- ", "? ", "\t", "\n", "\n\n", "  ", "\\", "é", "\u{85}", "\u{2028}",
            "\u{FEFF}",
            "---", "...", "{", "[", ",", "true", "1e5", "\u{7}", "\r\n", "\u{1F600}", "&a", "*", "|", ">", "%", "=",
            "<<", "0x",
            String(repeating: "y", count: 90),
        ]
        for _ in 0..<600 {
            let separator = ["", " ", "  ", "\n"].randomElement(using: &random) ?? ""
            let text = (0..<Int.random(in: 0...30, using: &random)).map { _ in
                parts.randomElement(using: &random) ?? ""
            }.joined(separator: separator)
            let value = Value.mapping(Mapping([("a", [.string(text), .mapping(Mapping([(text, .string(text))]))])]))
            #expect(try YAML.parse(YAML.emit(value)) == value)
            #expect(try JSON.parse(JSON.emitPython(value)) == value)
        }
    }

    @Test("no damage to a document makes a parser or an edit trap, and edits stay readable")
    func damagedDocuments() throws {
        var random = SplitMix64(seed: 2)
        let sources = try goldenCases("edit.json").compactMap { $0["text"]?.string.map { Array($0.utf8) } }
        var read = 0
        for _ in 0..<1000 {
            var bytes = try #require(sources.randomElement(using: &random))
            for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0x20...0x7E, using: &random)
                case 1: bytes.remove(at: place)
                default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 9)], at: place)
                }
            }
            guard let document = try? YAMLDocument(parsing: bytes), case .mapping(var new) = document.value else {
                continue
            }
            read += 1
            new["k"] = ["v"]
            let text = document.text(updatedTo: .mapping(new))
            #expect(try YAML.parse(text).mapping?["k"] == ["v"])
        }
        #expect(read > 150)
    }
}

private struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
