import Git
import Testing

@Suite("Git's patch of the work tree") struct GitPatchTests {
    @Test("is what `git diff HEAD` shows, staged or not, and empty where nothing differs")
    func patch() throws {
        let fixture = try TemporaryGitRepository()
        try fixture.commit(["a": "one\ntwo\n", "b": "x\n", "c": "y\n"])
        let repository = try fixture.open()
        #expect(try repository.patch().isEmpty)
        try fixture.write("a", "one\n2\n")
        try fixture.write("b", "z\n")
        try fixture.git("add", "b")
        fixture.remove("c")
        try fixture.write("untracked", "u\n")
        let text = String(decoding: try repository.patch(), as: UTF8.self)
        #expect(text.split(separator: "\n") == (try fixture.git("diff", "HEAD")).split(separator: "\n"))
        #expect(text.contains("-two\n+2\n") && !text.contains("untracked"))
    }

    @Test("says of large files only that they differ, and of everything in a repository without commits")
    func limits() throws {
        let fixture = try TemporaryGitRepository()
        try fixture.write("a", "new\n")
        try fixture.git("add", "a")
        #expect(String(decoding: try fixture.open().patch(), as: UTF8.self).contains("+new\n"))
        try fixture.git("commit", "--quiet", "-m", "a")
        try fixture.write("a", String(repeating: "long\n", count: 1000))
        let text = String(decoding: try fixture.open().patch(fileLimit: 100), as: UTF8.self)
        #expect(text.contains("Binary files") && !text.contains("long"))
    }
}
