package import ArgumentParser

/// One command: its words, and what it does with them.
///
/// To add one, write a `…Command` struct with a `configuration` (name, abstract, `discussion: examples(…)`), its
/// options, `@OptionGroup var global: GlobalOptions` and `execute`, and name it in `Varve.groups` or in the
/// `CommandFamily` it belongs to. Words are read by argparse's rules before ArgumentParser sees them (`WordReader`):
///
/// - `@Option(parsing: .upToNextOption) var targets: [String]` takes any number of words, also none;
///   other array options take one word each time they are given;
/// - `@Argument(parsing: .postTerminator) var words: [String]` takes every word from its place on, dashes included;
/// - options that may stand without a value and options that exclude one another are named in `dialect`.
package protocol VarveCommand: AsyncParsableCommand {
    var global: GlobalOptions { get }

    /// What argparse knows of this command's options and ArgumentParser cannot say.
    static var dialect: Dialect { get }

    /// Status after a `UserFacingError` of category `.failure`: 1 where DVC's command catches its own errors.
    static var failureStatus: Int32 { get }

    func execute(_ console: Console) async throws
}

extension VarveCommand {
    package static var dialect: Dialect { Dialect() }
    package static var failureStatus: Int32 { 255 }

    /// Commands are run by `Program`, which hands them a console.
    package mutating func run() async throws {
        throw CleanExit.helpRequest(self)
    }
}

/// A command that only holds others, such as `remote`.
package protocol CommandFamily: AsyncParsableCommand {}

/// The examples at the end of a command's help: what to type, and what it is for.
///
///     discussion: examples(("varve push", "Upload all that is tracked"), ("varve push -r backup data.dvc", "…"))
package func examples(_ pairs: (command: String, purpose: String)...) -> String {
    "Examples:\n" + pairs.map { "  # \($0.purpose)\n  \($0.command)" }.joined(separator: "\n")
}
