import FileSystem
import Hashing
import Storage
import TestSupport
import Testing

@Suite("the journal of uploads") struct UploadJournalTests {
    private let upload = PendingUpload(
        place: "https://h/b/p/", object: "p/\"odd\"\n\u{1F600}", size: 5 << 30, md5: MD5.digest(of: [1]),
        partSize: 8 << 20, uploadID: "id", begun: 1_700_000_000)

    @Test("what was begun and noted is there for the next process, until it is forgotten")
    func roundTrip() {
        let folder = TemporaryFolder()
        let journal = FileUploadJournal(folder: folder.path("new/uploads"))
        #expect(journal.pending(at: upload.place).isEmpty)
        journal.begin(upload)
        let parts = (1...3).map { PendingUpload.Part(number: $0, tag: "t\($0)", md5: MD5.digest(of: [UInt8($0)])) }
        for part in parts { journal.note(part, of: upload) }
        var expected = upload
        expected.parts = parts
        #expect(FileUploadJournal(folder: folder.path("new/uploads")).pending(at: upload.place) == [expected])
        #expect(journal.pending(at: "https://elsewhere/").isEmpty)
        journal.forget(upload)
        #expect(journal.pending(at: upload.place).isEmpty)
    }

    @Test("who forgets an upload does not forget one that another process began since")
    func newerUpload() {
        let folder = TemporaryFolder()
        let journal = FileUploadJournal(folder: folder.path)
        journal.begin(upload)
        let newer = PendingUpload(
            place: upload.place, object: upload.object, size: upload.size, md5: upload.md5,
            partSize: upload.partSize, uploadID: "newer", begun: upload.begun)
        journal.begin(newer)
        journal.forget(upload)
        #expect(journal.pending(at: upload.place) == [newer])
    }

    @Test(
        "a journal that is damaged is passed over where it is, and not beyond",
        arguments: ["", "nonsense\n", "{\"place\": \"https://h/b/p/\"}\n", "{}\n{}\n", "\u{0}\u{1}"])
    func damage(text: String) throws {
        let folder = TemporaryFolder()
        let journal = FileUploadJournal(folder: folder.path)
        journal.begin(upload)
        try TestPrograms.write(text, to: folder.path("0000.upload"))
        #expect(journal.pending(at: upload.place) == [upload])
    }

    @Test("a last line that was cut off by a crash is passed over")
    func tornLine() throws {
        let folder = TemporaryFolder()
        let journal = FileUploadJournal(folder: folder.path)
        journal.begin(upload)
        journal.note(PendingUpload.Part(number: 1, tag: "t", md5: MD5.digest(of: [])), of: upload)
        journal.note(PendingUpload.Part(number: 2, tag: "t", md5: MD5.digest(of: [])), of: upload)
        let file = try #require(try Files.names(in: folder.path).first)
        try Files.write(Array(try Files.read(folder.path(file)).dropLast(20)), to: folder.path(file))
        #expect(journal.pending(at: upload.place).first?.parts.map(\.number) == [1])
    }
}
