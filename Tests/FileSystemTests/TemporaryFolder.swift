import FileSystem

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A folder of its own for one test, removed when the test lets go of it.
final class TemporaryFolder {
    let path: String

    init() {
        var template = Array("/tmp/varve-fs-XXXXXX".utf8CString)
        // Tests cannot go on without a folder.
        guard let made = mkdtemp(&template) else { fatalError("no temporary folder, because mkdtemp failed") }
        path = Paths.resolvingLinks(String(cString: made))
    }

    deinit { try? Files.removeTree(path) }

    /// The path of a name inside.
    func callAsFunction(_ name: String) -> String { Paths.join(path, name) }

    /// Writes a file with its folders, and returns its path.
    @discardableResult
    func write(_ name: String, _ text: String = "text", mode: UInt32? = nil) throws -> String {
        let path = self(name)
        try Files.makeDirectory(Paths.parent(path))
        try Files.write(Array(text.utf8), to: path, sync: false)
        if let mode { try Files.setMode(path, mode) }
        return path
    }

    func text(_ name: String) throws -> String {
        String(decoding: try Files.read(self(name)), as: UTF8.self)
    }

    func symlink(_ name: String, to target: String) throws {
        try Linker.make(.symlink, from: target, to: self(name), mode: 0)
    }

    /// Names left by writers that did not clean up.
    func temporaries(in name: String = ".") throws -> [String] {
        try Files.names(in: self(name)).filter(TemporaryName.matches)
    }
}

/// Runs a program to its end and returns its exit status, or minus the signal that ended it.
func run(_ program: String, _ arguments: [String], environment: [String] = []) -> Int32 {
    guard let child = start(program, arguments, environment: environment) else { return 127 }
    return wait(for: child)
}

func start(_ program: String, _ arguments: [String], environment: [String] = []) -> pid_t? {
    var child: pid_t = 0
    let words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
    let variables: [UnsafeMutablePointer<CChar>?] = (["PATH=/usr/bin:/bin"] + environment).map { strdup($0) } + [nil]
    defer { (words + variables).forEach { free($0) } }
    return posix_spawnp(&child, program, nil, nil, words, variables) == 0 ? child : nil
}

func wait(for child: pid_t) -> Int32 {
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    let signal = status & 0x7F
    return signal == 0 ? (status >> 8) & 0xFF : -signal
}
