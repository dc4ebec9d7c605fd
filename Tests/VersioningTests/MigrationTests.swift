import FileSystem
import Objects
import Storage
import Testing
import Versioning

@Suite("cache migrate") struct MigrationTests {
    private static let legacy = "d3b07384d113edec49eaa6238ad5ff00"

    @Test("objects of DVC 2 get a second place, and entries keep their meaning or stay as they are")
    func migration() async throws {
        try await SharingFixture.with { fixture in
            try fixture.write(".dvc/cache/d3/\(Self.legacy.dropFirst(2))", "foo\r\n")
            try Files.setMode(Paths.join(fixture.root, ".dvc/cache/d3/\(Self.legacy.dropFirst(2))"), 0o444)
            try fixture.write("old", "foo\n")
            try fixture.write("old.dvc", "outs:\n- md5: \(Self.legacy)\n  size: 4\n  path: old\n")
            try fixture.write("edited", "changed\n")
            try fixture.write("edited.dvc", "outs:\n- md5: \(Self.legacy)\n  size: 5\n  path: edited\n")
            let lost = "outs:\n- md5: 0123456789abcdef0123456789abcdef\n  size: 4\n  path: lost\n"
            try fixture.write("lost.dvc", lost)
            var request = MigrationRequest()
            request.withProjectFiles = true
            request.isDry = true
            let planned = try await fixture.repository().migrateCache(request)
            #expect(planned.objects == 1)
            #expect(planned.projectFiles == ["edited.dvc", "lost.dvc", "old.dvc"])
            #expect(fixture.cached.count == 1)

            request.isDry = false
            let result = try await fixture.repository().migrateCache(request)
            #expect(result.objects == 1)
            #expect(result.unavailable == ["lost"])
            // The workspace has the text with other line ends than the cache; both are what was recorded.
            #expect(
                try fixture.read("old.dvc")
                    == "outs:\n- md5: \(Self.legacy)\n  size: 4\n  path: old\n  hash: md5\n")
            #expect(try fixture.object("edited.dvc").text == "2145971cf82058b108229a3a2e3bff35")
            #expect(try fixture.cached.contains(fixture.object("edited.dvc").key.path))
            #expect(try fixture.read("lost.dvc") == lost)
            #expect(try await fixture.repository().migrateCache(MigrationRequest()).objects == 0)
        }
    }
}
