#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The programs under test.
package enum BuiltProgram {
    /// The built `varve`, which lies in the folder of the test bundle.
    package static let varve: String = {
        var places = CommandLine.arguments
        var buffer = [CChar](repeating: 0, count: 4096)
        let length = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        if length > 0 {
            places.append(String(decoding: buffer[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self))
        }
        for place in places.reversed() where place.hasPrefix("/") {
            var folder = place[...]
            while let slash = folder.lastIndex(of: "/") {
                folder = folder[..<slash]
                let candidate = "\(folder)/varve"
                var status = stat()
                if stat(candidate, &status) == 0, status.st_mode & S_IFMT == S_IFREG, access(candidate, X_OK) == 0 {
                    return candidate
                }
            }
        }
        preconditionFailure("varve was not built beside the test bundle")
    }()

    /// The commands that the help of this build lists, by the names that come first.
    package static let commands: [String] = {
        guard let run = try? RunningProcess([varve, "help"], in: "/", environment: [:]).wait() else { return [] }
        let sections = run.output.split(separator: "\n", omittingEmptySubsequences: false)
            .drop { !$0.hasSuffix(":") || $0 == "options:" }
        return sections.filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") }
            .compactMap { $0.split(separator: " ").first.map(String.init) }
    }()

    /// The DVC that tests compare with: `VARVE_TEST_DVC`, the path of its program.
    package static var dvc: String? { variable("VARVE_TEST_DVC") }

    /// An environment variable of the test run.
    package static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// A number that an environment variable sets.
    package static func number(_ name: String, default number: Int) -> Int {
        variable(name).flatMap { Int($0) } ?? number
    }
}
