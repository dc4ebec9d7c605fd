import FileSystem
import Hashing
import Indexing
import Objects
import ProjectFiles
import Storage
import Testing

@testable import Versioning

@Suite("Remotes that keep versions") struct CloudRemoteTests {
    private func object(_ text: String) -> ObjectID { ObjectID(MD5.digest(of: Array(text.utf8))) }

    private func file(_ path: String, _ text: String, recorded: String? = nil, folder: String? = nil) -> CloudFile {
        CloudFile(
            path: RelativePath(path), folder: folder.map { RelativePath($0) }, object: object(text),
            recorded: recorded.map { CloudVersion(id: $0, etag: object(text).text) })
    }

    private func remote(_ store: VersionedMemory) -> CloudRemote { CloudRemote(name: "v", backend: store) }

    @Test("a file counts as there in its recorded version, or with the same bytes as the current one")
    func presence() async throws {
        let store = VersionedMemory()
        let old = store.put("kept", "one")
        store.put("kept", "another")
        let same = store.put("same", "two")
        let gone = store.put("gone", "three")
        store.remove("gone", version: gone)
        store.put("other", "four")
        let survey = try await CloudSurvey(
            of: [
                file("kept", "one", recorded: old), file("same", "two"), file("gone", "three", recorded: gone),
                file("other", "5"), file("nothing", "six"),
            ], in: remote(store))
        #expect(survey.present.mapValues(\.id) == [RelativePath("kept"): old, RelativePath("same"): same])
    }

    @Test("a directory of many files is listed, and its recorded versions need no further question")
    func listing() async throws {
        let store = VersionedMemory()
        let files = (0..<20).map { number in
            file("d/\(number)", "\(number)", recorded: store.put("d/\(number)", "\(number)"), folder: "d")
        }
        store.put("d2/x", "x")
        #expect(try await CloudSurvey(of: files, in: remote(store)).present.count == 20)
        #expect(store.requests == ["list d/"])
    }

    @Test("what a push that was killed has sent is known, unless it is gone or the file is another by now")
    func journal() async throws {
        let folder = try TemporaryFolder.make()
        defer { try? Files.removeTree(folder) }
        let store = VersionedMemory()
        let remote = remote(store)
        let journal = CloudJournal(of: remote, in: folder + "/scratch")
        for (path, text) in [("a", "one"), ("b", "two"), ("c", "three")] {
            // As of several parts: the mark is not the digest.
            let version = CloudVersion(id: store.put(path, text), etag: "x-2")
            journal.note(RelativePath(path), .init(object: object(text), version: version))
        }
        // The current version is another, and has the mark of other bytes.
        for path in ["a", "b", "c"] { store.put(path, "newer") }
        store.remove("b", version: "v2")
        let later = CloudJournal(of: remote, in: folder + "/scratch")
        let files = [file("a", "one"), file("b", "two"), file("c", "changed")]
        let survey = try await CloudSurvey(of: files, in: remote, journal: later)
        #expect(survey.present == [RelativePath("a"): CloudVersion(id: "v1", etag: "x-2")])
        later.forget()
        #expect(later.uploads() == [:])
        let other = CloudRemote(name: "v", backend: VersionedMemory())
        #expect(CloudJournal(of: other, in: folder).uploads() == [:])
    }

    @Test("damaged lines of the journal are passed over")
    func damagedJournal() throws {
        let folder = try TemporaryFolder.make()
        defer { try? Files.removeTree(folder) }
        let journal = CloudJournal(of: remote(VersionedMemory()), in: folder)
        let upload = CloudJournal.Upload(object: object("x"), version: CloudVersion(id: "v", etag: nil))
        journal.note(RelativePath("x"), upload)
        let name = try #require(Files.names(in: folder).first)
        let bytes = try Files.read(Paths.join(folder, name))
        try Files.write(
            Array("{\"path\": 1}\nnonsense\n".utf8) + bytes + bytes.dropLast(9), to: Paths.join(folder, name))
        #expect(journal.uploads() == [RelativePath("x"): upload])
    }

