#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension EnvironmentReport {
    /// The part that needs no repository.
    package static func ofProgram(_ invocation: Invocation) -> EnvironmentReport {
        var system = utsname()
        uname(&system)
        let platform = [text(of: system.sysname), text(of: system.release), text(of: system.machine)]
            .joined(separator: "-")
        // Tools read the first line for the version of DVC that they may rely on.
        let isStandIn = invocation.programName == "dvc"
        return EnvironmentReport(
            program: isStandIn ? "DVC" : "varve",
            version: isStandIn
                ? "\(VarveVersion.compatibleDVC) (varve \(VarveVersion.current))" : VarveVersion.current,
            platform: "Swift on \(platform)")
    }

    /// A C array of characters, which Swift sees as a tuple.
    private static func text<Characters>(of characters: Characters) -> String {
        withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
