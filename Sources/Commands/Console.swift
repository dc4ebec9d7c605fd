package import Basics
package import Rendering

/// Where a command speaks: results on standard output, everything else on standard error.
///
/// May be used from any thread. Lines are never mixed with the progress line.
package final class Console: Sendable {
    package let verbosity: Verbosity
    package let invocation: Invocation
    package let outputStyle: Style
    package let errorStyle: Style

    private let streams: ConsoleStreams
    private let display: ProgressDisplay?

    package init(invocation: Invocation, streams: ConsoleStreams, verbosity: Verbosity = .normal) {
        self.invocation = invocation
        self.streams = streams
        self.verbosity = verbosity
        outputStyle = Style(variables: invocation.environment.variables, terminal: streams.outputTerminal)
        errorStyle = Style(variables: invocation.environment.variables, terminal: streams.errorTerminal)
        display =
            streams.errorTerminal.isInteractive && verbosity > .quiet
            ? ProgressDisplay(
                sink: streams.errors, width: streams.errorTerminal.width ?? 80, clock: { monotonicSeconds() })
            : nil
    }

    /// The device that results go to: its width, and whether a person reads them.
    package var outputTerminal: Terminal { streams.outputTerminal }
    /// The device that everything else goes to.
    package var errorTerminal: Terminal { streams.errorTerminal }
    package var isQuiet: Bool { verbosity == .quiet }

    // MARK: - Results

    /// Prints to standard output; nothing under `--quiet`.
    package func print(_ text: String = "", terminator: String = "\n") {
        if !isQuiet { show(text, terminator: terminator) }
    }

    /// Prints to standard output even under `--quiet`: for text that is the command's whole purpose.
    package func show(_ text: String, terminator: String = "\n") {
        let visible =
            outputStyle.isEnabled ? text.escapingControlCharactersButColours : text.escapingControlCharacters
        withoutProgressLine { streams.output.write(visible + terminator) }
    }

    /// Prints one JSON document, which a serializer has already written on one line.
    package func showJSON(_ json: String) { print(json) }

    /// A file name or other text by others, as it may be shown here: written out where a terminal would obey it,
    /// unchanged in a pipe.
    package func displayed(_ text: String) -> String {
        streams.outputTerminal.isInteractive ? text.onOneLine : text
    }

    /// Prints a line that a user's own command printed, with its colours.
    package func passOn(_ line: String, asError: Bool) {
        if asError {
            write(line + "\n")
        } else {
            withoutProgressLine { streams.output.write(line + "\n") }
            // Others may be waiting to see it while the command goes on.
            streams.output.flush()
        }
    }

    // MARK: - Everything else

    /// `WARNING: …` on standard error.
    package func warn(_ message: String) {
        guard !isQuiet else { return }
        write("\(errorStyle.paint("WARNING", .yellow)): \(message.escapingControlCharacters)\n")
    }

    /// `hint: …` on standard error.
    package func hint(_ message: String) {
        guard !isQuiet else { return }
        write("\(errorStyle.paint("hint", .cyan)): \(message.escapingControlCharacters)\n")
    }

    /// A line about the work as a whole, on standard error; nothing for `nil`.
    package func note(_ message: String?) {
        guard !isQuiet, let message else { return }
        write("\(message.escapingControlCharacters)\n")
    }

    /// Details for `--verbose`, on standard error.
    package func detail(_ message: @autoclosure () -> String, at level: Verbosity = .verbose) {
        guard verbosity >= level else { return }
        write("\(message().escapingControlCharacters)\n")
    }

    /// Says why a command ended. Errors are shown even under `--quiet`.
    package func report(_ error: any Error) {
        guard let report = ErrorReport(error) else { return }
        streams.output.flush()
        write(report.text(style: errorStyle))
    }

    /// Asks a question that `y` or `yes` answers with consent. No answer, as at the end of input, is a refusal.
    package func confirm(_ question: String) -> Bool {
        while true {
            show(question.escapingControlCharacters + " [y/n]: ", terminator: "")
            streams.output.flush()
            switch streams.readLine()?.lowercased() {
            case nil: return false
            case "y", "yes": return true
            case "n", "no", "": return false
            default: print("Your response must be one of: ['yes', 'no', 'y', 'n']. Please try again.")
            }
        }
    }

    /// The next line of standard input without its end; `nil` at the end of input.
    package func readLine() -> String? { streams.readLine() }

    /// Takes what the engine reports: warnings and messages become lines, the rest moves the progress line.
    package var progress: any ProgressReporter { ConsoleProgress(console: self) }

    /// Hands everything printed so far to the operating system.
    package func flush() {
        streams.output.flush()
        streams.errors.flush()
    }

    /// Keeps lines about what goes on below all output, where a person watches; none takes them away.
    package func stand(_ lines: [String]) { display?.stand(lines) }

    /// Whether a person watches what goes on.
    package var isWatched: Bool { display != nil && streams.outputTerminal.isInteractive }

    fileprivate func advance(_ event: ProgressEvent) { display?.report(event) }

    private func write(_ text: String) {
        withoutProgressLine {
            // Where both streams end up in one place, results already printed come first.
            if streams.outputTerminal.isInteractive { streams.output.flush() }
            streams.errors.write(text)
        }
    }

    private func withoutProgressLine(_ body: () -> Void) {
        if let display { display.interrupt(body) } else { body() }
    }
}

private struct ConsoleProgress: ProgressReporter {
    let console: Console

    func report(_ event: ProgressEvent) {
        switch event {
        case .warning(let text): console.warn(text)
        case .message(let text): console.print(text)
        case .began, .advanced, .moved, .ended: console.advance(event)
        }
    }
}
