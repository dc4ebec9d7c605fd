// Processes starts programs for the user: each in a process group of its own, so that it can be ended with everything
// it started, in the user's own environment and, if wanted, with the terminal in hand.
//
// Words: a program's group is it and what it started; to end a group is to ask first and to insist after a grace.
// Promise: `RunningProgram.wait` returns only when the program itself is gone, and after a timeout or a request to stop
// only when nothing of its group is left.

/// A program to start, and how.
package struct ProgramRequest: Sendable {
    /// The executable first: an absolute path, or a name to look up on the `PATH` of this process.
    package var arguments: [String]
    package var variables: [String: String]
    /// Absolute path.
    package var workingDirectory: String
    package var streams: Streams

    /// Where input comes from and output goes.
    package enum Streams: Sendable {
        /// This process's own streams. Where they are a terminal that this process holds, the program gets it.
        case inherited
        /// No input; output in pieces as it comes, to be taken quickly and from a thread of its own.
        case relayed(@Sendable (OutputStream, [UInt8]) -> Void)
    }

    package enum OutputStream: Sendable {
        case output, errors
    }

    package init(
        arguments: [String], variables: [String: String], workingDirectory: String, streams: Streams = .inherited
    ) {
        self.arguments = arguments
        self.variables = variables
        self.workingDirectory = workingDirectory
        self.streams = streams
    }
}

/// How long a program may take, and how it is ended.
package struct ProgramLimits: Sendable {
    /// `nil` for as long as it likes.
    package var timeout: Duration?
    /// How long a group has between the polite signal and the hard one.
    package var grace: Duration

    package init(timeout: Duration? = nil, grace: Duration = .seconds(10)) {
        self.timeout = timeout
        self.grace = grace
    }
}