    @Test("an object is read in the first of its recorded versions that is there")
    func reading() async throws {
        let store = VersionedMemory()
        let gone = store.put("a", "same")
        let kept = store.put("b", "same")
        store.remove("a", version: gone)
        let objects = VersionedObjects(
            [file("a", "same", recorded: gone), file("b", "same", recorded: kept), file("c", "none")],
            in: remote(store))
        let bytes = try await ObjectStore(backend: objects).read(object("same"))
        #expect(bytes == Array("same".utf8))
        #expect(objects.knows(object("same")) && !objects.knows(object("none")))
        store.remove("b", version: kept)
        let error = await #expect(throws: StorageError.self) {
            _ = try await ObjectStore(backend: objects).read(object("same"))
        }
        #expect(error?.kind == .notFound && error?.key == object("same").key)
        #expect(objects.loss(of: object("same")).summary.contains("'b' in 's3://memory': version v2"))
    }

    @Test("a version counts for its own remote, and for one that has been renamed since")
    func belonging() {
        let remote = CloudRemote(name: "v", backend: VersionedMemory(), known: ["v", "w"])
        func version(_ name: String?, _ id: String?) -> String? {
            remote.version(in: OutputChecksum(etag: "e", versionID: id, cloudRemote: name))?.id
        }
        #expect(version("v", "1") == "1")
        #expect(version("w", "1") == nil)
        #expect(version("renamed", "1") == "1")
        #expect(version(nil, "1") == nil)
        #expect(version("v", nil) == nil)
        #expect(CloudVersion("null", etag: "e") == nil)
    }

    // MARK: What project files keep

    private func checksum(_ text: String, version: String? = nil) -> OutputChecksum {
        OutputChecksum(
            object: object(text), size: text.utf8.count, etag: version.map { _ in object(text).text },
            versionID: version, cloudRemote: version.map { _ in "v" })
    }

    private func directory(_ files: [(String, OutputChecksum)], isListed: Bool = true) -> OutputChecksum {
        let recorded = files.map { RecordedFile(relpath: $0.0, checksum: $0.1) }
        let listing = DirectoryObject(
            entries: files.compactMap { file in
                file.1.object.map { .init(path: RelativePath(file.0), digest: $0.digest) }
            })
        return OutputChecksum(
            object: listing.id(), size: 1, nfiles: files.count, files: isListed ? recorded : nil)
    }

    @Test("a file that is the same keeps its version, another one loses it")
    func keptFile() {
        let old = checksum("one", version: "1")
        #expect(checksum("one").keepingVersions(of: old, nil) == old)
        #expect(checksum("two").keepingVersions(of: old, nil) == checksum("two"))
        #expect(checksum("one").keepingVersions(of: checksum("one"), nil) == checksum("one"))
    }

    @Test("the files of a directory that are the same keep their versions, the others have none")
    func keptDirectory() throws {
        let old = directory([
            ("a", checksum("one", version: "1")), ("b", checksum("two", version: "2")),
            ("c", checksum("three", version: "3")),
        ])
        let plain = directory(
            [("a", checksum("one")), ("b", checksum("new")), ("d", checksum("four"))], isListed: false)
        let listing = DirectoryObject(
            entries: [("a", "one"), ("b", "new"), ("d", "four")].map { path, text in
                .init(path: RelativePath(path), digest: object(text).digest)
            })
        let found = plain.keepingVersions(of: old, listing) { path in path.string == "d" ? checksum("four") : nil }
        #expect(found.object == plain.object)
        let expected = [
            RecordedFile(relpath: "a", checksum: checksum("one", version: "1")),
            RecordedFile(relpath: "b", checksum: OutputChecksum(object: object("new"))),
            RecordedFile(relpath: "d", checksum: checksum("four")),
        ]
        #expect(found.files == expected)
        #expect(found.recordedListing == listing)
        // A directory that was never there has nothing to keep.
        #expect(plain.keepingVersions(of: checksum("x"), listing).files == nil)
        let nothing = directory([], isListed: false)
        #expect(nothing.keepingVersions(of: old, DirectoryObject(entries: [])).files == nil)
        #expect(nothing.recordedListing == DirectoryObject(entries: []))
    }

    @Test("a list of files that leads out of the directory is no list")
    func climbingList() {
        #expect(directory([("../x", checksum("one"))]).recordedListing == nil)
        #expect(directory([("x", OutputChecksum(size: 3))]).recordedListing == nil)
    }
}
