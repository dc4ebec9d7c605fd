import Basics
import FileSystem
import Testing

@Suite("Ignore rules") struct IgnoreRulesTests {
    let folder = TemporaryFolder()

    @Test("patterns match what DVC matches, and the same rule is named")
    func asDVC() throws {
        let groups = try GoldenGroup.readAll()
        #expect(groups.count > 200)
        for (number, group) in groups.enumerated() {
            let root = folder("\(number)")
            try Files.makeDirectory(root)
            try write(group.rules, to: root + "/.dvcignore")
            if let (name, rules) = group.nested { try write(rules, to: Paths.join(root, name) + "/.dvcignore") }
            let rules = IgnoreRules(root: root)
            for answer in group.answers {
                let path = answer.path
                let isIgnored = try rules.isIgnored(path, isDirectory: answer.isDirectory)
                #expect(isIgnored == answer.isIgnored, "\(group.rules) \(group.nested as Any) \(answer)")
                let match = try rules.match(path, isDirectory: answer.isDirectory)
                #expect(match?.description ?? "" == answer.rule, "\(group.rules) \(group.nested as Any) \(answer)")
            }
        }
    }

    @Test("a pattern at which DVC stops is an error that names its line")
    func flawed() throws {
        let flawed = try GoldenGroup.readFlawed()
        #expect(flawed.count > 3)
        for pattern in flawed {
            try write(["# comment", pattern], to: folder(".dvcignore"))
            let rules = IgnoreRules(root: folder.path)
            let error = #expect(throws: Failure.self, "\(pattern)") { try rules.isIgnored("a", isDirectory: false) }
            #expect(error?.remedy == "correct line 2 of '.dvcignore'")
            #expect(rules.problems.count == 1)
        }
    }

    @Test("without any .dvcignore only the folders of Git, Mercurial and DVC are passed over")
    func builtIn() throws {
        try Files.makeDirectory(folder("d"))
        let rules = IgnoreRules(root: folder.path)
        let child = rules.folder(".").child("d")
        #expect(child.isTrivial && rules.folder("").isTrivial)
        #expect(child.ignores(".git", isDirectory: true) && child.ignores(".git", isDirectory: false))
        #expect(child.ignores(".dvc", isDirectory: true) && child.ignores(".hg", isDirectory: true))
        #expect(!child.ignores(".dvc", isDirectory: false) && !child.ignores("d.dvc", isDirectory: false))
        #expect(try rules.match("d/.git", isDirectory: true)?.description == ":.git")
        #expect(try rules.match(".dvc", isDirectory: true)?.description == ":.dvc/")
        #expect(try !rules.isIgnored(".", isDirectory: true))
        #expect(try !rules.isIgnored("../x", isDirectory: false))
    }

    @Test("a repository inside the repository is passed over, unless the caller says otherwise")
    func nestedRepository() throws {
        try folder.write("a/sub/.dvc/config")
        try folder.write("a/sub/f")
        let rules = IgnoreRules(root: folder.path)
        let inner = rules.folder("a")
        #expect(inner.isTrivial && inner.ignores("sub", isDirectory: true))
        #expect(inner.child("sub").ignores("f", isDirectory: false))
        #expect(try rules.isIgnored("a/sub/deeper/f", isDirectory: false))
        #expect(try !rules.isIgnored("a/sub", isDirectory: true, skippingNested: false))
        #expect(try rules.match("a/sub/f", isDirectory: false)?.description == "in sub_repo:sub")
    }

    @Test("everything in an ignored folder is ignored, and its .dvcignore does not count")
    func ignoredFolder() throws {
        try write(["a/"], to: folder(".dvcignore"))
        try write(["!f"], to: folder("a/.dvcignore"))
        let rules = IgnoreRules(root: folder.path)
        #expect(rules.folder("a").ignores("f", isDirectory: false))
        #expect(rules.folder("a/b/c").ignores("f", isDirectory: false))
        #expect(!rules.folder("a").isTrivial)
        #expect(try !rules.isIgnored("a", isDirectory: false))
        #expect(try rules.match("a/f", isDirectory: false)?.description == ".dvcignore:1:a/")
    }

    @Test("a nested file rules its own folder only")
    func nestedFile() throws {
        try write(["*.tmp"], to: folder("a/.dvcignore"))
        try write(["!keep.tmp", "/top"], to: folder("a/b/.dvcignore"))
        let rules = IgnoreRules(root: folder.path)
        #expect(try rules.isIgnored("a/x.tmp", isDirectory: false))
        #expect(try rules.isIgnored("a/b/x.tmp", isDirectory: false))
        #expect(try !rules.isIgnored("a/b/keep.tmp", isDirectory: false))
        #expect(try rules.isIgnored("a/keep.tmp", isDirectory: false))
        #expect(try !rules.isIgnored("x.tmp", isDirectory: false))
        #expect(try rules.isIgnored("a/b/top", isDirectory: false))
        #expect(try !rules.isIgnored("a/b/c/top", isDirectory: false))
        #expect(try rules.match("a/b/keep.tmp", isDirectory: false)?.description == "a/b/.dvcignore:1:!keep.tmp")
    }

