import FileSystem
import Hashing
import Objects
import TestSupport
import Testing

@testable import Indexing

@Suite struct IndexFileTests {
    private func entry(_ number: Int64, _ kind: IndexEntry.Kind = .file) -> IndexEntry {
        IndexEntry(
            inode: UInt64(number), size: number * 3, modified: -number, changed: number << 40,
            digest: MD5.digest(of: [UInt8(number)]), kind: kind, isExecutable: number % 2 == 0,
            algorithm: number % 3 == 0 ? .md5Dos2Unix : .md5)
    }

    private func sample() -> (folders: [(RelativePath, IndexFolder)], roots: [RelativePath: IndexRoot]) {
        var top = IndexFolder()
        top.append("one", entry(1))
        top.append("sub", .folder)
        top.append("é", entry(2, .link))
        var sub = IndexFolder()
        sub.append("three", entry(3))
        var doubtful = IndexRoot(
            digest: MD5.digest(of: [9]), isDirectory: true, size: 1, files: 3, ignoreFingerprint: 77)
        doubtful.isDoubtful = true
        let roots: [RelativePath: IndexRoot] = [
            "data": doubtful,
            "file": IndexRoot(
                digest: entry(4).digest, isDirectory: false, size: 12, files: 1, file: entry(4), isManaged: true),
        ]
        return ([("data", top), ("data/sub", sub), ("other", IndexFolder())], roots)
    }

    @Test("what is written is read back")
    func roundTrip() throws {
        let (folders, roots) = sample()
        let read = try #require(IndexFile(parsing: IndexFile.encode(folders: folders, roots: roots)))
        #expect(read.roots == roots)
        for (path, folder) in folders {
            let found = try #require(read.folder(path))
            #expect(found.records == folder.records)
            #expect(found.names == folder.names)
        }
        #expect(read.folder("absent") == nil)
    }

    @Test("folders below a path are found, and no neighbours of like names")
    func below() throws {
        let paths: [RelativePath] = ["a", "a-b", "a/x", "a/x/y", "a0", "b"]
        let bytes = IndexFile.encode(folders: paths.map { ($0, IndexFolder()) }, roots: [:])
        let file = try #require(IndexFile(parsing: bytes))
        #expect(file.folderPaths(under: "a") == ["a", "a/x", "a/x/y"])
        #expect(file.folderPaths(under: "a/x") == ["a/x", "a/x/y"])
        #expect(file.folderPaths(under: "c") == [])
        #expect(file.folderPaths(under: "") == paths)
    }

    @Test("an index with any bit flipped, or cut anywhere, is refused")
    func damage() {
        let (folders, roots) = sample()
        let bytes = IndexFile.encode(folders: folders, roots: roots)
        for index in bytes.indices {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[index] ^= 1 << UInt8(bit)
                if IndexFile(parsing: damaged) != nil { Issue.record("bit \(bit) of byte \(index) is not missed") }
            }
            if IndexFile(parsing: Array(bytes[..<index])) != nil { Issue.record("cut at \(index) is not missed") }
        }
        #expect(IndexFile(parsing: bytes + [0]) == nil)
    }

    @Test("records that point outside of their names are refused although the checksum is right")
    func hostileRecords() throws {
        var folder = IndexFolder()
        folder.append("name", entry(1))
        for (start, length) in [(0, 5), (4, 1), (UInt32.max, UInt16.max), (UInt32.max, 0)] as [(UInt32, UInt16)] {
            var record = folder.records[0]
            record.nameStart = start
            record.nameLength = length
            let hostile = IndexFolder(records: [record], names: folder.names)
            let file = try #require(IndexFile(parsing: IndexFile.encode(folders: [("data", hostile)], roots: [:])))
            #expect(file.folder("data") == nil)
        }
    }

    @Test("a kind that nobody knows does not trap")
    func unknownKind() throws {
        var folder = IndexFolder()
        folder.append("name", entry(1))
        var record = folder.records[0]
        record.kind = 0x7F
        let bytes = IndexFile.encode(
            folders: [("data", IndexFolder(records: [record], names: folder.names))], roots: [:])
        let read = try #require(IndexFile(parsing: bytes)?.folder("data"))
        #expect(read.entry(at: 0).inode == 1)
    }

    @Test("random bytes behind the magic are refused")
    func noise() {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<500 {
            let bytes = (0..<Int.random(in: 0...200, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            #expect(IndexFile(parsing: IndexFile.magic + bytes) == nil)
        }
    }

    @Test("a damaged index on disk is an empty one, and is replaced by a whole one")
    func damagedOnDisk() throws {
        let bench = try Workbench()
        try bench.write("data/a", "a")
        letTheClockTick()
        let id = try #require(try bench.scan("data").folder).id
        var bytes = try Files.read(bench.indexPath)
        bytes[bytes.count / 2] ^= 1
        try Files.write(bytes, to: bench.indexPath, sync: false)
        #expect(bench.index().roots.isEmpty)
        #expect(bench.index().folder("data") == nil)
        #expect(try bench.scan("data").folder?.id == id)
        #expect(bench.index().root("data")?.id == id)
        #expect(try bench.reads("data") == 0)
    }

    @Test("an index that cannot be written is no error")
    func unwritable() throws {
        let bench = try Workbench()
        try bench.write("data/a", "a")
        try Files.makeDirectory(bench.indexPath)
        #expect(try bench.scan("data").folder?.files == 1)
    }
}
