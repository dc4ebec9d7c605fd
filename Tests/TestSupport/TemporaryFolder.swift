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
        path = template.withUnsafeBufferPointer { String(decoding: $0.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self) }
    }

    deinit {
        // Leaves first; folders may have lost their write permission to the test.
        nftw(
            path,
            { path, _, kind, _ in
                guard let path else { return 0 }
                _ = kind == Int32(FTW_DP.rawValue) ? rmdir(path) : unlink(path)
                return 0
            }, 16, Int32(FTW_DEPTH.rawValue | FTW_PHYS.rawValue))
    }

    /// The path of something inside.
    package func path(_ name: String) -> String { path + "/" + name }
}