    @Test("lines are counted as a person does, and white space around them does not matter")
    func lines() throws {
        try Files.write(Array("# c\r\n\r\n  a  \r\n\tb\rc".utf8), to: folder(".dvcignore"))
        let rules = IgnoreRules(root: folder.path)
        #expect(try rules.match("a", isDirectory: false)?.line == 3)
        #expect(try rules.match("b", isDirectory: false)?.line == 4)
        #expect(try rules.match("c", isDirectory: false)?.description == ".dvcignore:5:c")
    }

    @Test("the fingerprint changes with a pattern, and not with a comment or from folder to folder")
    func fingerprint() throws {
        func fingerprint(_ lines: [String], in path: String = ".") throws -> UInt64 {
            try write(lines, to: folder(".dvcignore"))
            return IgnoreRules(root: folder.path).folder(path).fingerprint
        }
        let first = try fingerprint(["a", "b"])
        #expect(try fingerprint(["# c", "a", "b"]) == first)
        #expect(try fingerprint(["a", "b"], in: "x/y") == first)
        #expect(try fingerprint(["b", "a"]) != first)
        #expect(try fingerprint(["ab"]) != first)
        #expect(try fingerprint([]) != first)
    }

    @Test("rules that cannot be read are an error, not a lack of rules")
    func unreadable() throws {
        try Files.makeDirectory(folder("d/.dvcignore"))
        let rules = IgnoreRules(root: folder.path)
        #expect(throws: FileError.self) { try rules.isIgnored("d/f", isDirectory: false) }
        #expect(rules.folder("d").problem != nil)
        #expect(rules.folder(".").problem == nil)
        try Files.write([0x61, 0xFF], to: folder(".dvcignore"))
        #expect(throws: Failure.self) { try IgnoreRules(root: folder.path).isIgnored("f", isDirectory: false) }
    }

    @Test("a pattern made to be slow is matched at once")
    func slowPattern() throws {
        try write(
            [String(repeating: "a*", count: 500) + "b", String(repeating: "**/a/", count: 200) + "b"],
            to: folder(".dvcignore"))
        let path = String(repeating: "a", count: 2000) + String(repeating: "/a", count: 400)
        #expect(!IgnoreRules(root: folder.path).folder(".").ignores(path, isDirectory: false))
    }

    private func write(_ lines: [String], to path: String) throws {
        try Files.makeDirectory(Paths.parent(path))
        try Files.write(Array(lines.map { $0 + "\n" }.joined().utf8), to: path, sync: false)
    }
}

/// What DVC answered; see `fixtures/ignore-rules/README.md`.
private struct GoldenGroup {
    struct Answer {
        let path: String
        let isDirectory: Bool
        let isIgnored: Bool
        let rule: String
    }

    var rules: [String]
    var nested: (folder: String, rules: [String])?
    var answers: [Answer] = []

    static func readAll() throws -> [GoldenGroup] {
        var groups: [GoldenGroup] = []
        for fields in try lines() {
            switch fields[0] {
            case "rules": groups.append(GoldenGroup(rules: Array(fields[1...])))
            case "nested": groups[groups.count - 1].nested = (fields[1], Array(fields[2...]))
            case "file", "folder":
                groups[groups.count - 1].answers.append(
                    Answer(
                        path: fields[1], isDirectory: fields[0] == "folder", isIgnored: fields[2] == "ignored",
                        rule: fields[3]))
            default: break
            }
        }
        return groups
    }

    static func readFlawed() throws -> [String] {
        try lines().filter { $0[0] == "flawed" }.map { $0[1] }
    }

    private static func lines() throws -> [[String]] {
        let root = Paths.parent(Paths.parent(Paths.parent(#filePath)))
        let bytes = try Files.read(Paths.join(root, "fixtures/ignore-rules/cases.txt"))
        return bytes.split(separator: UInt8(ascii: "\n")).map { line in
            line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false).map(unescaped)
        }
    }

    private static func unescaped(_ field: ArraySlice<UInt8>) -> String {
        var result: [UInt8] = []
        var rest = field
        while let byte = rest.popFirst() {
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            if byte == UInt8(ascii: "%"), let value = UInt8(digits, radix: 16) {
                result.append(value)
                rest.removeFirst(2)
            } else {
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
