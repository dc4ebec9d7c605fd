import FileSystem
package import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// How a program ran and what it said.
package struct ProcessRun: Sendable, CustomStringConvertible {
    package let command: String
    /// The exit status, or `nil` if a signal ended the program.
    package let status: Int32?
    /// The signal that ended the program.
    package let signal: Int32?
    package let output: String
    package let errors: String
    /// The most memory it held at once, in bytes; 0 where it was less than the test's own, and so can't be told.
    package let peakMemory: Int
    package let seconds: Double

    package var description: String {
        let end = status.map { "status \($0)" } ?? "signal \(signal ?? 0)"
        return "\(command)\n\(end)\nstdout: \(output)\nstderr: \(errors)"
    }

    /// Expects status 0.
    @discardableResult
    package func succeeds(sourceLocation: SourceLocation = #_sourceLocation) -> ProcessRun {
        #expect(status == 0, "\(self)", sourceLocation: sourceLocation)
        return self
    }

    /// Expects success and exactly this on standard output.
    @discardableResult
    package func prints(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) -> ProcessRun {
        succeeds(sourceLocation: sourceLocation)
        #expect(output == text, "\(command)\nstderr: \(errors)", sourceLocation: sourceLocation)
        return self
    }

    /// Expects a failure with this status, or with any, whose message holds `text`.
    @discardableResult
    package func fails(
        status wanted: Int32? = nil, saying text: String = "", sourceLocation: SourceLocation = #_sourceLocation
    ) -> ProcessRun {
        #expect(signal == nil, "\(self)", sourceLocation: sourceLocation)
        #expect(status != 0, "\(self)", sourceLocation: sourceLocation)
        if let wanted { #expect(status == wanted, "\(self)", sourceLocation: sourceLocation) }
        #expect(errors.contains("ERROR: "), "\(self)", sourceLocation: sourceLocation)
        if !text.isEmpty { #expect(errors.contains(text), "\(self)", sourceLocation: sourceLocation) }
        return self
    }

    /// Expects that the program came to an end by itself, whatever it found.
    @discardableResult
    package func ends(sourceLocation: SourceLocation = #_sourceLocation) -> ProcessRun {
        #expect(signal == nil, "\(self)", sourceLocation: sourceLocation)
        return self
    }
}

/// A program that was started and not yet waited for.
package final class RunningProcess: Sendable {
    package let id: Int32
    private let command: String
    private let folder: TemporaryFolder
    private let began: Double
    /// The most that this process had held when it started the program: Linux counts it as the program's.
    private let ownPeak: Int

    /// Starts a program with nothing of the test's own environment.
    ///
    /// - Parameter arguments: the program first, found in the `PATH` of `environment` unless it is a path.
    package init(_ arguments: [String], in directory: String, environment: [String: String]) throws {
        var own = rusage()
        #if canImport(Darwin)
            getrusage(RUSAGE_SELF, &own)
        #else
            getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &own)
        #endif
        ownPeak = Self.peak(own)
        folder = TemporaryFolder("output")
        command = arguments.joined(separator: " ")
        began = Self.now()
        var actions = Self.fileActions()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, folder.path("out"), O_WRONLY | O_CREAT | O_APPEND, 0o644)
        posix_spawn_file_actions_addopen(&actions, 2, folder.path("err"), O_WRONLY | O_CREAT | O_APPEND, 0o644)
        // The shell enters the folder and becomes the program; not every system can spawn in another folder.
        let program = try #require(Self.find(arguments[0], in: environment), "there is no \(arguments[0])")
        let words = ["sh", "-c", "cd \"$1\" && shift && exec \"$@\"", "sh", directory, program]
        let argv = (words + arguments.dropFirst()).map { strdup($0) } + [nil]
        let envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for string in argv + envp { free(string) } }
        var process = pid_t()
        let status = posix_spawn(&process, "/bin/sh", &actions, nil, argv, envp)
        try #require(status == 0, "\(command) in \(directory): \(String(cString: strerror(status)))")
        id = process
    }

    private static func peak(_ usage: rusage) -> Int {
        #if canImport(Darwin)
            Int(usage.ru_maxrss)
        #else
            Int(usage.ru_maxrss) * 1024
        #endif
    }

    /// Waits for the end; a program that takes longer than this is killed, which shows as its signal.
    package func wait(seconds limit: Double = 120) -> ProcessRun {
        var state: Int32 = 0
        var usage = rusage()
        while true {
            let found = wait4(id, &state, WNOHANG, &usage)
            if found == id || (found < 0 && errno != EINTR) { break }
            if Self.now() - began > limit { kill(id, SIGKILL) }
            usleep(2000)
        }
        let signal = state & 0x7f
        let peak = Self.peak(usage)
        return ProcessRun(
            command: command, status: signal == 0 ? (state >> 8) & 0xff : nil, signal: signal == 0 ? nil : signal,
            output: text("out"), errors: text("err"), peakMemory: peak > ownPeak ? peak : 0, seconds: Self.now() - began
        )
    }

    /// Whether it comes to its end in this time; it still has to be waited for.
    package func hasEnded(within seconds: Double) -> Bool {
        let limit = Self.now() + seconds
        var information = siginfo_t()
        while Self.now() < limit {
            if waitid(P_PID, id_t(id), &information, WEXITED | WNOHANG | WNOWAIT) == 0, information.si_signo != 0 {
                return true
            }
            usleep(10_000)
        }
        return false
    }

    package func stop() { kill(id, SIGKILL) }

    private func text(_ name: String) -> String {
        String(decoding: (try? Files.read(folder.path(name))) ?? [], as: UTF8.self)
    }

    private static func find(_ program: String, in environment: [String: String]) -> String? {
        if program.contains("/") { return program }
        return environment["PATH", default: ""].split(separator: ":").map { "\($0)/\(program)" }
            .first { access($0, X_OK) == 0 }
    }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    #if canImport(Darwin)
        private static func fileActions() -> posix_spawn_file_actions_t? { nil }
    #else
        private static func fileActions() -> posix_spawn_file_actions_t { posix_spawn_file_actions_t() }
    #endif
}
