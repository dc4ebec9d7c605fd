package import ArgumentParser

/// The two options that every command takes: say less, or say more.
package struct GlobalOptions: ParsableArguments {
    @Flag(name: [.short, .long], help: "Be quiet: print nothing but errors")
    package var quiet: Int

    @Flag(name: [.short, .long], help: "Be verbose; twice for even more")
    package var verbose: Int

    package init() {}

    package var isQuiet: Bool { quiet > 0 }
    package var verbosity: Verbosity { isQuiet ? .quiet : verbose > 1 ? .trace : verbose > 0 ? .verbose : .normal }
}

/// How much a person wants to be told.
package enum Verbosity: Int, Sendable, Comparable {
    case quiet, normal, verbose, trace

    package static func < (left: Verbosity, right: Verbosity) -> Bool { left.rawValue < right.rawValue }
}
