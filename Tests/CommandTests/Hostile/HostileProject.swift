import FileSystem
import Hashing
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// One hostile file of `fixtures/hostile`, and the project that it is put into.
struct HostileFile: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]

    var testDescription: String { name }

    /// The files of a folder of `fixtures/hostile`.
    static func all(in folder: String) -> [HostileFile] {
        let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        let path = "/\(root)/fixtures/hostile/\(folder)"
        return ((try? Files.names(in: path)) ?? []).compactMap { name in
            (try? Files.read(Paths.join(path, name))).map { HostileFile(name: name, bytes: $0) }
        }
    }
}

/// A project to attack, and what must stay as it was.
struct HostileProject {
    let repository: TemporaryRepository
    private let sentinel: TreeSnapshot
    private let gitBefore: TreeSnapshot

    /// What no command may take longer or more than; generous, as debug builds on loaded machines are tested too.
    static let seconds = 60.0
    /// The system takes the memory of whoever starts a program for the program's, until that has some of its own.
    static var memory: Int {
        var usage = rusage()
        #if canImport(Glibc)
            getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
            let unit = 1024
        #else
            getrusage(RUSAGE_SELF, &usage)
            let unit = 1
        #endif
        return max(300 << 20, Int(usage.ru_maxrss) * unit + 1)
    }

    /// The commands that read what others wrote.
    static let commands: [[String]] = [
        ["status"], ["data", "status"], ["diff"], ["checkout"], ["checkout", "--force"], ["add", "safe.txt"],
        ["commit", "--force"], ["fetch"], ["pull"], ["push"], ["list", "."], ["gc", "--workspace", "--force"],
        ["move", "data", "moved"], ["remove", "data.dvc"],
    ]

    init(_ prepare: (TemporaryRepository) throws -> Void) throws {
        repository = try TemporaryRepository()
        try repository.addRemote()
        try repository.write("safe.txt", "harmless\n")
        try repository.commitAll()
        try prepare(repository)
        sentinel = try Self.outside(repository)
        gitBefore = try Self.hooks(repository)
    }

    /// Runs every command on a copy of the project and expects that it harms nothing.
    func survives(_ context: String, isRefusedBy refusing: Set<String> = []) throws {
        for command in Self.commands {
            let copy = try TemporaryRepository(copyOf: repository)
            let run = try copy.run([BuiltProgram.varve] + command)
            let what = "\(context): \(run)"
            #expect(run.signal == nil, "\(what)")
            #expect(!run.errors.contains("unexpected error - "), "\(what)")
            if run.status != 0 { #expect(run.errors.contains("ERROR: "), "\(what)") }
            if refusing.contains(command[0]) { #expect(run.status != 0, "\(what)") }
            #expect(run.seconds < Self.seconds, "\(what)")
            #expect(run.peakMemory < Self.memory, "\(what)")
            #expect(try Self.outside(copy).differences(from: sentinel) == [], "\(what) wrote outside")
            #expect(try Self.hooks(copy).differences(from: gitBefore) == [], "\(what) wrote to Git's folder")
            #expect(!Files.exists("/escaped-varve-test"), "\(what)")
            for text in [run.output, run.errors] {
                #expect(!text.utf8.contains(0x1b) && !text.utf8.contains(0x07), "\(what) steers the terminal")
                #expect(!text.unicodeScalars.contains("\u{202e}"), "\(what) turns the line round")
            }
        }
    }

    /// All beside the project and the remote, where nothing may be written.
    private static func outside(_ repository: TemporaryRepository) throws -> TreeSnapshot {
        try TreeSnapshot(of: repository.folder, skipping: ["work", "remote", "tmp", "site", "home"])
    }

    private static func hooks(_ repository: TemporaryRepository) throws -> TreeSnapshot {
        var tree = try TreeSnapshot(of: repository.path(".git"), skipping: ["objects", "index", "logs"])
        tree.items["config of the project"] = try TreeSnapshot(of: repository.path(".dvc"), skipping: ["cache", "tmp"])
            .items["config"]
        return tree
    }
}

extension TemporaryRepository {
    /// Puts bytes under the name of an object into the cache and the remote; returns the name's 32 characters.
    @discardableResult
    func plantObject(_ bytes: [UInt8], isDirectory: Bool = false, as name: String? = nil) throws -> String {
        let digest = name ?? MD5.digest(of: bytes).hex
        let suffix = isDirectory ? ".dir" : ""
        for store in [".dvc/cache", "../remote"] {
            try write("\(store)/files/md5/\(digest.prefix(2))/\(digest.dropFirst(2))\(suffix)", bytes)
        }
        return digest
    }
}
