import FileSystem
import Hashing
import Objects
import TestSupport
import Testing

@Suite struct DirectoryObjectTests {
    private func listing(_ paths: [String]) -> DirectoryObject {
        DirectoryObject(entries: paths.map { .init(path: RelativePath($0), digest: MD5.digest(of: Array($0.utf8))) })
    }

    private func text(_ object: DirectoryObject) -> String { String(decoding: object.bytes, as: UTF8.self) }

    private func parse(_ text: String) throws -> DirectoryObject { try DirectoryObject(parsing: Array(text.utf8)) }

    private func json(_ paths: [String]) -> String {
        let entries = paths.map { #"{"md5": "d41d8cd98f00b204e9800998ecf8427e", "relpath": "\#($0)"}"# }
        return "[" + entries.joined(separator: ", ") + "]"
    }

    @Test("an empty listing has the ID that DVC gives it")
    func empty() {
        #expect(text(listing([])) == "[]")
        #expect(listing([]).id().text == "d751713988987e9331980363e24189ce.dir")
    }

    /// Names and what Python's `json.dumps` makes of them.
    static let names: [(String, String)] = [
        ("plain name~", "plain name~"), ("q\"uote", #"q\"uote"#), ("back\\slash", #"back\\slash"#),
        ("tab\t", #"tab\t"#), ("line\n", #"line\n"#), ("return\r", #"return\r"#), ("\u{8}\u{C}", #"\b\f"#),
        ("\u{1}\u{1F}", #"\u0001\u001f"#), ("del\u{7F}", #"del\u007f"#), ("\u{80}\u{A0}", #"\u0080\u00a0"#),
        ("é", #"\u00e9"#), ("e\u{301}", #"e\u0301"#), ("\u{2028}", #"\u2028"#), ("日本", #"\u65e5\u672c"#),
        ("😀", #"\ud83d\ude00"#), ("\u{FFFF}", #"\uffff"#), ("\u{10FFFF}", #"\udbff\udfff"#),
    ]

    @Test("a name is written as Python writes it, and read back", arguments: names)
    func spelling(name: String, written: String) throws {
        let object = listing([name])
        let digest = MD5.digest(of: Array(name.utf8)).hex
        #expect(text(object) == #"[{"md5": "\#(digest)", "relpath": "\#(written)"}]"#)
        #expect(try DirectoryObject(parsing: object.bytes) == object)
    }

    @Test("a listing of odd names has the ID that Python gives it")
    func identity() {
        let names = [
            "a/b", "é", "e\u{301}", "日本", "😀 x", "q\"uote", "back\\slash", "tab\t", "nl\n", "cr\r", "\u{1}",
            "\u{8}\u{C}", "\u{1F}", "del\u{7F}", "nbsp\u{A0}", "\u{2028}", "x/x/x", "~ ", "\u{FFFF}", "\u{10FFFF}",
        ]
        #expect(listing(names).id().digest.hex == "80387f37cb64a418f45fd5702f1ad546")
    }

    @Test("paths are sorted by code points, not by UTF-16 units and not by what looks alike")
    func order() {
        let object = listing(["\u{10000}", "\u{FFFF}", "é", "e\u{301}", "a/b", "a-b", "a0"])
        #expect(
            object.entries.map(\.path.string.unicodeScalars.first) == [
                "a", "a", "a", "e", "é", "\u{FFFF}", "\u{10000}",
            ])
        #expect(object.entries.map(\.path).prefix(3) == ["a-b", "a/b", "a0"])
    }

    @Test("random listings survive being written and read")
    func roundTrip() throws {
        var random = SeededGenerator(seed: 7)
        let alphabet: [Unicode.Scalar] = ["a", "b", "-", ".", " ", "\"", "\\", "\n", "\u{7F}", "é", "日", "😀", "\u{1}"]
        for _ in 0..<200 {
            var names: Set<RelativePath> = []
            for _ in 0..<Int.random(in: 0...12, using: &random) {
                // Different depths get different prefixes, so that no path is file and folder.
                let depth = Int.random(in: 1...3, using: &random)
                let parts = (0..<depth).map { level in
                    var part = "\(depth)\(level)"
                    for _ in 0..<Int.random(in: 0...5, using: &random) {
                        part.unicodeScalars.append(alphabet.randomElement(using: &random) ?? "a")
                    }
                    return part
                }
                let path = parts.joined(separator: "/")
                if (try? PathGate.check(path)) != nil { names.insert(RelativePath(path)) }
            }
            let object = listing(names.map(\.string).shuffled(using: &random))
            #expect(try DirectoryObject(parsing: object.bytes) == object)
            for name in names { #expect(object.digest(of: name) == MD5.digest(of: Array(name.string.utf8))) }
        }
    }

    @Test("other spacing, key order and unknown keys do not change what a listing says")
    func otherShapes() throws {
        let digest = "d41d8cd98f00b204e9800998ecf8427e"
        let expected = try parse(json(["b", "é"]))
        #expect(
            try parse(
                " [\n{\"relpath\":\"\\u00e9\",\"md5\":\"\(digest)\",\"size\":3},{\"relpath\":\"b\",\"md5\":\"\(digest)\"}]\n"
            )
                == expected)
    }

    @Test(
        "a listing that names an unsafe path is refused",
        arguments: ["", "/a", "../a", "a/../b", "a//b", ".", "a/.", ".git/x", "a/.dvc/b", #"a\u0000b"#])
    func unsafe(path: String) {
        #expect(throws: InvalidDirectoryObject.self) { try parse(json([path])) }
    }

    @Test(
        "a listing with a path twice, or as file and folder, is refused wherever the two stand",
        arguments: [
            ["a", "a"], ["a", "b", "a"], ["a", "a/b"], ["a", "a-b", "a/x"], ["a/x", "a-b", "a"],
            ["d/a", "d/a!", "d/a-b/c", "d/a/x/y"], ["a", "a-b/c", "a/x/y/z"],
        ])
    func clashes(paths: [String]) {
        #expect(throws: InvalidDirectoryObject.self) { try parse(json(paths)) }
    }

    @Test("names that only begin alike are no clash")
    func noClash() throws {
        let paths = ["a-b", "a-b-c/d", "a/x", "a/y/z", "a/yy", "a0"]
        #expect(try parse(json(paths)).entries.map(\.path.string) == paths)
    }

    @Test(
        "bytes that are no listing are refused",
        arguments: [
            "", "[", "{}", "null", "[1]", "[{}]", #"[{"md5": "x", "relpath": "a"}]"#,
            #"[{"md5": "D41D8CD98F00B204E9800998ECF8427E", "relpath": "a"}]"#,
            #"[{"relpath": "a"}]"#, #"[{"md5": "d41d8cd98f00b204e9800998ecf8427e"}]"#,
            #"[{"md5": "d41d8cd98f00b204e9800998ecf8427e", "relpath": "a"}"#,
            #"[{"md5": "d41d8cd98f00b204e9800998ecf8427e", "relpath": "a"}]x"#,
            #"[{"md5": "d41d8cd98f00b204e9800998ecf8427e", "relpath": 1}]"#,
        ])
    func noListing(text: String) {
        #expect(throws: InvalidDirectoryObject.self) { try parse(text) }
    }

    @Test("any listing cut off or changed in a byte is refused or read, never fatal")
    func mutations() throws {
        let bytes = listing(["a/b", "é", "q\"\\"]).bytes
        for length in 0..<bytes.count {
            #expect(throws: InvalidDirectoryObject.self) { try DirectoryObject(parsing: Array(bytes[..<length])) }
        }
        var random = SeededGenerator(seed: 3)
        for index in bytes.indices {
            var changed = bytes
            changed[index] = UInt8.random(in: 0...255, using: &random)
            if let read = try? DirectoryObject(parsing: changed) { #expect(read.entries.count <= 3) }
        }
    }
}
