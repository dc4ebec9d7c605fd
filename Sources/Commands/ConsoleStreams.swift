package import Rendering

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The three standard streams, or what stands for them in a test.
package struct ConsoleStreams: Sendable {
    package let output: any TextSink
    package let errors: any TextSink
    package let outputTerminal: Terminal
    package let errorTerminal: Terminal
    /// The next line of standard input without its end; `nil` at the end of input.
    package let readLine: @Sendable () -> String?

    package init(
        output: any TextSink, errors: any TextSink, outputTerminal: Terminal = Terminal(isInteractive: false),
        errorTerminal: Terminal = Terminal(isInteractive: false), readLine: @escaping @Sendable () -> String? = { nil }
    ) {
        self.output = output
        self.errors = errors
        self.outputTerminal = outputTerminal
        self.errorTerminal = errorTerminal
        self.readLine = readLine
    }

    /// Those of this process. A reader that has gone ends the process with the status of a broken pipe.
    package static func ofProcess() -> ConsoleStreams {
        let output = Terminal(descriptor: STDOUT_FILENO)
        return ConsoleStreams(
            output: FileDescriptorSink(
                descriptor: STDOUT_FILENO, isImmediate: output.isInteractive,
                onBrokenPipe: { _exit(ExitStatus.brokenPipe) }),
            errors: FileDescriptorSink(descriptor: STDERR_FILENO, isImmediate: true),
            outputTerminal: output, errorTerminal: Terminal(descriptor: STDERR_FILENO),
            readLine: { Swift.readLine() })
    }
}

/// Seconds that only go forward.
func monotonicSeconds() -> Double {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
}
