import Git
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("Git's ignore rules") struct GitIgnoreTests {
    @Test("each edit of a .gitignore counts at once")
    func quickEdits() throws {
        let fixture = try TemporaryGitRepository()
        let repository = try fixture.open()
        for round in 0..<200 {
            // One length and often one clock tick: only the text differs.
            let (one, other) = round.isMultiple(of: 2) ? ("a", "b") : ("b", "a")
            try fixture.write(".gitignore", "/\(one)\n")
            try #require(try repository.isIgnored(fixture.path + "/" + one))
            try #require(try repository.isIgnored(fixture.path + "/" + other) == false)
        }
        fixture.remove(".gitignore")
        #expect(try repository.isIgnored(fixture.path + "/a") == false)
        #expect(try repository.isIgnored(fixture.path + "/b") == false)
    }

    @Test("a .gitignore in a folder that had none counts at once")
    func newFile() throws {
        let fixture = try TemporaryGitRepository()
        try fixture.write("data/keep", "")
        let repository = try fixture.open()
        #expect(try repository.isIgnored(fixture.path + "/data/big") == false)
        try fixture.write("data/.gitignore", "/big\n")
        #expect(try repository.isIgnored(fixture.path + "/data/big"))
        #expect(try repository.isIgnored(fixture.path + "/big") == false)
    }

    @Test("a rule for folders matches what is said to be one")
    func foldersOnly() throws {
        let fixture = try TemporaryGitRepository()
        try fixture.write(".gitignore", "out/\n")
        let repository = try fixture.open()
        #expect(try repository.isIgnored(fixture.path + "/out", isDirectory: true))
        #expect(try repository.isIgnored(fixture.path + "/out", isDirectory: false) == false)
        #expect(try repository.isIgnored(fixture.path + "/out/file"))
        try fixture.write("out/file", "")
        #expect(try repository.isIgnored(fixture.path + "/out"))
    }

    @Test("answers agree with `git check-ignore`")
    func agreesWithGit() throws {
        let fixture = try TemporaryGitRepository()
        let rules = [
            "*.log", "!keep.log", "/top", "sub/inner", "deep/**/leaf", "**/any", "a/**", "!a/b", "folder/", "\\!bang",
            "\\#hash", "[ab].txt", "wild?", "esc\\*", "space\\ ", "data/*", "!data/keep", "x/*/y", "# comment", "",
            "cut  ", "\\", "open[", "[[:digit:]]x", "[!a-c]z", "m**n", "/p**/q", "r/**/", "**", "!*", "w/***/v",
            "back\\\\slash", "[]-]k", "[a-]l", "[z-a]o", "k\\", "no/**x", "*a*b*c*", "!", "/", "//", "[^[:alpha:]]u",
            "tail/**", "*/one", "**/two/three", "crlf\r", "[\\]]i", "te?t/x", "te[/]t/y", "*.d/e",
        ]
        try fixture.write(".gitignore", "\u{FEFF}" + rules.joined(separator: "\n") + "\nlast")
        try fixture.write("sub/.gitignore", "!top.log\n/local\n*.tmp\n")
        try fixture.write("folder/.gitignore", "!*\n")
        try fixture.write(".git/info/exclude", "excluded\n")
        try fixture.write("../everywhere", "global\n!keep.global\n*.log\n")
        try fixture.git("config", "core.excludesFile", fixture.folder + "/everywhere")
        let repository = try fixture.open()
        let names = [
            "a.log", "keep.log", "sub/keep.log", "top", "sub/top", "sub/inner", "other/sub/inner", "deep/leaf",
            "deep/x/leaf", "deep/x/y/leaf", "any", "q/any", "a/b", "a/c", "a/b/c", "folder/x", "q/folder/x", "!bang",
            "#hash", "a.txt", "c.txt", "wild1", "wild", "wild/x", "esc*", "escx", "space ", "space", "data/x",
            "data/keep", "data/keep/x", "x/1/y", "x/1/2/y", "sub/top.log", "top.log", "sub/local", "sub/x/local",
            "sub/z.tmp", "z.tmp", "excluded", "q/excluded", "plain", "# comment", "cut", "cut  ", "\\", "open[", "5x",
            "ax", "az", "dz", "mxn", "mn", "m/n", "p/q", "px/q", "p/x/q", "r/s/t", "r", "w/v", "w/1/2/v", "back\\slash",
            "]k", "-k", "al", "-l", "zo", "k\\", "no/x", "no/1/x", "xaybzcw", "xaybzw", "1u", "bu", "tail", "tail/1",
            "z/one", "one", "two/three", "1/two/three", "crlf", "crlf\r", "]i", "te/t/x", "test/x", "te/t/y", "q.d/e",
            "1/q.d/e", "last", "global", "x/global", "keep.global", "m/log/n", "héllo.log",
        ]
        for name in names {
            let expected = (try? fixture.git("check-ignore", "--quiet", "--no-index", "--", name)) != nil
            #expect(try repository.isIgnored("\(fixture.path)/\(name)") == expected, "\(name)")
        }
    }

    @Test("each rule alone is read as Git reads it")
    func singleRules() throws {
        let fixture = try TemporaryGitRepository()
        let repository = try fixture.open()
        let rules = [
            "*", "**", "/**", "**/", "/*", "*/", "a/*", "a/**", "**/a", "**/a/**", "a/**/b", "/a/b", "a/b", "[a",
            "[]a]",
            "[!]a]b", "\\a", "a\\", "a ", "a\\ ", "a  \\ ", "?", "??", "a?b", "***", "a***b", "/a**b", "a**/*", "a**/b",
            "a?**/b", "x/a**", "[a-b]/b", "*b",
            "a*/b*", "**b", "b**", "[[:alpha:]]", "[[:nope:]]", "[[.a.]]", "[a-\\]]", "!a", " a", "\ta", "a/", "/a/",
        ]
        let names = [
            "a", "b", "a/b", "a/a", "b/a", "a/x/b", "ab", "axb", "axyb", "x/ab/c", "a ", "a\\", "]", "]b", "[a",
            "x/a/b", " a", "!a",
        ]
        try fixture.write(".git/names", names.joined(separator: "\0") + "\0")
        let check = "git check-ignore --no-index -z --stdin <.git/names || test $? -eq 1"
        for rule in rules {
            try fixture.write(".gitignore", rule + "\n")
            let matched = try fixture.git("-c", "alias.check=!\(check)", "check")
            let expected = Set(matched.split(separator: "\0").map(String.init))
            for name in names {
                let isIgnored = try repository.isIgnored("\(fixture.path)/\(name)")
                #expect(isIgnored == expected.contains(name), "\(name) by \(rule)")
            }
        }
    }

    @Test("a pattern made of many stars is answered at once")
    func manyStars() throws {
        let fixture = try TemporaryGitRepository()
        let stars = String(repeating: "*a", count: 60)
        try fixture.write(".gitignore", "\(stars)*b\n/\(String(repeating: "**/*a*/", count: 30))b\n")
        let repository = try fixture.open()
        let path = String(repeating: String(repeating: "a", count: 200) + "/", count: 10)
        #expect(try repository.isIgnored("\(fixture.path)/\(path)c") == false)
    }

    @Test("case does not matter where core.ignoreCase says so")
    func ignoringCase() throws {
        let fixture = try TemporaryGitRepository()
        try fixture.write(".gitignore", "Data\n*.CSV\n[A-C]x\n")
        try fixture.git("config", "core.ignoreCase", "true")
        let repository = try fixture.open()
        for name in ["data", "DATA", "a.csv", "bX"] {
            #expect(try repository.isIgnored("\(fixture.path)/\(name)"), "\(name)")
        }
        #expect(try repository.isIgnored("\(fixture.path)/dx") == false)
    }

    @Test("a .gitignore that is a symbolic link does not count, as for Git")
    func linkedIgnoreFile() throws {
        let fixture = try TemporaryGitRepository()
        try fixture.write("rules", "x\n")
        #expect(symlink("rules", fixture.path + "/.gitignore") == 0)
        #expect(try fixture.open().isIgnored(fixture.path + "/x") == false)
    }

    @Test(
        "the pattern for a name ignores that name and no other",
        arguments: [
            "plain", "a[b]c", "st*r", "qu?st", "!ex", "#hash", "mid!dle", "mid#x", "back\\slash", " lead", "in side",
            "tab\tx", "pl{a}in", "quo'te", "ünï", "-dash", "**", "\\", "[!a]", "line\nbreak", "return\r",
        ])
    func patternIgnoresName(_ name: String) throws {
        let fixture = try TemporaryGitRepository()
        let file = try #require(GitIgnoreFile().adding(GitIgnoreFile.pattern(forName: name)))
        try fixture.write(".gitignore", String(decoding: file.contents, as: UTF8.self))
        let repository = try fixture.open()
        #expect((try? fixture.git("check-ignore", "--quiet", "--", name)) != nil)
        #expect(try repository.isIgnored("\(fixture.path)/\(name)"))
        for other in ["other", "sub/\(name)", "\(name)x", "ac", "strr"] {
            #expect(try repository.isIgnored("\(fixture.path)/\(other)") == false, "\(other)")
        }
    }
}

