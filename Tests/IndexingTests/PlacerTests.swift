import Basics
import FileSystem
import Hashing
import Indexing
import Objects
import TestSupport
import Testing

@Suite struct PlacerTests {
    private func store(_ text: String, in bench: Workbench) throws -> ObjectID {
        let id = ObjectID(MD5.digest(of: Array(text.utf8)))
        let temporary = try bench.cache.temporaryPath(for: id)
        try Files.create(temporary, bytes: Array(text.utf8), mode: 0o644)
        try bench.cache.publish(temporary: temporary, as: id)
        return id
    }

    private func place(
        _ bench: Workbench, _ placements: [ObjectPlacer.Placement], isPrivate: Bool = false
    ) throws -> [any UserFacingError] {
        try ObjectPlacer(cache: bench.cache, threads: 2, progress: SilentProgress())
            .place(placements, in: bench.repository, isPrivate: isPrivate).failures.map(\.error)
    }

    @Test(
        "each kind of link is what it says, and empty files share no inode",
        arguments: [LinkType.copy, .hardlink, .symlink, .reflink], [true, false])
    func kinds(type: LinkType, isPrivate: Bool) throws {
        let bench = try Workbench([type])
        let (full, empty) = (try store("content", in: bench), try store("", in: bench))
        let failures = try place(
            bench, [.init(path: "full", object: full), .init(path: "empty", object: empty)], isPrivate: isPrivate)
        #expect(failures.isEmpty)
        let status = try #require(try Files.status(bench.path("full")))
        let object = try #require(try Files.status(bench.cache.path(of: full)))
        #expect(bench.text("full") == "content")
        #expect(bench.text("empty")?.isEmpty == true)
        #expect((status.kind == .symlink) == (type == .symlink))
        #expect((status.inode == object.inode) == (type == .hardlink))
        #expect(object.mode == 0o444)
        if type == .copy || type == .reflink { #expect(status.mode & 0o200 != 0) }
        let blank = try #require(try Files.status(bench.path("empty")))
        // DVC links empty files, too, but never by a hard link.
        #expect(blank.kind == (type == .symlink ? .symlink : .file) && blank.links == 1)
        #expect(try bench.temporaries().isEmpty)
    }

    @Test("placing a file over itself leaves no second name", arguments: [LinkType.copy, .hardlink, .symlink])
    func again(type: LinkType) throws {
        let bench = try Workbench([type])
        let id = try store("content", in: bench)
        for _ in 0..<3 { #expect(try place(bench, [.init(path: "file", object: id)]).isEmpty) }
        #expect(try Files.names(in: bench.repository) == ["file"])
        #expect(try Files.status(bench.cache.path(of: id))?.links == (type == .hardlink ? 2 : 1))
    }

    @Test("what cannot be placed fails alone and leaves no temporary")
    func failures() throws {
        let bench = try Workbench([.copy])
        let id = try store("content", in: bench)
        try Files.makeDirectory(bench.path("folder/inside"))
        let failures = try place(
            bench,
            [
                .init(path: "folder", object: id), .init(path: "absent/file", object: id),
                .init(path: "lost", object: ObjectID(MD5.digest(of: [1]))), .init(path: "../out", object: id),
                .init(path: "good", object: id),
            ])
        #expect(failures.count == 4)
        #expect(failures.contains { $0 is MissingObject })
        #expect(bench.text("good") == "content")
        #expect(try Files.names(in: bench.repository) == ["folder", "good"])
        #expect(!Files.exists(bench.folder.path("out")))
    }

    @Test("a damaged object is refused and moved aside", arguments: [LinkType.copy, .hardlink, .symlink, .reflink])
    func damaged(type: LinkType) throws {
        let bench = try Workbench([type])
        let id = try store("content", in: bench)
        let path = bench.cache.path(of: id)
        try Files.setMode(path, 0o644)
        overwrite(path, "CONTENT")
        let failures = try place(bench, [.init(path: "one", object: id), .init(path: "two", object: id)])
        #expect(failures.count == 2)
        #expect(failures.contains { $0 is DamagedObject })
        #expect(!Files.exists(path))
        #expect(try Files.names(in: bench.repository).isEmpty)
        #expect(try Files.names(in: bench.cache.quarantineFolder).count == 1)
    }

    @Test("a link in place of an object is refused")
    func linkedObject() throws {
        let bench = try Workbench([.copy])
        let id = try store("content", in: bench)
        try Files.remove(bench.cache.path(of: id))
        try Linker.make(.symlink, from: "/etc/passwd", to: bench.cache.path(of: id), mode: 0)
        #expect(try place(bench, [.init(path: "file", object: id)]).first is DamagedObject)
        #expect(!Files.exists(bench.path("file")))
    }
}
