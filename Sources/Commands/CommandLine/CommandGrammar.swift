import ArgumentParser

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The words that a command takes, as ArgumentParser describes them: names, arities, help.
///
/// It is read from ArgumentParser's own description, so declarations stay the only source for parsing, completion and
/// the reference pages.
struct CommandGrammar: Decodable {
    private let arguments: [Argument]?

    /// Describes one command or group of options.
    init(of type: any ParsableArguments.Type) {
        let text = type._dumpHelp()
        guard let description = try? JSONDecoder().decode(Description.self, from: Data(text.utf8)) else {
            fatalError("a build cannot get here, because ArgumentParser writes the description that is read")
        }
        self = description.command
    }

    private struct Description: Decodable {
        let command: CommandGrammar
    }

    struct Argument: Decodable {
        enum Kind: String, Decodable { case positional, option, flag }

        struct Name: Decodable {
            let kind: String
            let name: String
        }

        /// How shells complete the value; at most one of these is there.
        struct Completion: Decodable {
            struct List: Decodable { let values: [String] }
            struct File: Decodable { let extensions: [String] }
            struct Folder: Decodable {}
            struct Command: Decodable { let command: String }

            let list: List?
            let file: File?
            let directory: Folder?
            let shellCommand: Command?
        }

        let kind: Kind
        let shouldDisplay: Bool
        let isOptional: Bool
        let isRepeating: Bool
        let parsingStrategy: String
        let names: [Name]?
        let valueName: String?
        let defaultValue: String?
        let allValues: [String]?
        let completionKind: Completion?
        let abstract: String?

        /// With dashes, short ones first: `-j`, `--jobs`.
        var spellings: [String] {
            let names = names ?? []
            return names.filter { $0.kind != "long" }.map { "-" + $0.name }
                + names.filter { $0.kind == "long" }.map { "--" + $0.name }
        }

        /// The name that messages and ArgumentParser are given; the first long one where there is one.
        var preferredSpelling: String { spellings.first { $0.hasPrefix("--") } ?? spellings.first ?? "" }

        /// As argparse names it in messages: `-j/--jobs`, or the word that stands for a positional.
        var title: String { kind == .positional ? valueName ?? "" : spellings.joined(separator: "/") }

        /// Takes as many words as follow, also none (`nargs="*"`).
        var takesManyWords: Bool { parsingStrategy == "upToNextOption" }
        /// Takes every word from its place on, dashes included (`nargs="..."`).
        var takesTheRest: Bool { kind == .positional && parsingStrategy == "postTerminator" }
    }

    var positionals: [Argument] { (arguments ?? []).filter { $0.kind == .positional } }

    /// Options and flags, `--help` left out.
    var options: [Argument] {
        (arguments ?? []).filter { $0.kind != .positional && !$0.spellings.contains("--help") }
    }
}