@Suite("Lines of .gitignore files") struct GitIgnoreFileTests {
    @Test("patterns are escaped as DVC escapes them")
    func patterns() {
        let expected = [
            "a[b]c": "/a\\[b\\]c", "st*r": "/st\\*r", "qu?st": "/qu\\?st", "!ex": "/\\!ex", "mid#x": "/mid\\#x",
            "back\\slash": "/back\\\\slash", "trail ": "/trail ", "in side": "/in side", "pl{a}in": "/pl{a}in",
        ]
        for (name, pattern) in expected { #expect(GitIgnoreFile.pattern(forName: name) == pattern) }
    }

    @Test("a line goes to the end, on a line of its own")
    func adding() {
        #expect(GitIgnoreFile().adding("/x")?.contents == Array("/x\n".utf8))
        #expect(GitIgnoreFile(text: "a\n").adding("/x")?.contents == Array("a\n/x\n".utf8))
        #expect(GitIgnoreFile(text: "a").adding("/x")?.contents == Array("a\n/x\n".utf8))
        #expect(GitIgnoreFile([0xFF, 0x0A]).adding("/x")?.contents == [0xFF, 0x0A] + Array("/x\n".utf8))
    }

    @Test("a line that is there is not added again")
    func addingTwice() {
        #expect(GitIgnoreFile(text: "/x\n/y\n").adding("/x") == nil)
        #expect(GitIgnoreFile(text: "/y\n/x").adding("/x") == nil)
        #expect(GitIgnoreFile(text: "/x\r\n").adding("/x") == nil)
        #expect(GitIgnoreFile(text: "/xy\n").adding("/x") != nil)
    }

    @Test("removing takes each line that is the pattern and leaves the others as they are")
    func removing() {
        #expect(GitIgnoreFile(text: "a\r\n/x\n\nb\n/x").removing("/x")?.contents == Array("a\r\n\nb\n".utf8))
        #expect(GitIgnoreFile(text: "/x\n").removing("/x")?.isEmpty == true)
        #expect(GitIgnoreFile(text: "/xy\n").removing("/x") == nil)
        #expect(GitIgnoreFile().removing("/x") == nil)
    }

    @Test("letters that only look alike make different lines")
    func canonicalEquivalence() {
        #expect(GitIgnoreFile(text: "/e\u{301}\n").adding("/\u{e9}") != nil)
    }
}
