import Git
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("Git trees") struct GitTreeTests {
    private func fixtureTree() throws -> (TemporaryGitRepository, GitTree) {
        let fixture = try TemporaryGitRepository()
        try fixture.write("a/b/file", "text\n")
        try fixture.write("a.txt", "")
        try fixture.write("a/z", "z")
        try fixture.write("run", "#!/bin/sh\n")
        chmod(fixture.path + "/run", 0o755)
        symlink("a/z", fixture.path + "/link")
        try fixture.commit([:])
        let repository = try fixture.open()
        let head = try #require(try repository.head())
        return (fixture, repository.tree(of: head))
    }

    @Test("entries are found by path, with their kind")
    func entries() throws {
        let (fixture, tree) = try fixtureTree()
        let expected: [(String, GitTree.Kind?)] = [
            ("a", .directory), ("a/", .directory), ("", .directory), ("a/b/file", .file), ("run", .executable),
            ("link", .symlink), ("nope", nil), ("a/b/nope", nil), ("run/x", nil), ("link/x", nil), ("a\0b", nil),
            ("/a", nil), ("a//z", nil), ("../x", nil),
        ]
        for (path, kind) in expected { #expect(try tree.entry(path)?.kind == kind, "\(path)") }
        let blob = try #require(try tree.entry("a/b/file")).object
        #expect(try blob.hex == fixture.git("rev-parse", "HEAD:a/b/file"))
        #expect(try tree.name.hex == fixture.git("rev-parse", "HEAD^{tree}"))
    }

    @Test("bytes are read as recorded; folders and what is missing have none")
    func reading() throws {
        let (fixture, tree) = try fixtureTree()
        defer { withExtendedLifetime(fixture) {} }
        #expect(try tree.read("a/b/file") == Array("text\n".utf8))
        #expect(try tree.read("a.txt") == [])
        #expect(try tree.read("link") == Array("a/z".utf8))
        #expect(try tree.read("a") == nil)
        #expect(try tree.read("nope") == nil)
    }

    @Test("a walk shows folders before what is in them, in Git's order")
    func walking() throws {
        let (fixture, tree) = try fixtureTree()
        defer { withExtendedLifetime(fixture) {} }
        var paths: [String] = []
        try tree.walk { path, _ in
            paths.append(path)
            return .enter
        }
        #expect(paths == ["a.txt", "a", "a/b", "a/b/file", "a/z", "link", "run"])
    }

    @Test("a walk can start in a folder, pass folders over, and use the repository on its way")
    func walkingPart() throws {
        let (fixture, tree) = try fixtureTree()
        defer { withExtendedLifetime(fixture) {} }
        var seen: [String] = []
        try tree.walk(under: "a/") { path, entry in
            seen.append(path)
            if entry.kind == .file { seen.append(String(decoding: try tree.blob(entry.object), as: UTF8.self)) }
            return path == "a/b" ? .skip : .enter
        }
        #expect(seen == ["a/b", "a/z", "z"])
        try tree.walk(under: "nope") { _, _ in
            Issue.record("there is nothing to show")
            return .enter
        }
    }

    @Test("a submodule is an entry that is not gone into")
    func submodule() throws {
        let fixture = try TemporaryGitRepository()
        let commit = try fixture.commit(["file": "x"])
        try fixture.git("update-index", "--add", "--cacheinfo", "160000,\(commit),sub")
        try fixture.git("commit", "--quiet", "-m", "submodule")
        let repository = try fixture.open()
        let tree = repository.tree(of: try #require(try repository.head()))
        var kinds: [GitTree.Kind] = []
        try tree.walk { _, entry in
            kinds.append(entry.kind)
            return .enter
        }
        #expect(kinds == [.file, .submodule])
        #expect(try tree.read("sub") == nil)
        #expect(try tree.entry("sub/file") == nil)
    }

    @Test("a lost object is an error, not a missing file")
    func missingObject() throws {
        let (fixture, tree) = try fixtureTree()
        let folder = try fixture.git("rev-parse", "HEAD:a/b")
        fixture.remove(".git/objects/\(folder.prefix(2))/\(folder.dropFirst(2))")
        let error = #expect(throws: GitError.self) { try tree.entry("a/b/file") }
        #expect(error?.reason == .missingObject)
    }

    @Test("a tree made to lead out of its folder is refused")
    func hostileName() throws {
        let fixture = try TemporaryGitRepository()
        let blob = try fixture.commit(["file": "x"]).isEmpty ? "" : fixture.git("rev-parse", "HEAD:file")
        let name = try #require(GitObjectName(hex: blob))
        let bytes = stride(from: 0, to: 40, by: 2).compactMap { start in
            UInt8(name.hex.dropFirst(start).prefix(2), radix: 16)
        }
        let raw = try #require(fopen(fixture.path + "/raw", "w"))
        let content = Array("100644 ..\0".utf8) + bytes
        fwrite(content, 1, content.count, raw)
        fclose(raw)
        let tree = try fixture.git("hash-object", "-t", "tree", "-w", "--literally", "raw")
        let commit = try fixture.git("commit-tree", tree, "-m", "hostile")
        let repository = try fixture.open()
        let hostile = repository.tree(of: try repository.resolve(commit))
        #expect(throws: GitError.self) { try hostile.walk { _, _ in .enter } }
    }

    @Test("many threads read one repository")
    func threads() async throws {
        let (fixture, tree) = try fixtureTree()
        defer { withExtendedLifetime(fixture) {} }
        let texts = try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
            for _ in 0..<200 { group.addTask { try tree.read("a/b/file") } }
            var texts: Set<[UInt8]?> = []
            for try await text in group { texts.insert(text) }
            return texts
        }
        #expect(texts == [Array("text\n".utf8)])
    }
}
