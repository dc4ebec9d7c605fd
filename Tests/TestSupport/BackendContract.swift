package import Storage

/// What every backend promises, as checks that any of them can be put through.
package struct BackendContract: Sendable {
    /// A promise that was broken.
    package struct Violation: Error, CustomStringConvertible {
        package let description: String
    }

    /// What some kinds of store cannot do at all.
    package enum Verb: Sendable { case list, delete }

    private let backend: any Backend
    private let missing: Set<Verb>

    /// - Parameters:
    ///   - backend: empty.
    ///   - missing: verbs that the store cannot do; they have to be refused for good.
    package init(_ backend: any Backend, without missing: Set<Verb> = []) {
        self.backend = backend
        self.missing = missing
    }

    package func check() async throws {
        try await absence()
        try await roundTrip()
        try await ranges()
        try await replacing()
        if missing.contains(.list) { try await unlisted() } else { try await listing() }
        if missing.contains(.delete) { try await undeleted() } else { try await deleting() }
        try await largeObject()
        try await concurrentWriters()
        try await hostileKeys()
        try await changingSource()
    }

    private func require(_ condition: Bool, _ promise: String) throws {
        if !condition { throw Violation(description: promise) }
    }

    private func bytes(_ key: Key, _ range: Range<Int64>? = nil) async throws -> [UInt8] {
        let sink = MemorySink()
        try await backend.read(key, range: range, into: sink)
        return sink.bytes
    }

    private func absence() async throws {
        let key = Key("absent/thing")
        try require(try await backend.stat(key) == nil, "looking up what is not there gives nil")
        do {
            _ = try await bytes(key)
            throw Violation(description: "reading what is not there fails")
        } catch let error as StorageError {
            try require(error.kind == .notFound, "reading what is not there is notFound, not \(error.kind)")
            try require(!error.isRetryable, "notFound is not retried")
        }
        try await delete(key)
        try await requireKeys([], "an empty store lists nothing")
    }

    private func delete(_ keys: Key...) async throws {
        if !missing.contains(.delete) { try await backend.delete(keys) }
    }

    private func requireKeys(_ wanted: [String], _ promise: String) async throws {
        if !missing.contains(.list) { try require(try await keys(under: "") == wanted, promise) }
    }

    private func unlisted() async throws {
        try require(backend.listing == nil, "a store that cannot list says so")
        do {
            _ = try await keys(under: "")
        } catch let error as StorageError {
            return try require(error.kind == .unsupported, "a listing that is not possible is refused as such")
        }
        throw Violation(description: "a listing that is not possible is refused")
    }

    private func undeleted() async throws {
        try await backend.delete([])
        do throws(StorageError) {
            try await backend.delete([Key("anything")])
        } catch {
            return try require(error.kind == .unsupported, "a deletion that is not possible is refused as such")
        }
        throw Violation(description: "a deletion that is not possible is refused")
    }

    private func roundTrip() async throws {
        for (name, content) in [("one", "hello"), ("deep/er/key", "x"), ("empty", ""), ("with space and ü", "bytes")] {
            try await backend.write(BytesSource(content), to: Key(name))
            try require(try await bytes(Key(name)) == Array(content.utf8), "'\(name)' is read as it was written")
            try require(
                try await backend.stat(Key(name))?.size == Int64(content.utf8.count), "'\(name)' has its size")
        }
        try await delete(Key("one"), Key("deep/er/key"), Key("empty"), Key("with space and ü"))
    }

    private func ranges() async throws {
        let key = Key("ranges")
        try await backend.write(BytesSource("0123456789"), to: key)
        try require(try await bytes(key, 2..<5) == Array("234".utf8), "a range is read without its upper bound")
        try require(try await bytes(key, 7..<Int64.max) == Array("789".utf8), "a range past the end stops at the end")
        try require(try await bytes(key, 0..<1) == Array("0".utf8), "a range may begin at 0")
        try await delete(key)
    }

    private func replacing() async throws {
        let key = Key("replaced")
        try await backend.write(BytesSource("a long old content"), to: key)
        try await backend.write(BytesSource("new"), to: key)
        try require(try await bytes(key) == Array("new".utf8), "writing replaces all")
        try require(try await backend.stat(key)?.size == 3, "writing replaces the size")
        try await delete(key)
    }

    private func keys(under prefix: String) async throws -> [String] {
        var keys: [String] = []
        for try await entry in backend.list(under: Key(prefix)) { keys.append(entry.key.path) }
        return keys
    }

    private func listing() async throws {
        let names = ["a-b", "a.b/c", "a/b/c.d", "a/c", "ab/c", "b/0", "B/1", "é/ü"]
        for name in names { try await backend.write(BytesSource(name), to: Key(name)) }
        let sorted = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        try require(try await keys(under: "") == sorted, "a listing has every key once, in the order of bytes")
        try require(
            try await keys(under: "a/") == ["a/b/c.d", "a/c"], "a listing under a folder has what is in it")
        try require(
            try await keys(under: "a") == sorted.filter { $0.utf8.starts(with: "a".utf8) },
            "a prefix need not end with a folder")
        try require(try await keys(under: "nothing/here/").isEmpty, "a listing of nothing is empty, not an error")
        for try await entry in backend.list(under: Key("")) {
            try require(entry.metadata.size == Int64(entry.key.path.utf8.count), "a listing has the sizes")
        }
        try await backend.delete(names.map { Key($0) })
    }

    private func deleting() async throws {
        try await backend.write(BytesSource("1"), to: Key("gone/1"))
        try await backend.write(BytesSource("2"), to: Key("gone/2"))
        try await backend.delete([Key("gone/1"), Key("gone/never"), Key("gone/2")])
        try require(try await backend.stat(Key("gone/2")) == nil, "deletion goes on past what is not there")
        try await backend.delete([])
        try require(try await keys(under: "").isEmpty, "what is deleted is not listed")
    }

    private func largeObject() async throws {
        var generator = SeededGenerator(seed: 7)
        let words = (0..<375_001).map { _ in generator.next() }
        let content = words.withUnsafeBytes { Array($0.dropLast(7)) }
        try await backend.write(BytesSource(content), to: Key("large"))
        try require(try await bytes(Key("large")) == content, "megabytes are read as they were written")
        try await delete(Key("large"))
    }

    private func concurrentWriters() async throws {
        let key = Key("files/md5/ab/contended")
        let contents = (0..<8).map { writer in [UInt8](repeating: UInt8(writer), count: 200_000) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for content in contents {
                group.addTask { [backend] in try await backend.write(BytesSource(content), to: key) }
            }
            try await group.waitForAll()
        }
        try require(contents.contains(try await bytes(key)), "of several writers one wins whole")
        try await requireKeys([key.path], "writers leave nothing else behind")
        try await delete(key)
    }

    private func hostileKeys() async throws {
        for name in ["../outside", "a/../../b", "/absolute", "a//b", ".", "", "a/./b"] {
            do throws(StorageError) {
                try await backend.write(BytesSource("x"), to: Key(name))
            } catch {
                try require(!error.isRetryable, "a key that leaves the store is refused for good")
                continue
            }
            throw Violation(description: "the key '\(name)' is refused")
        }
    }

    private func changingSource() async throws {
        for claimed: Int64 in [3, 9] {
            let key = Key("changing")
            do throws(StorageError) {
                try await backend.write(LyingSource(size: claimed), to: key)
            } catch {
                try require(try await backend.stat(key) == nil, "a failed write leaves nothing")
                continue
            }
            throw Violation(description: "a source that is not as long as it says is refused")
        }
    }
}

/// Five bytes that say they are more or fewer: a file that changes while it is read.
private struct LyingSource: ByteSource {
    let size: Int64
    func open(at offset: Int64) throws(StorageError) -> any ByteReader {
        try BytesSource("12345").open(at: offset)
    }
}
