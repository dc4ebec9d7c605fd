import FileSystem
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("Names of files that are unusual but lawful")
struct NameTests {
    static let names = [
        "-leading-dash", "--help", " spaces ", "new\nline", "quote'\"s", "back\\slash", "tab\t", "star*?[x]",
        "#comment",
        "!not", "a:b", "%2e%2e", "~home", "$HOME", "ü", "u\u{308}", "日本語", "👩‍👩‍👧", "\u{301}combining", "CON",
        "trailing.", "yes", "null", "1.0", "0x10", "- x", "{a: b}", "&anchor", "*alias", "@at", "`tick`", "|pipe",
        String(repeating: "n", count: 240), String(repeating: "é", count: 120), "x.dvcx", "dvc", ".hidden", "...",
    ]

    @Test("are recorded and come back, as files of their own", arguments: names)
    func file(_ name: String) throws {
        let repository = try TemporaryRepository()
        try repository.write(name, "content\n")
        try repository.varve("add", "--", name).succeeds()
        #expect(try Files.names(in: repository.path).contains { $0.hasSameBytes(as: name + ".dvc") })
        try repository.remove(name)
        try repository.varve("checkout").succeeds()
        #expect(try repository.read(name) == "content\n")
        let shown = try repository.git("status", "--porcelain", "-z", "--untracked-files=all")
        let isShown = shown.split(separator: "\0").contains { $0.dropFirst(3).utf8.elementsEqual(name.utf8) }
        // As DVC's, the line in .gitignore leaves a space at the end as it is, and Git then passes over the space.
        #expect(isShown == name.hasSuffix(" "), "\(shown)")
    }

    @Test("are recorded and come back, inside a folder")
    func folder() throws {
        let repository = try TemporaryRepository()
        for name in Self.names {
            try repository.write("data/\(name)/\(name)", "in \(name)\n")
            try repository.write("data/\(name).file", "\(name)\n")
        }
        let before = try TreeSnapshot(of: repository.path("data"))
        try repository.varve("add", "data").succeeds()
        try repository.remove("data")
        try repository.varve("checkout").succeeds()
        #expect(try TreeSnapshot(of: repository.path("data")) == before)
    }

    @Test("may be long and deep")
    func deepPath() throws {
        let repository = try TemporaryRepository()
        let folder = Array(repeating: String(repeating: "d", count: 200), count: 14).joined(separator: "/")
        try repository.write("data/\(folder)/file", "deep\n")
        try repository.write("data/" + Array(repeating: "d", count: 300).joined(separator: "/") + "/file", "deeper\n")
        let before = try TreeSnapshot(of: repository.path("data"))
        try repository.varve("add", "data").succeeds()
        try repository.remove("data")
        try repository.varve("checkout").succeeds()
        #expect(try TreeSnapshot(of: repository.path("data")) == before)
    }

    @Test("that are not UTF-8 are refused by name, and nothing is recorded")
    func notUTF8() throws {
        let repository = try TemporaryRepository()
        try repository.write("data/good", "good\n")
        try repository.shell("printf x > \"data/bad$(printf '\\377')\"").succeeds()
        try repository.varve("add", "data").fails(status: 1, saying: "not valid UTF-8")
        #expect(!repository.exists("data.dvc"))
        try repository.shell("exec \"$varve\" add \"data/bad$(printf '\\377')\"").fails()
    }

    @Test("that are not UTF-8 and belong to nothing tracked are in no command's way")
    func notUTF8Elsewhere() throws {
        let repository = try TemporaryRepository()
        try repository.addRemote()
        try repository.write("data/good", "good\n")
        try repository.shell("printf x > \"odd$(printf '\\377')\" && mkdir \"folder$(printf '\\376')\"").succeeds()
        try repository.shell("printf x > \"folder$(printf '\\376')/file.dvc\"").succeeds()
        let commands = [
            ["add", "data"], ["checkout"], ["commit"], ["push"], ["status"], ["data", "status"], ["diff"], ["fetch"],
            ["pull"], ["list", "."], ["gc", "--workspace", "--force"], ["move", "data", "moved"],
            ["unprotect", "moved"],
            ["doctor"], ["remove", "moved.dvc"],
        ]
        for command in commands { try repository.run([BuiltProgram.varve] + command).succeeds() }
        #expect(try repository.read("moved/good") == "good\n")
    }

    @Test("in other spellings of the same letters stay two files")
    func spellings() throws {
        let repository = try TemporaryRepository()
        try repository.write("data/\u{fc}", "composed\n")
        try repository.write("data/u\u{308}", "decomposed\n")
        try repository.write("data/A", "upper\n")
        try repository.write("data/a", "lower\n")
        try repository.varve("add", "data").succeeds()
        try repository.remove("data")
        try repository.varve("checkout").succeeds()
        #expect(try Files.names(in: repository.path("data")).count == 4)
    }

    @Test("of FIFOs, sockets and devices are refused or passed over, without waiting on them")
    func specialFiles() throws {
        let repository = try TemporaryRepository()
        try repository.write("data/file", "x\n")
        mkfifo(repository.path("data/fifo"), 0o644)
        mkfifo(repository.path("pipe"), 0o644)
        #expect(try repository.varve("add", "data").ends().seconds < 30)
        try repository.varve("add", "pipe").fails()
        symlink("/dev/zero", repository.path("zero"))
        try repository.varve("add", "zero").fails()
        symlink("loop", repository.path("loop"))
        try repository.varve("add", "loop").fails()
    }
}
