import FileSystem
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("Files") struct FilesTests {
    let folder = TemporaryFolder()

    @Test("writing replaces the content and leaves no temporary")
    func write() throws {
        try folder.write("f", "one")
        try Files.write(Array("two".utf8), to: folder("f"))
        #expect(try folder.text("f") == "two")
        #expect(try Files.names(in: folder.path) == ["f"])
    }

    @Test("a new file gets its mode less the umask, an old one keeps its own")
    func modes() throws {
        try folder.write("new")
        #expect(try Files.status(folder("new"))?.mode == 0o666 & ~Files.currentUmask)
        try folder.write("old", mode: 0o640)
        try Files.write([1], to: folder("old"), mode: 0o777)
        #expect(try Files.status(folder("old"))?.mode == 0o640)
    }

    @Test("the umask is the one that the system applies")
    func umask() throws {
        let descriptor = open(folder("probe"), O_CREAT | O_WRONLY, 0o777)
        close(descriptor)
        #expect(try Files.status(folder("probe"))?.mode == 0o777 & ~Files.currentUmask)
    }

    @Test("writing through a link keeps the link and changes its target")
    func writeThroughLink() throws {
        try folder.write("real/f", "one")
        try folder.symlink("link", to: "real/f")
        try folder.symlink("dangling", to: "real/new")
        try Files.write(Array("two".utf8), to: folder("link"))
        try Files.write(Array("three".utf8), to: folder("dangling"))
        #expect(try Files.status(folder("link"))?.kind == .symlink)
        #expect(try folder.text("real/f") == "two")
        #expect(try folder.text("real/new") == "three")
    }

    @Test("a loop of links is an error")
    func linkLoop() throws {
        try folder.symlink("a", to: "b")
        try folder.symlink("b", to: "a")
        #expect(throws: FileError("write", folder("a"), ELOOP)) { try Files.write([], to: folder("a")) }
    }

    @Test("a failed write leaves the old content and no temporary")
    func failedWrite() throws {
        try Files.makeDirectory(folder("taken"))
        #expect(throws: FileError("write", folder("taken"), EISDIR)) { try Files.write([], to: folder("taken")) }
        #expect(throws: FileError("create", folder("none/f"), ENOENT)) { try Files.write([], to: folder("none/f")) }
        #expect(try folder.temporaries() == [])
    }

    @Test("reading a FIFO, a device or a folder fails at once")
    func special() throws {
        #expect(mkfifo(folder("fifo"), 0o600) == 0)
        #expect(throws: FileError.self) { try Files.read(folder("fifo")) }
        #expect(throws: FileError.self) { try Files.read("/dev/zero") }
        #expect(throws: FileError("read", folder.path, EISDIR)) { try Files.read(folder.path) }
    }

    @Test("reading stops at the limit, also where the size is not known beforehand")
    func limit() throws {
        try folder.write("f", String(repeating: "x", count: 100))
        #expect(throws: FileError("read", folder("f"), EFBIG)) { try Files.read(folder("f"), limit: 99) }
        #expect(try Files.read(folder("f"), limit: 100).count == 100)
        #expect(try Files.read("/proc/self/status").count > 100)
        #expect(throws: FileError.self) { try Files.read("/proc/self/status", limit: 100) }
    }

    @Test("what is not there has no status and no content")
    func absent() throws {
        try folder.write("f")
        #expect(try Files.status(folder("none")) == nil)
        #expect(try Files.status(folder("f/none")) == nil)
        #expect(try Files.readIfPresent(folder("f/none")) == nil)
        #expect(!Files.exists(folder("none")))
        try Files.remove(folder("none"))
        try Files.removeDirectory(folder("none"))
        try Files.removeTree(folder("none"))
    }

    @Test("a status tells size, kind, links and times")
    func status() throws {
        try folder.write("f", "12345", mode: 0o755)
        try Linker.make(.hardlink, from: folder("f"), to: folder("g"), mode: 0)
        try folder.symlink("l", to: "f")
        let status = try #require(try Files.status(folder("f")))
        #expect(status.size == 5 && status.links == 2 && status.kind == .file && status.isExecutable)
        #expect(status.modified > 1_600_000_000_000_000_000)
        #expect(try Files.status(folder("l"))?.kind == .symlink)
        #expect(try Files.status(folder("l"), followingLinks: true)?.inode == status.inode)
    }

    @Test("a NUL inside a path is refused instead of cutting the path short")
    func nul() throws {
        try folder.write("f")
        #expect(throws: FileError.self) { try Files.read(folder("f\0.txt")) }
        #expect(throws: FileError.self) { try Files.remove(folder("f\0.txt")) }
        #expect(throws: FileError.self) { try Files.rename(folder("f"), folder("g\0h")) }
        #expect(Files.exists(folder("f")))
    }

    @Test("folders are made with those above them, and an existing one is fine")
    func makeDirectory() throws {
        try Files.makeDirectory(folder("a/b/c"))
        try Files.makeDirectory(folder("a/b/c"))
        #expect(Files.isDirectory(folder("a/b/c")))
        try folder.write("file")
        #expect(throws: FileError("make the folder", folder("file"), EEXIST)) {
            try Files.makeDirectory(folder("file"))
        }
        #expect(throws: FileError("make the folder", folder("x/y"), ENOENT)) {
            try Files.makeDirectory(folder("x/y"), intermediates: false)
        }
    }

    @Test("names come in byte order, and odd ones come through")
    func names() throws {
        for name in ["b", "a b", "a-c", "-leading", "new\nline", "é", "e\u{301}", String(repeating: "n", count: 255)] {
            try folder.write(name)
        }
        #expect(
            try Files.names(in: folder.path).map { Array($0.utf8) }
                == [
                    "-leading", "a b", "a-c", "b", "e\u{301}", "new\nline", String(repeating: "n", count: 255), "é",
                ].map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) })
        #expect(throws: FileError("read the status of", folder(String(repeating: "n", count: 256)), ENAMETOOLONG)) {
            try folder.write(String(repeating: "n", count: 256))
        }
    }

    #if os(Linux)
        @Test("a name that is not UTF-8 is an error that shows it escaped, and its folder can still be removed")
        func misnamed() throws {
            try Files.makeDirectory(folder("d"))
            let bytes = Array(folder("d/bad").utf8) + [0xFF, 0]
            let descriptor = bytes.withUnsafeBytes {
                open($0.baseAddress!.assumingMemoryBound(to: CChar.self), O_CREAT | O_WRONLY, 0o600)
            }
            #expect(descriptor >= 0)
            close(descriptor)
            let error = #expect(throws: FileError.self) { try Files.names(in: folder("d")) }
            #expect(error?.summary == "the name of '\(folder("d/bad"))\\xff' is not valid UTF-8")
            try Files.removeTree(folder("d"))
            #expect(!Files.exists(folder("d")))
        }
    #endif

    @Test("removing a tree removes links and not what they lead to")
    func removeTree() throws {
        try folder.write("kept/f")
        try folder.write("tree/a/b/f")
        try folder.symlink("tree/a/link", to: folder("kept"))
        try Files.removeTree(folder("tree"))
        #expect(!Files.exists(folder("tree")))
        #expect(try folder.text("kept/f") == "text")
        try folder.symlink("root", to: folder("kept"))
        try Files.removeTree(folder("root"))
        #expect(try Files.names(in: folder.path) == ["kept"])
    }

    @Test("a tree with read-only folders and more levels than open files is removed")
    func removeDeepTree() throws {
        try folder.write("tree/locked/f")
        try Files.setMode(folder("tree/locked"), 0o555)
        var path = folder("tree")
        for _ in 0..<300 {
            path += "/d"
            try Files.makeDirectory(path, intermediates: false)
            try Files.write([], to: path + "/f", sync: false)
            try Files.makeDirectory(path + "/e", intermediates: false)
        }
        try Files.removeTree(folder("tree"))
        #expect(!Files.exists(folder("tree")))
    }

    @Test("a copy has the bytes and never takes a name that is in use")
    func copy() throws {
        let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        try Files.write(bytes, to: folder("f"))
        try Files.copy(from: folder("f"), to: folder("g"), mode: 0o600, sync: true)
        #expect(try Files.read(folder("g")) == bytes)
        #expect(try Files.status(folder("g"))?.mode == 0o600)
        #expect(throws: FileError("create", folder("g"), EEXIST)) { try Files.copy(from: folder("f"), to: folder("g")) }
        try folder.symlink("dangling", to: "elsewhere")
        #expect(throws: FileError("create", folder("dangling"), EEXIST)) {
            try Files.copy(from: folder("f"), to: folder("dangling"))
        }
        try Files.copy(from: "/proc/self/status", to: folder("proc"))
        #expect(try Files.read(folder("proc")).count > 100)
        try folder.write("empty", "")
        try Files.copy(from: folder("empty"), to: folder("empty2"))
        #expect(try Files.read(folder("empty2")) == [])
    }

    @Test("replacing puts the new file in the old one's place, or changes nothing")
    func replace() throws {
        try folder.write("old", "old")
        try folder.write("new", "new")
        try Files.replace(folder("old"), byRenaming: folder("new"))
        #expect(try folder.text("old") == "new")
        try folder.write("again")
        try Files.makeDirectory(folder("d"))
        #expect(throws: FileError("replace", folder("d"), EISDIR)) {
            try Files.replace(folder("d"), byRenaming: folder("again"))
        }
        #expect(Files.exists(folder("again")))
    }

    @Test("errors say what to do about a full disk")
    func errorTexts() {
        let error = FileError("write", "a\nb", ENOSPC)
        #expect(error.summary == "cannot write 'a\\nb': No space left on device")
        #expect(error.remedy == "free space on the disk, then run the command again: nothing was lost")
        for code in [EACCES, EROFS, EMFILE, EDQUOT] { #expect(FileError("open", "x", code).remedy != nil) }
    }

    @Test("temporary names differ and are recognised, other names are not")
    func temporaryNames() {
        let names = (0..<1000).map { _ in TemporaryName.make() }
        #expect(Set(names).count == 1000)
        #expect(names.allSatisfy { $0.utf8.count == 27 && TemporaryName.matches($0) })
        #expect(TemporaryName.matches(".fLSfMYTDSXbLBrAoKnGx2j.tmp"))
        #expect(!TemporaryName.matches(".short.tmp"))
        #expect(!TemporaryName.matches("xfLSfMYTDSXbLBrAoKnGx2j.tmp"))
    }
}

