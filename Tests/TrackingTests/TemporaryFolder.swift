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
        var template = Array("/tmp/varve-tracking-XXXXXX".utf8CString)
        // Tests cannot go on without a folder.
        guard let made = mkdtemp(&template) else { fatalError("no temporary folder, because mkdtemp failed") }
        path = Paths.resolvingLinks(String(cString: made))
    }

    deinit { try? Files.removeTree(path) }

    /// The path of a name inside.
    func callAsFunction(_ name: String) -> String { Paths.join(path, name) }

    func write(_ name: String, _ text: String) throws {
        try Files.makeDirectory(Paths.parent(self(name)))
        try Files.write(Array(text.utf8), to: self(name), sync: false)
    }

    func text(_ name: String) throws -> String {
        String(decoding: try Files.read(self(name)), as: UTF8.self)
    }

    /// The texts of all files inside, by their paths.
    func files() throws -> [String: String] {
        var found: [String: String] = [:]
        func collect(_ prefix: String) throws {
            for name in try Files.names(in: self(prefix)) {
                if Files.isDirectory(self(prefix + name)) {
                    try collect(prefix + name + "/")
                } else {
                    found[prefix + name] = try text(prefix + name)
                }
            }
        }
        try collect("")
        return found
    }
}
