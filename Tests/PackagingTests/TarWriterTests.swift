import FileSystem
import Packaging
import TestSupport
import Testing

@Suite("Archives that are written") struct TarWriterTests {
    private func archive(_ entries: [TarEntry]) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try TarWriter.write(entries) { bytes.append(contentsOf: $0) }
        return bytes
    }

    private func items(_ bytes: [UInt8]) throws -> [(item: TarItem, content: String)] {
        var reader = TarReader(MemorySource(bytes))
        var found: [(item: TarItem, content: String)] = []
        while let item = try reader.next() {
            var content: [UInt8] = []
            try reader.readContent { content.append(contentsOf: $0) }
            found.append((item, String(decoding: content, as: UTF8.self)))
        }
        return found
    }

    @Test("the order in which files are given does not show in the archive")
    func isSorted() throws {
        let entries = [
            TarEntry("b/x", .bytes([1])), TarEntry("a", .bytes([2])), TarEntry("b-", .bytes([3])),
        ]
        #expect(try archive(entries) == archive(entries.reversed()))
        #expect(try items(archive(entries)).map(\.item.path.string) == ["a", "b", "b-", "b/x"])
    }

    @Test("names of every length, large numbers of bytes and executable bits come back as they were")
    func roundTrip() throws {
        let long = String(repeating: "d", count: 90) + "/" + String(repeating: "f", count: 99)
        let longest = (0..<20).map { _ in String(repeating: "x", count: 200) }.joined(separator: "/")
        let names = ["a", "naïve/ü", long, longest, String(repeating: "n", count: 101), "two\nlines"]
        let entries = names.enumerated().map { number, name in
            TarEntry(
                RelativePath(name), .bytes(Array(String(repeating: "\(number)", count: number * 300).utf8)),
                isExecutable: number % 2 == 0)
        }
        let found = try items(archive(entries)).filter { !$0.item.isFolder }
        #expect(found.count == names.count)
        for (number, name) in names.enumerated() {
            let item = try #require(found.first { $0.item.path == RelativePath(name) })
            #expect(item.content == String(repeating: "\(number)", count: number * 300))
            #expect(item.item.isExecutable == (number % 2 == 0))
        }
    }

    @Test("the system's tar reads the archive, with times of 1970, no owners and modes of its own")
    func systemTar() throws {
        let folder = TemporaryFolder("tar")
        let long = String(repeating: "d", count: 120) + "/ü" + String(repeating: "f", count: 130)
        let bytes = try archive([
            TarEntry("bin/run", .bytes(Array("#!/bin/sh\n".utf8)), isExecutable: true),
            TarEntry(RelativePath(long), .bytes(Array("deep".utf8))), TarEntry("empty", .folder),
        ])
        try Files.write(bytes, to: folder.path("a.tar"))
        let run = try RunningProcess(
            ["tar", "--numeric-owner", "-tvf", "a.tar", "--full-time"], in: folder.path,
            environment: ["PATH": "/usr/bin:/bin", "TZ": "UTC", "LC_ALL": "C.UTF-8"]
        ).wait().succeeds()
        let lines = run.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(lines.map { $0[0] } == ["drwxr-xr-x", "-rwxr-xr-x", "drwxr-xr-x", "-rw-r--r--", "drwxr-xr-x"])
        #expect(lines.allSatisfy { $0[1] == "0/0" && $0[3] == "1970-01-01" })
        #expect(lines.last?.last == "empty/")
        try RunningProcess(["tar", "-xf", "a.tar"], in: folder.path, environment: ["PATH": "/usr/bin:/bin"])
            .wait().succeeds()
        #expect(try Files.read(folder.path(long)) == Array("deep".utf8))
    }

    @Test("a file of more than eight gigabytes has its size in a pax header")
    func largeFile() throws {
        let folder = TemporaryFolder("large")
        let path = folder.path("big")
        let file = try FileDescriptor.sparse(path, size: (8 << 30) + 5)
        _ = file
        var head: [UInt8] = []
        struct Enough: Error {}
        #expect(throws: Enough.self) {
            try TarWriter.write([TarEntry("big", .file(path: path, size: (8 << 30) + 5))]) { piece in
                head.append(contentsOf: piece)
                if head.count > 4096 { throw Enough() }
            }
        }
        var reader = TarReader(MemorySource(head))
        #expect(try reader.next()?.size == (8 << 30) + 5)
    }

    @Test("a file that grows or shrinks while it is packed is an error, not a wrong archive")
    func changingFile() throws {
        let folder = TemporaryFolder("changing")
        try Files.write([1, 2, 3], to: folder.path("f"))
        for size in [Int64(2), 4] {
            #expect(throws: PackageError.self) {
                _ = try archive([TarEntry("f", .file(path: folder.path("f"), size: size))])
            }
        }
    }

    @Test(
        "nothing is packed under a name that cannot be unpacked", arguments: ["../a", "/a", "a//b", ".git/config", ""])
    func unsafeNames(name: String) {
        #expect(throws: UnsafePath.self) { try archive([TarEntry(RelativePath(name), .bytes([]))]) }
    }

    @Test("two files of one name, or a file and a folder, cannot be packed")
    func duplicates() {
        #expect(throws: PackageError.self) { try archive([TarEntry("a", .bytes([])), TarEntry("a", .bytes([1]))]) }
        #expect(throws: PackageError.self) { try archive([TarEntry("a", .bytes([])), TarEntry("a/b", .bytes([1]))]) }
    }
}
