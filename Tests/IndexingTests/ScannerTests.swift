import Basics
import FileSystem
import Hashing
import Indexing
import Objects
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite struct ScannerTests {
    let bench: Workbench

    init() throws { bench = try Workbench() }

    private func digest(_ text: String) -> MD5Digest { MD5.digest(of: Array(text.utf8)) }

    private func setTimes(of path: String, like status: FileStatus) {
        let (seconds, rest) = status.modified.quotientAndRemainder(dividingBy: 1_000_000_000)
        let time = timespec(tv_sec: Int(seconds), tv_nsec: Int(rest))
        _ = [time, time].withUnsafeBufferPointer { utimensat(AT_FDCWD, path, $0.baseAddress, 0) }
    }

    @Test("files that are unchanged are not read a second time")
    func unchanged() throws {
        try bench.write("data/a", "a")
        try bench.write("data/sub/b", "b")
        try bench.write("single", "s")
        letTheClockTick()
        #expect(try bench.reads("data") == 2)
        #expect(try bench.reads("data") == 0)
        #expect(try bench.reads("single") == 1)
        #expect(try bench.reads("single") == 0)
        #expect(try bench.scan("single").file?.digest == digest("s"))
        #expect(try bench.scan("data").folder?.listing().entries.map(\.path) == ["a", "sub/b"])
        #expect(try bench.scan("absent").isAbsent)
    }

    @Test("a file whose times are in the future is read each time, since they prove nothing")
    func young() throws {
        for name in ["data/a", "single"] {
            try bench.write(name, "old")
            let later = try #require(try Files.status(bench.path(name)))
            var status = later
            status.modified += 3_600_000_000_000
            setTimes(of: bench.path(name), like: status)
        }
        letTheClockTick()
        for _ in 0..<3 {
            #expect(try bench.reads("data") == 1)
            #expect(try bench.reads("single") == 1)
        }
    }

    @Test("a file that changes in the tick in which it was read is read again")
    func racy() throws {
        // The look and the change fall into one tick of the clock often enough in so many rounds.
        for round in 0..<60 {
            let (name, path) = ("data\(round)", RelativePath("data\(round)"))
            try bench.write(name + "/a", "old")
            let index = StatIndex(path: bench.folder.path("index\(round)"))
            let item = try bench.scanner(index).item(at: path)
            #expect(item.folder?.listing().digest(of: "a") == digest("old"))
            // In place, so that inode and size stay.
            overwrite(bench.path(name + "/a"), "new")
            index.save()
            let again = try bench.scanner(StatIndex(path: index.path)).item(at: path)
            #expect(again.folder?.listing().digest(of: "a") == digest("new"))
        }
    }

    @Test("a change that sets the modification time back is noticed by the change time")
    func setBack() throws {
        for name in ["data/a", "single"] {
            try bench.write(name, "old")
            let status = try #require(try Files.status(bench.path(name)))
            letTheClockTick()
            try bench.scan(name == "single" ? "single" : "data")
            overwrite(bench.path(name), "new")
            setTimes(of: bench.path(name), like: status)
        }
        #expect(try bench.scan("data").folder?.listing().digest(of: "a") == digest("new"))
        #expect(try bench.scan("single").file?.digest == digest("new"))
    }

    @Test("folders that vanish are forgotten")
    func vanished() throws {
        try bench.write("data/sub/deep/a", "a")
        try bench.write("data/sub-2/b", "b")
        try bench.scan("data")
        #expect(bench.index().folder("data/sub/deep") != nil)
        try Files.removeTree(bench.path("data/sub"))
        try bench.scan("data")
        #expect(bench.index().folder("data/sub") == nil)
        #expect(bench.index().folder("data/sub/deep") == nil)
        #expect(bench.index().folder("data/sub-2") != nil)

        // In one process, too.
        let index = bench.index()
        try bench.write("data/new/c", "c")
        _ = try bench.scanner(index).item(at: "data")
        try Files.removeTree(bench.path("data/new"))
        _ = try bench.scanner(index).item(at: "data")
        index.save()
        #expect(bench.index().folder("data/new") == nil)
    }

    @Test("a digest of a folder is not believed after its files were looked at for another output")
    func nested() throws {
        try bench.write("data/sub/a", "1")
        try bench.write("data/b", "b")
        letTheClockTick()
        let inner = try #require(try bench.scan("data/sub").folder).id
        let outer = try #require(try bench.scan("data").folder).id
        try bench.write("data/sub/a", "2")
        letTheClockTick()
        try bench.scan("data")
        #expect(try bench.scan("data/sub").folder?.id != inner)
        try bench.write("data/sub/a", "3")
        letTheClockTick()
        let newest = try #require(try bench.scan("data/sub").folder).id
        let whole = try #require(try bench.scan("data").folder)
        #expect(whole.id != outer)
        #expect(whole.listing().digest(of: "sub/a") == digest("3"))
        #expect(whole.id == whole.listing().id())
        #expect(try bench.scan("data/sub").folder?.id == newest)
    }

    @Test("an ignore rule that comes or goes changes the digest")
    func ignoring() throws {
        try bench.write("data/a", "a")
        try bench.write("data/b.tmp", "b")
        letTheClockTick()
        let all = try #require(try bench.scan("data").folder)
        #expect(all.files == 2)
        try bench.write(".dvcignore", "*.tmp\n")
        let fewer = try #require(try bench.scan("data").folder)
        #expect(fewer.files == 1)
        #expect(fewer.id != all.id)
        try Files.remove(bench.path(".dvcignore"))
        #expect(try bench.scan("data").folder?.id == all.id)
    }

    @Test("links to files are their content, links to folders nothing, and a look passes over broken ones")
    func links() throws {
        try bench.write("elsewhere/file", "content")
        try bench.write("data/a", "a")
        try bench.link("data/l", to: bench.path("elsewhere/file"))
        try bench.link("data/folder", to: bench.path("elsewhere"))
        let state = try #require(try bench.scan("data", storing: true).folder)
        #expect(state.listing().entries.map(\.path) == ["a", "l"])
        #expect(state.listing().digest(of: "l") == digest("content"))
        try bench.write("elsewhere/file", "another")
        #expect(try bench.scan("data").folder?.listing().digest(of: "l") == digest("another"))
        try Files.remove(bench.path("elsewhere/file"))
        #expect(try bench.scan("data").folder?.listing().entries.map(\.path) == ["a"])
        #expect(throws: UntrackableFile.self) { try bench.scan("data", storing: true) }
    }

    @Test("what is no file and no folder, or has no name in UTF-8, is refused unless it is ignored")
    func untrackable() throws {
        try bench.write("data/a", "a")
        #expect(mkfifo(bench.path("data/pipe"), 0o600) == 0)
        #expect(throws: UntrackableFile.self) { try bench.scan("data") }
        try bench.write(".dvcignore", "pipe\n")
        #expect(try bench.scan("data").folder?.files == 1)
        let misnamed: [CChar] = bench.path("data").utf8CString.dropLast() + [0x2F, -1, -2, 0]
        close(open(misnamed, O_WRONLY | O_CREAT, 0o600))
        #expect(throws: UntrackableFile.self) { try bench.scan("data") }
    }

    @Test("names that look alike are two files")
    func lookalikes() throws {
        try bench.write("data/é", "one")
        try bench.write("data/e\u{301}", "two")
        try bench.write("data/z", "z")
        letTheClockTick()
        let state = try #require(try bench.scan("data").folder)
        #expect(state.files == 3)
        #expect(state.listing().digest(of: "é") == digest("one"))
        #expect(state.listing().digest(of: "e\u{301}") == digest("two"))
        try Files.remove(bench.path("data/z"))
        #expect(try bench.scan("data").folder?.listing().digest(of: "e\u{301}") == digest("two"))
    }

    @Test("a folder that cannot be read is an error, not an empty folder", .enabled(if: geteuid() != 0))
    func unreadable() throws {
        try bench.write("data/sub/a", "a")
        try Files.setMode(bench.path("data/sub"), 0)
        defer { try? Files.setMode(bench.path("data/sub"), 0o700) }
        #expect(throws: FileError.self) { try bench.scan("data") }
    }

    @Test("unchanged files whose objects left the cache are stored again")
    func uncached() throws {
        for number in 0..<20 { try bench.write("data/\(number)", "content \(number)") }
        try bench.write("single", "s")
        letTheClockTick()
        try bench.add("data")
        try bench.add("single")
        #expect(try bench.reads("data", storing: true) == 0)
        let ids = [ObjectID(digest("content 3")), ObjectID(digest("content 4")), ObjectID(digest("s"))]
        for id in ids { try Files.remove(bench.cache.path(of: id)) }
        #expect(try bench.reads("data", storing: true) == 2)
        #expect(try bench.reads("single", storing: true) == 1)
        #expect(try bench.cache.missing(ids).isEmpty)
    }

    @Test("sizes, counts and empty folders are those on disk")
    func sums() throws {
        try bench.write("data/a", "12345")
        try bench.write("data/x/y/b", "123")
        try Files.makeDirectory(bench.path("data/x/empty/deeper"))
        try Files.makeDirectory(bench.path("data/x-empty"))
        letTheClockTick()
        for _ in 0..<2 {
            let state = try #require(try bench.scan("data").folder)
            #expect(state.size == 8)
            #expect(state.files == 2)
            #expect(Set(state.emptyFolders) == ["x/empty", "x/empty/deeper", "x-empty"])
        }
    }

    @Test("an empty folder has the digest of the empty listing")
    func empty() throws {
        try Files.makeDirectory(bench.path("data"))
        #expect(try bench.scan("data").folder?.id.text == "d751713988987e9331980363e24189ce.dir")
    }
}
