import Documents
import FileSystem
import Hashing
import Objects
import ProjectFiles
import Storage
import Synchronization
import Testing

@testable import Versioning

@Suite("Places by URL") struct URLSourceTests {
    private static func place(_ url: String, _ options: Mapping = Mapping()) async throws -> RemoteSettings {
        var found: RemoteSettings?
        try await SharingFixture.with { fixture in
            found = try fixture.repository().settings.place(url, fsConfig: options)
        }
        return try #require(found)
    }

    @Test(
        "a URL is cut into the store and the key in it",
        arguments: [
            ("s3://bucket/a/b", "s3://bucket", "a/b"), ("s3://bucket/a/", "s3://bucket", "a"),
            ("s3://bucket", "s3://bucket", ""), ("ssh://host:22/srv/a b", "ssh://host:22", "srv/a b"),
            ("https://host/a%20b/c?token=1", "https://host/a%20b?token=1", "c"),
        ])
    func splits(url: String, store: String, key: String) async throws {
        let (found, name) = try await Self.place(url).split()
        #expect(found.url == store)
        #expect(name == Key(key))
    }

    @Test("a version is cut off the URL of a bucket, and only there")
    func takesVersion() async throws {
        var place = try await Self.place("s3://bucket/a?b?versionId=v1")
        #expect(place.takeVersion() == "v1")
        #expect(place.url == "s3://bucket/a?b")
        var web = try await Self.place("https://host/a?versionId=v1")
        #expect(web.takeVersion() == nil)
    }

    @Test("a path below a remote has the remote's options, and options beside it win")
    func resolvesRemotes() async throws {
        try await SharingFixture.with { fixture in
            try fixture.write(
                ".dvc/config", "[remote \"r\"]\nurl = s3://bucket/root\nregion = one\nprofile = p\n")
            let place = try fixture.repository().settings.place(
                "remote://r/sub/x", fsConfig: Mapping([("region", .string("two"))]))
            #expect(place.url == "s3://bucket/root/sub/x")
            #expect(place["region"] == "two")
            #expect(place["profile"] == "p")
        }
    }

    @Test("what a pointer file says of a server counts as the repository's word, what the user types does not")
    func keepsOriginOfOptions() async throws {
        try await SharingFixture.with { fixture in
            let settings = try fixture.repository().settings
            let options = Mapping([("endpointurl", .string("http://host"))])
            #expect(try settings.place("s3://b/k", fsConfig: options).levels["endpointurl"] == nil)
            #expect(
                try settings.place("s3://b/k", fsConfig: options, isRecorded: true).levels["endpointurl"] == .project)
        }
    }

    @Test("a store that has a name both as file and as folder is refused")
    func refusesAmbiguousNames() throws {
        func file(_ path: String) -> SourceContents.File {
            SourceContents.File(path: RelativePath(path), size: 1, key: Key(path))
        }
        #expect(try SourceContents(folder: [file("a/b"), file("c")])?.files.map(\.path) == ["a/b", "c"])
        #expect(throws: AmbiguousSource.self) { try SourceContents(folder: [file("a/b"), file("a")]) }
    }

    @Test("recorded versions of a folder are what is fetched, whatever is current")
    func readsRecordedVersions() async throws {
        let source = URLSource(
            url: "s3://b/d", fingerprint: .etag, backend: MemoryBackend(), key: Key("d"), place: "s3://b/d")
        let file = RecordedFile(relpath: "x/y", checksum: OutputChecksum(size: 3, etag: "e", versionID: "v"))
        let contents = try #require(try source.contents(recorded: OutputChecksum(files: [file])))
        #expect(contents.isDirectory)
        #expect(contents.files.map(\.key) == [Key("d/x/y")])
        #expect(contents.files.map(\.version) == ["v"])
        let climbing = RecordedFile(relpath: "../x", checksum: OutputChecksum(versionID: "v"))
        #expect(throws: UnsafePath.self) { try source.contents(recorded: OutputChecksum(files: [climbing])) }
    }

    @Test("keys of a store that would leave the folder are refused")
    func refusesHostileKeys() async throws {
        for key in ["d/../x", "d/.git/config", "d//x"] {
            let store = ListingBackend(key: Key(key))
            let source = URLSource(
                url: "s3://b/d", fingerprint: .etag, backend: store, key: Key("d"), place: "s3://b/d")
            await #expect(throws: UnsafePath.self, "\(key)") { _ = try await source.contents() }
        }
    }

    @Test("the same bytes under a new version are no change of a folder, but of a file they are")
    func comparesVersions() {
        func folder(_ version: String) -> OutputChecksum {
            OutputChecksum(
                files: [RecordedFile(relpath: "x", checksum: OutputChecksum(etag: "e", versionID: version))])
        }
        #expect(folder("1").tellsTheSame(as: folder("2")))
        #expect(!OutputChecksum(etag: "e", versionID: "1").tellsTheSame(as: OutputChecksum(etag: "e", versionID: "2")))
        #expect(!OutputChecksum(etag: "e").tellsTheSame(as: OutputChecksum(etag: "f")))
    }
}

/// A store that lists a name, whatever it is.
private struct ListingBackend: Backend {
    let key: Key
    var name: String { "s3://b" }
    var concurrency: Int { 1 }
    var listing: ListingCost? { ListingCost(pageSize: 1) }

    func stat(_ key: Key) async throws(StorageError) -> Metadata? { nil }
    func read(_ key: Key, range: Range<Int64>?, into sink: some ByteSink) async throws(StorageError) {}
    func write(_ source: some ByteSource, to key: Key) async throws(StorageError) {}
    func delete(_ keys: [Key]) async throws(StorageError) {}

    func list(under prefix: Key) -> any AsyncSequence<Listing, StorageError> & Sendable {
        PagedListing { [key] in
            let pages = Mutex([[Listing(key: key, metadata: Metadata(size: 1, version: "e"))]])
            return { () async throws(StorageError) -> [Listing]? in pages.withLock { $0.popLast() } }
        }
    }
}