@Suite("Linker") struct LinkerTests {
    let folder = TemporaryFolder()

    @Test("each type makes the link it is named for")
    func types() throws {
        let source = try folder.write("f", "data", mode: 0o444)
        try Linker.make(.hardlink, from: source, to: folder("hard"), mode: 0)
        try Linker.make(.symlink, from: source, to: folder("sym"), mode: 0)
        try Linker.make(.copy, from: source, to: folder("copy"), mode: 0o666)
        let inode = try Files.status(source)?.inode
        #expect(try Files.status(folder("hard"))?.inode == inode)
        #expect(try Files.readLink(folder("sym")) == source)
        #expect(try Files.status(folder("copy"))?.inode != inode)
        #expect(try Files.status(folder("copy"))?.mode == 0o666 & ~Files.currentUmask)
        for name in ["hard", "sym", "copy"] { #expect(try folder.text(name) == "data") }
    }

    @Test("a link never replaces what is there", arguments: LinkType.allCases)
    func existing(type: LinkType) throws {
        let source = try folder.write("f")
        try folder.write("taken", "kept")
        let error = #expect(throws: FileError.self) {
            try Linker.make(type, from: source, to: folder("taken"), mode: 0o666)
        }
        #expect(error?.code == EEXIST)
        #expect(error?.isUnsupportedLink == false)
        #expect(try folder.text("taken") == "kept")
    }

    @Test("a reflink is made, or said to be unsupported with nothing left behind")
    func reflink() throws {
        let source = try folder.write("f", "data")
        if Linker.isSupported(.reflink, from: folder.path, to: folder.path) {
            try Linker.make(.reflink, from: source, to: folder("g"), mode: 0o666)
            #expect(try folder.text("g") == "data")
        } else {
            let error = #expect(throws: FileError.self) {
                try Linker.make(.reflink, from: source, to: folder("g"), mode: 0o666)
            }
            #expect(error?.isUnsupportedLink == true)
            #expect(!Files.exists(folder("g")))
        }
        #expect(try folder.temporaries() == [])
    }

    @Test("hard links work within a folder and not to another file system")
    func hardlinkSupport() throws {
        #expect(Linker.isSupported(.hardlink, from: folder.path, to: folder.path))
        #expect(FileError("hardlink", "x", EXDEV).isUnsupportedLink)
        #expect(!FileError("hardlink", "x", ENOSPC).isUnsupportedLink)
        #expect(!FileError("open", "x", EPERM).isUnsupportedLink)
    }
}
