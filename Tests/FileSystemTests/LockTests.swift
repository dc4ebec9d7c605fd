import FileSystem
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("Locks") struct LockTests {
    let folder = TemporaryFolder()

    @Test("the file holds the process number as DVC writes it, whatever was in it")
    func content() throws {
        try folder.write("lock", "a much longer earlier content\n")
        let lock = try FileLock.acquire(folder("lock"), wait: .seconds(0))
        #expect(try folder.text("lock") == " \(getpid())\n")
        lock.release()
        lock.release()
        #expect(Files.exists(folder("lock")))
    }

    @Test("a second holder is refused, told who the first is, and gets the lock after release")
    func exclusion() throws {
        let lock = try FileLock.acquire(folder("lock"), wait: .seconds(0))
        var told: [String] = []
        let error = #expect(throws: LockError.self) {
            _ = try FileLock.acquire(folder("lock"), wait: .seconds(0.05)) { told.append($0) }
        }
        #expect(error?.cause == .held)
        #expect(error?.holder?.pid == getpid())
        #expect(error?.holder?.command?.isEmpty == false)
        #expect(error?.summary.contains(folder("lock")) == true)
        #expect(told.count == 1 && told[0].contains("process \(getpid())"))
        lock.release()
        _ = try FileLock.acquire(folder("lock"), wait: .seconds(0))
    }

    @Test("the lock goes when the last reference does")
    func scope() throws {
        _ = try FileLock.acquire(folder("lock"), wait: .seconds(0))
        _ = try FileLock.acquire(folder("lock"), wait: .seconds(0))
    }

    @Test("shared holders stand beside each other, and an exclusive one does not")
    func shared() throws {
        let first = try FileLock.acquire(folder("lock"), exclusive: false, wait: .seconds(0))
        let second = try FileLock.acquire(folder("lock"), exclusive: false, wait: .seconds(0))
        #expect(throws: LockError.self) { _ = try FileLock.acquire(folder("lock"), wait: .seconds(0)) }
        first.release()
        second.release()
    }

    @Test("another process cannot take the lock that this one holds, and this one waits for another's")
    func processes() throws {
        try folder.write("lock", "")
        let held = try FileLock.acquire(folder("lock"), wait: .seconds(0))
        #expect(run("flock", ["-n", folder("lock"), "true"]) != 0)
        held.release()
        #expect(run("flock", ["-n", folder("lock"), "true"]) == 0)

        let script = "touch '\(folder("ready"))'; while [ ! -e '\(folder("go"))' ]; do sleep 0.01; done"
        let child = try #require(start("flock", [folder("lock"), "sh", "-c", script]))
        while !Files.exists(folder("ready")) { usleep(1000) }
        #expect(throws: LockError.self) { _ = try FileLock.acquire(folder("lock"), wait: .seconds(0)) }
        let lock = try FileLock.acquire(folder("lock"), wait: .forever) { _ in _ = try? folder.write("go") }
        #expect(wait(for: child) == 0)
        lock.release()
    }

    @Test("a link in the lock file's place is refused, and what it leads to stays whole")
    func plantedLink() throws {
        try folder.write("precious", "precious")
        try folder.symlink("lock", to: folder("precious"))
        let error = #expect(throws: LockError.self) { _ = try FileLock.acquire(folder("lock"), wait: .seconds(0)) }
        #expect(error?.cause == .file(FileError("lock", folder("lock"), ELOOP)))
        #expect(try folder.text("precious") == "precious")
        #expect(throws: LockError.self) { _ = try FileLock.acquire(folder("none/lock"), wait: .seconds(0)) }
    }

    @Test("a hard-link lock excludes, is given back, and leaves no claim")
    func hardlink() throws {
        let lock = try FileLock.acquireHardlink(folder("lock"), claimsIn: folder.path, wait: .seconds(0))
        #expect(try Files.status(folder("lock"))?.links == 2)
        let error = #expect(throws: LockError.self) {
            _ = try FileLock.acquireHardlink(folder("lock"), claimsIn: folder.path, wait: .seconds(0.02))
        }
        #expect(error?.cause == .held)
        #expect(error?.holder?.pid == getpid())
        #expect(try Files.names(in: folder.path).count == 2)
        lock.release()
        #expect(try Files.names(in: folder.path) == [])
    }

    @Test("a hard-link lock lasts long enough that DVC does not take it for expired")
    func hardlinkLifetime() throws {
        let lock = try FileLock.acquireHardlink(folder("lock"), claimsIn: folder.path, wait: .seconds(0))
        let expires = try #require(try Files.status(folder("lock"))).modified / 1_000_000_000
        #expect(expires > Int64(time(nil)) + 300 * 24 * 3600)
        lock.release()
    }

    @Test("a hard-link lock whose holder was killed is said to be abandoned, and not broken")
    func abandoned() throws {
        let dead = try #require(start("true", []))
        _ = wait(for: dead)
        var host = [CChar](repeating: 0, count: 256)
        gethostname(&host, 255)
        let name = String(decoding: host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        try folder.write("lock", "\(folder("lock"))|\(name)|\(dead)|1")
        let error = #expect(throws: LockError.self) {
            _ = try FileLock.acquireHardlink(folder("lock"), claimsIn: folder.path, wait: .forever)
        }
        #expect(error?.cause == .abandoned)
        #expect(error?.remedy?.contains("delete '\(folder("lock"))'") == true)
        #expect(try Files.names(in: folder.path) == ["lock"])
    }

    @Test("DVC's own hard-link lock is waited for, though it does not name its holder")
    func foreignHardlink() throws {
        try folder.write("0123.lock", folder("0123.lock"))
        try Linker.make(.hardlink, from: folder("0123.lock"), to: folder("lock"), mode: 0)
        let error = #expect(throws: LockError.self) {
            _ = try FileLock.acquireHardlink(folder("lock"), claimsIn: folder.path, wait: .seconds(0.02))
        }
        #expect(error?.cause == .held && error?.holder == nil)
        #expect(try Files.names(in: folder.path) == ["0123.lock", "lock"])
    }
}
