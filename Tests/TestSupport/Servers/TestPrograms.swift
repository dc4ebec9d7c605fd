import FileSystem

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Programs that tests start: servers of the system, and tools of the folder that `VARVE_TEST_TOOLS` names.
package enum TestPrograms {
    /// Whether tests on real servers are wanted. Where they are, a missing server is a failure.
    package static var areProvided: Bool { tools != nil }

    private static var tools: String? { getenv("VARVE_TEST_TOOLS").map { String(cString: $0) } }

    /// The path of a program, from that folder, the `PATH` or a folder of system programs.
    package static func path(_ name: String) throws -> String {
        let path = getenv("PATH").map { String(cString: $0) } ?? ""
        let folders =
            [tools ?? ""] + path.split(separator: ":").map(String.init)
            + ["/usr/sbin", "/usr/local/sbin", "/usr/bin", "/opt/homebrew/bin"]
        for folder in folders where !folder.isEmpty && access(folder + "/" + name, X_OK) == 0 {
            return folder + "/" + name
        }
        throw ServerProcess.Failure(
            description: "'\(name)' is needed for this test, and is neither in VARVE_TEST_TOOLS nor in the PATH")
    }

    /// Runs a program to its end; fails where it fails.
    package static func run(_ arguments: String..., in folder: String) throws {
        let run = try RunningProcess(
            [try path(arguments[0])] + arguments.dropFirst(), in: folder, environment: ["PATH": "/usr/bin:/bin"]
        ).wait()
        guard run.status == 0 else { throw ServerProcess.Failure(description: "\(run)") }
    }

    package static func write(_ text: String, to path: String) throws {
        guard let file = fopen(path, "w") else { throw ServerProcess.Failure(description: "cannot write \(path)") }
        let isWritten = fputs(text, file) >= 0
        guard fclose(file) == 0, isWritten else { throw ServerProcess.Failure(description: "cannot write \(path)") }
    }
}
