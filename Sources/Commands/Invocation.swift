package import Basics

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What a command may know of how the program was called.
package struct Invocation: Sendable {
    /// The name it was called by: `varve`, or `dvc` where it stands in for DVC.
    package var programName: String
    package var environment: HostEnvironment
    /// `--wait-for-lock`
    package var waitsForLock: Bool

    package init(programName: String = "varve", environment: HostEnvironment, waitsForLock: Bool = false) {
        self.programName = programName
        self.environment = environment
        self.waitsForLock = waitsForLock
    }
}

extension HostEnvironment {
    /// Of this process, read once.
    package static func ofProcess() -> HostEnvironment {
        var variables: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let pair = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if pair.count == 2 { variables[String(pair[0])] = String(pair[1]) }
            entry += 1
        }
        return HostEnvironment(
            variables: variables, workingDirectory: currentDirectory() ?? "/",
            processors: sysconf(Int32(_SC_NPROCESSORS_ONLN)),
            commandLine: Swift.CommandLine.arguments.joined(separator: " "), askSecret: SecretPrompt.ask)
    }

    static func currentDirectory() -> String? {
        guard let path = getcwd(nil, 0) else { return nil }
        defer { free(path) }
        return String(cString: path)
    }
}
