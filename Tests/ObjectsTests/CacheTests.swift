import FileSystem
import Hashing
import Objects
import TestSupport
import Testing

@Suite struct CacheTests {
    private let folder = TemporaryFolder("cache")
    private let cache: Cache

    init() {
        cache = Cache(
            root: folder.path("cache"), linkTypes: [.copy], isShared: false,
            quarantineFolder: folder.path("tmp/quarantine"))
    }

    /// Puts bytes under an ID, right or wrong.
    private func plant(_ bytes: [UInt8], as id: ObjectID, mode: UInt32 = 0o444) throws {
        let path = cache.path(of: id)
        try Files.makeDirectory(Paths.parent(path))
        try Files.create(path, bytes: bytes, mode: mode)
    }

    private func id(_ text: String) -> ObjectID { ObjectID(MD5.digest(of: Array(text.utf8))) }

    private var quarantined: [String] { (try? Files.names(in: folder.path("tmp/quarantine"))) ?? [] }

    @Test("an object of mode 0444 is believed, and one of another mode only after it was hashed")
    func trust() throws {
        try plant(Array("good".utf8), as: id("good"), mode: 0o644)
        try plant(Array("bad".utf8), as: id("else"), mode: 0o644)
        #expect(try cache.contains(id("good")))
        #expect(try Files.status(cache.path(of: id("good")))?.mode == 0o444)
        #expect(try !cache.contains(id("else")))
        #expect(!Files.exists(cache.path(of: id("else"))))
        #expect(quarantined.count == 1)
        #expect(try !cache.contains(id("absent")))
    }

    @Test("an object that was fetched has its name at once, and is believed unseen only when it was flushed")
    func settling() throws {
        let texts = (0..<40).map { "object \($0)" }
        for text in texts {
            let temporary = try cache.temporaryPath(for: id(text))
            try Files.create(temporary, bytes: Array(text.utf8), mode: 0o444)
            try cache.deliver(temporary: temporary, as: id(text))
            #expect(try Files.status(cache.path(of: id(text)))?.mode == 0o644)
        }
        // What a power failure makes of one that was not flushed.
        try Files.write([], to: cache.path(of: id(texts[0])), sync: false)
        #expect(try !cache.contains(id(texts[0])))
        #expect(quarantined.count == 1)
        #expect(try cache.contains(id(texts[1])))
        // Few are flushed one by one, many together.
        try cache.settle(texts[2..<5].map(id))
        try cache.settle(texts[5...].map(id))
        for text in texts[1...] { #expect(try Files.status(cache.path(of: id(text)))?.mode == 0o444) }
    }

    @Test("a link or folder in place of an object is damage, not an object")
    func wrongKind() throws {
        try Files.makeDirectory(cache.path(of: id("folder")))
        #expect(throws: DamagedObject.self) { try cache.contains(id("folder")) }
    }

    @Test("many objects asked for at once are told missing by the rule for one")
    func missing() throws {
        let ids = (0..<1500).map { id("object \($0)") }
        for (number, object) in ids.enumerated() {
            switch number % 4 {
            case 0: try plant(Array("object \(number)".utf8), as: object)
            case 1: try plant(Array("object \(number)".utf8), as: object, mode: 0o644)
            case 2: try plant(Array("damaged".utf8), as: object, mode: 0o600)
            default: break
            }
        }
        let expected = ids.enumerated().filter { $0.offset % 4 > 1 }.map(\.element)
        #expect(try cache.missing(ids) == expected)
        #expect(try ids.filter { try !cache.contains($0) } == expected)
    }

    @Test("a name in the cache that is no text hides no object")
    func oddNeighbour() throws {
        let ids = (0..<1100).map { id("\($0)") }
        for number in ids.indices { try plant(Array("\(number)".utf8), as: ids[number]) }
        for folder in try Files.names(in: folder.path("cache/files/md5")).prefix(3) {
            try plantMisnamed(in: self.folder.path("cache/files/md5/" + folder))
        }
        #expect(try cache.missing(ids).isEmpty)
    }

    @Test("a listing is stored once, read-only, and found again")
    func listings() throws {
        let listing = DirectoryObject(entries: [.init(path: "a", digest: MD5.digest(of: [1]))])
        let stored = try cache.store(listing)
        #expect(stored == listing.id())
        let status = try Files.status(cache.path(of: stored))
        #expect(status?.mode == 0o444)
        try cache.store(listing)
        #expect(try Files.status(cache.path(of: stored)) == status)
        #expect(try cache.directoryObject(stored) == listing)
        #expect(try Files.names(in: Paths.parent(cache.path(of: stored))) == [Paths.name(cache.path(of: stored))])
    }

    @Test("a listing whose bytes are wrong is moved aside and can be stored again")
    func damagedListing() throws {
        let listing = DirectoryObject(entries: [.init(path: "a", digest: MD5.digest(of: [1]))])
        try plant(Array("[]".utf8), as: listing.id())
        #expect(throws: DamagedObject.self) { try cache.directoryObject(listing.id()) }
        #expect(try cache.directoryObject(listing.id()) == nil)
        #expect(quarantined.count == 1)
        try cache.store(listing)
        #expect(try cache.directoryObject(listing.id()) == listing)
    }

    @Test("an object that another thread has moved aside already is no error")
    func quarantineTwice() throws {
        try plant([1], as: id("x"))
        try cache.quarantine(id("x"))
        try cache.quarantine(id("x"))
        #expect(quarantined.count == 1)
    }

    @Test("folders of a shared cache belong to the group")
    func shared() throws {
        let cache = Cache(
            root: folder.path("shared"), linkTypes: [], isShared: true, quarantineFolder: folder.path("tmp/q"))
        let temporary = try cache.temporaryPath(for: id("x"))
        #expect(try Files.status(Paths.parent(temporary))?.mode == 0o2775)
        #expect(try Files.status(folder.path("shared"))?.mode == 0o2775)
    }
}
