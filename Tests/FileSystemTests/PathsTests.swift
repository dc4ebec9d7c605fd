import FileSystem
import Testing

@Suite("Paths") struct PathsTests {
    @Test(
        "normalising goes by the text",
        arguments: [
            ("", "."), (".", "."), ("a/./b//c/", "a/b/c"), ("a/../b", "b"), ("../a/..", ".."), ("/..", "/"),
            ("/a/../../b", "/b"), ("a/..", "."), ("//a", "/a"), ("...", "..."), ("a/..b", "a/..b"),
        ])
    func normalized(input: String, expected: String) {
        #expect(Paths.normalized(input) == expected)
    }

    @Test(
        "relative paths lead back to where they point",
        arguments: [
            ("/a/b", "/a", "b"), ("/a", "/a", "."), ("/a", "/a/b/c", "../.."), ("/x/y", "/a/b", "../../x/y"),
            ("/", "/a", ".."), ("/ab", "/a", "../ab"), ("a/b", ".", "a/b"), (".", "a", ".."),
        ])
    func relative(path: String, base: String, expected: String) {
        #expect(Paths.relative(path, to: base) == expected)
    }

    @Test("a folder holds what is below it part by part, not by prefix")
    func inside() {
        #expect(Paths.isInside("/a/b", "/a"))
        #expect(Paths.isInside("/a", "/a/"))
        #expect(!Paths.isInside("/ab", "/a"))
        #expect(!Paths.isInside("/a/../b", "/a"))
        #expect(Paths.isInside("/a", "/"))
        #expect(!Paths.isInside("a", "/"))
        #expect(!Paths.isInside("../a", "."))
        #expect(Paths.isInside("a", "."))
    }

    @Test("parent and name take the last part off")
    func parentAndName() {
        #expect(Paths.parent("/a/b") == "/a")
        #expect(Paths.parent("/a") == "/")
        #expect(Paths.parent("/") == "/")
        #expect(Paths.parent("a") == ".")
        #expect(Paths.parent("a//b//") == "a")
        #expect(Paths.name("/a/b/") == "b")
        #expect(Paths.name("b") == "b")
        #expect(Paths.name("/") == "")
    }

    @Test("joining an absolute path gives that path")
    func join() {
        #expect(Paths.join("/a", "/b") == "/b")
        #expect(Paths.join("/", "b") == "/b")
        #expect(Paths.join("a", "b") == "a/b")
        #expect(Paths.absolute("../c", from: "/a/b") == "/a/c")
    }

    @Test("links are resolved in the part that exists")
    func resolving() throws {
        let folder = TemporaryFolder()
        try Files.makeDirectory(folder("real/deep"))
        try folder.symlink("link", to: folder("real"))
        #expect(Paths.resolvingLinks(folder("link/deep/none/x")) == folder("real/deep/none/x"))
        #expect(Paths.resolvingLinks(folder("link")) == folder("real"))
    }

    @Test("relative paths are compared by bytes, so names that only look alike differ")
    func byteOrder() {
        let composed: RelativePath = "caf\u{E9}"
        let decomposed: RelativePath = "cafe\u{301}"
        #expect(composed.string == decomposed.string)
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        let names: [RelativePath] = ["a/x", "a.b", "a-c", "a b", "b", "\u{10000}", "\u{FFFF}", "a", ""]
        #expect(names.sorted().map(\.string) == ["", "a", "a b", "a-c", "a.b", "a/x", "b", "\u{FFFF}", "\u{10000}"])
    }

    @Test("text for messages cannot steer a terminal")
    func printable() {
        #expect("a\u{1B}[31m\nb\u{202E}c é".printable == "a\\x1b[31m\\nb\\u{202e}c é")
    }
}
