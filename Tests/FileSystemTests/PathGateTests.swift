import FileSystem
import Testing

@Suite("Path gate") struct PathGateTests {
    @Test(
        "paths that lead out of the folder or into .git and .dvc are refused",
        arguments: [
            "", "/abs", "../x", "a/../../x", "a/..", "..", ".", "a/./b", "./a", "x/", "a//b", "/", "a\0b", "..\\x",
            "a\\..\\b", "C:\\x", "c:\\", "\\\\srv\\x", "d/\\\\srv", ".git", ".git/hooks/post-checkout", "a/.git/config",
            ".GIT/x", ".Git", "git~1", "GIT~1/x", ".git ", ".git.", ".git. . /x", ".git::$INDEX_ALLOCATION", ".git:x",
            ".g\u{200C}it", ".git\u{200C}", "\u{FEFF}.git", ".git\\hooks\\x", "a\\.git\\x", ".dvc/config", "a/.DVC/tmp",
            ".dvc", ".dvc\u{200D}", "dvc~1", ".dvc::$INDEX_ALLOCATION",
            String(repeating: "n", count: 256), String(repeating: "a/", count: 1000) + "a",
            String(repeating: String(repeating: "n", count: 200) + "/", count: 21) + "n",
        ])
    func refused(path: String) {
        let error = #expect(throws: UnsafePath.self) { try PathGate.check(path) }
        #expect(error?.path == path)
    }

    @Test(
        "odd names that Linux and DVC allow are let through",
        arguments: [
            "a", "a/b", "...", "..a", "a..", "%2e%2e/x", "new\nline", "tab\there", "CON", "a:b", "12:30.csv", "a\\b",
            "trailing ", "trailing.", "-rf", ".gitignore", ".gitattributes", ".github/x", ".dvcignore", "x.dvc", "git",
            "git~2", ".git2", "~", "日本/é", "a\u{200C}b", ".gitx:", "\u{1B}[31m",
            String(repeating: "n", count: 255), String(repeating: "a/", count: 300) + "a",
        ])
    func allowed(path: String) throws {
        try PathGate.check(path)
    }

    @Test("the message shows the path without steering the terminal")
    func message() {
        #expect(UnsafePath("\u{1B}[2J../x", "it climbs").summary == "unsafe path '\\x1b[2J../x': it climbs")
    }
}

@Suite("Safe folder") struct SafeFolderTests {
    let folder = TemporaryFolder()

    @Test("files are made in their folders, and read back")
    func write() throws {
        let safe = try SafeFolder(root: folder.path)
        try safe.write([1, 2], to: "a/b/c")
        try safe.write([3], to: "a/b/d")
        try safe.write([4], to: "top")
        #expect(try Files.read(folder("a/b/c")) == [1, 2])
        #expect(try safe.status(of: "a/b/d")?.size == 1)
        #expect(try safe.status(of: "none/x") == nil)
        try safe.remove("a/b/c")
        try safe.remove("none/x")
        #expect(try Files.names(in: folder("a/b")) == ["d"])
        #expect(try folder.temporaries() == [])
    }

    @Test("a link in place of a folder on the way is refused, and nothing appears behind it")
    func plantedParent() throws {
        try Files.makeDirectory(folder("outside"))
        try Files.makeDirectory(folder("root/a"))
        try folder.symlink("root/a/link", to: folder("outside"))
        let safe = try SafeFolder(root: folder("root"))
        let expected = LinkedParent(path: "a/link/f", link: "a/link")
        #expect(throws: expected) { try safe.write([1], to: "a/link/f") }
        #expect(throws: expected) { try safe.createFile("a/link/f") }
        #expect(throws: expected) { try safe.materialize(.copy, from: "/proc/self/status", at: "a/link/f") }
        #expect(throws: expected) { try safe.remove("a/link/f") }
        #expect(throws: LinkedParent.self) { try safe.makeDirectory("a/link") }
        #expect(expected.summary.hasPrefix("'a/link' is a symbolic link; "))
        #expect(try Files.names(in: folder("outside")) == [])
    }

    @Test("a folder that is swapped for a link between two files does not lead outside")
    func swappedParent() throws {
        try Files.makeDirectory(folder("outside"))
        let safe = try SafeFolder(root: folder("."))
        try safe.write([1], to: "d/one")
        try Files.rename(folder("d"), folder("moved"))
        try folder.symlink("d", to: folder("outside"))
        try? safe.write([2], to: "d/two")
        #expect(try Files.names(in: folder("outside")) == [])
    }

    @Test("a folder that was removed is made again")
    func removedParent() throws {
        let safe = try SafeFolder(root: folder.path)
        try safe.write([1], to: "d/one")
        try Files.removeTree(folder("d"))
        try safe.write([2], to: "d/two")
        #expect(try Files.read(folder("d/two")) == [2])
    }

    @Test("unsafe paths and links at the end are not followed")
    func unsafe() throws {
        try folder.write("secret", "secret")
        try Files.makeDirectory(folder("root"))
        try folder.symlink("root/link", to: folder("secret"))
        let safe = try SafeFolder(root: folder("root"))
        #expect(throws: UnsafePath.self) { try safe.write([], to: "../secret") }
        #expect(throws: FileError.self) { try safe.open("link") }
        try safe.write([1], to: "link")
        #expect(try folder.text("secret") == "secret")
        #expect(try Files.status(folder("root/link"))?.kind == .file)
    }

    @Test("a link of each type takes the place of what was there", arguments: [LinkType.copy, .hardlink, .symlink])
    func materialize(type: LinkType) throws {
        let source = try folder.write("cache/object", "data", mode: 0o444)
        let safe = try SafeFolder(root: folder.path)
        try safe.write([1], to: "w/f")
        try safe.materialize(type, from: source, at: "w/f", exactMode: 0o764)
        try safe.materialize(type, from: source, at: "w/f", exactMode: 0o764)
        #expect(try folder.text("w/f") == "data")
        #expect(try Files.status(source)?.mode == 0o444)
        if type == .copy { #expect(try Files.status(folder("w/f"))?.mode == 0o764) }
        #expect(try Files.names(in: folder("w")) == ["f"])
        try Files.makeDirectory(folder("w/d"))
        #expect(throws: FileError.self) { try safe.materialize(type, from: source, at: "w/d") }
        #expect(try folder.temporaries(in: "w") == [])
    }

    @Test("a finished file takes its place by renaming")
    func replace() throws {
        let temp = try folder.write("temp", "new")
        let safe = try SafeFolder(root: folder.path)
        try safe.replace("x/y", byRenaming: temp)
        #expect(try folder.text("x/y") == "new")
        #expect(!Files.exists(temp))
    }
}
