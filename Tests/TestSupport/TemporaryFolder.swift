import FileSystem

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A folder of the test's own, removed when the test lets go of it.
package final class TemporaryFolder: Sendable {
    package let path: String

    package init(_ name: String = "test") {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/varve-\(name)-XXXXXX".utf8CString)
        precondition(mkdtemp(&template) != nil, "no temporary folder can be made")
        path = template.withUnsafeBufferPointer {
            String(decoding: $0.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
    }

    deinit {
        // Whatever is left behind lies in a folder for temporary files.
        try? Files.removeTree(path)
    }

    /// The path of something inside.
    package func path(_ name: String) -> String { path + "/" + name }
}
