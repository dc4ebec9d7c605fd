import Basics

/// Reads words by the rules of Python's argparse and writes them anew in the one form that ArgumentParser reads the
/// same way: options as `--name=value`, then `--`, then positional words.
///
/// argparse takes abbreviated options, values joined to short options, the last of repeated options, and decides by a
/// word's shape whether it can be a value. Its messages are kept where scripts may look for them.
struct WordReader {
    enum Reading: Equatable {
        case help
        case words([String])
    }

    private typealias Argument = CommandGrammar.Argument

    /// One mention of an option.
    private struct Mention {
        let option: Int
        let spelling: String
        let values: [String]
    }

    private let options: [Argument]
    private let positionals: [Argument]
    private let dialect: Dialect
    /// Each spelling with the place of its option; -1 is help.
    private let spellings: [(text: String, option: Int)]

    init(_ grammar: CommandGrammar, _ dialect: Dialect) {
        options = grammar.options
        positionals = grammar.positionals
        self.dialect = dialect
        spellings =
            options.enumerated().flatMap { index, option in option.spellings.map { ($0, index) } }
            + [("-h", Self.help), ("--help", Self.help)]
    }

    private static let help = -1

    func read(_ words: [String]) throws(UsageError) -> Reading {
        var mentions: [Mention] = []
        var plain: [String] = []
        var rest: [String]?
        var unknown: [String] = []
        let plainBeforeRest = positionals.prefix { !$0.takesTheRest }.count
        let hasRest = plainBeforeRest < positionals.count

        var place = 0
        reading: while place < words.count {
            let word = words[place]
            place += 1
            if word == "--" {
                if hasRest, plain.count >= plainBeforeRest {
                    rest = Array(words[place...])
                } else {
                    plain += words[place...]
                }
                break
            }
            switch try shape(of: word) {
            case .value:
                if hasRest, plain.count >= plainBeforeRest {
                    rest = Array(words[(place - 1)...])
                    break reading
                }
                plain.append(word)
            case .unknown:
                unknown.append(word)
            case .option(let option, let spelling, let attached):
                var (option, spelling, attached) = (option, spelling, attached)
                // Short flags may be run together, the last with a value: `-fj4`.
                while let text = attached, !spelling.hasPrefix("--"),
                    option == Self.help || options[option].kind == .flag
                {
                    if option == Self.help { return .help }
                    guard let next = text.first, let following = exact("-" + String(next)) else {
                        throw .argument(options[option].title, "ignored explicit argument '\(text)'")
                    }
                    mentions.append(Mention(option: option, spelling: spelling, values: []))
                    (option, spelling) = (following, "-" + String(next))
                    attached = text.count > 1 ? String(text.dropFirst()) : nil
                }
                if option == Self.help { return .help }
                let values = try values(of: options[option], attached: attached, from: words, at: &place)
                mentions.append(Mention(option: option, spelling: spelling, values: values))
            }
        }

        let allowed = positionals.contains { $0.isRepeating } ? Int.max : positionals.count
        unknown += plain.dropFirst(allowed)
        plain = Array(plain.prefix(allowed))
        try checkExclusive(mentions)
        try checkRequired(mentions, plain: plain.count, rest: rest)
        guard unknown.isEmpty else { throw unrecognized(unknown) }
        try checkChoices(plain)
        return .words(written(mentions) + writtenPositionals(plain, rest: rest))
    }

    // MARK: - Shapes

    private enum Shape {
        case value
        case option(Int, spelling: String, attached: String?)
        case unknown
    }

    private func exact(_ text: String) -> Int? { spellings.first { $0.text == text }?.option }

    private func shape(of word: String) throws(UsageError) -> Shape {
        guard word.utf8.first == 0x2D, word.utf8.count > 1 else { return .value }
        if let option = exact(word) { return .option(option, spelling: word, attached: nil) }
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let attached = parts.count > 1 ? parts[1] : nil
        if attached != nil, let option = exact(parts[0]) {
            return .option(option, spelling: parts[0], attached: attached)
        }
        if word.hasPrefix("--") {
            let candidates = spellings.filter { $0.text.hasPrefix(parts[0]) }
            if candidates.count > 1 {
                let names = candidates.map(\.text).joined(separator: ", ")
                throw UsageError("ambiguous option: \(parts[0]) could match \(names)")
            }
            if let only = candidates.first { return .option(only.option, spelling: only.text, attached: attached) }
        } else if let option = exact(String(word.prefix(2))) {
            return .option(option, spelling: String(word.prefix(2)), attached: String(word.dropFirst(2)))
        }
        if isNegativeNumber(word) || word.utf8.contains(0x20) { return .value }
        return .unknown
    }

    private func isValue(_ word: String) throws(UsageError) -> Bool {
        if word == "--" { return false }
        if case .value = try shape(of: word) { return true }
        return false
    }

    /// `-5`, `-0.5`, `-.5`: no option of ours looks like that, so these are values.
    private func isNegativeNumber(_ word: String) -> Bool {
        let parts = word.dropFirst().split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let areDigits = parts.allSatisfy { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
        guard areDigits, let last = parts.last else { return false }
        return !last.isEmpty
    }

    private func values(
        of option: Argument, attached: String?, from words: [String], at place: inout Int
    ) throws(UsageError) -> [String] {
        if option.kind == .flag {
            if let attached { throw .argument(option.title, "ignored explicit argument '\(attached)'") }
            return []
        }
        var values: [String] = []
        if let attached {
            values = [attached]
        } else {
            let limit = option.takesManyWords ? Int.max : 1
            while values.count < limit, place < words.count, try isValue(words[place]) {
                values.append(words[place])
                place += 1
            }
            if values.isEmpty, !option.takesManyWords {
                guard let bare = option.spellings.lazy.compactMap({ dialect.bareValues[$0] }).first else {
                    throw .argument(option.title, "expected one argument")
                }
                return bare.map { [$0] } ?? []
            }
        }
        for value in values { try checkChoice(value, of: option) }
        return values
    }

    // MARK: - Checks

    private func checkChoices(_ plain: [String]) throws(UsageError) {
        for (place, word) in plain.enumerated() {
            guard let positional = place < positionals.count ? positionals[place] : positionals.last else { return }
            try checkChoice(word, of: positional)
        }
    }

    private func checkChoice(_ value: String, of argument: Argument) throws(UsageError) {
        guard let choices = argument.allValues, !choices.contains(value) else { return }
        let list = choices.map { "'\($0)'" }.joined(separator: ", ")
        throw .argument(argument.title, "invalid choice: '\(value)' (choose from \(list))")
    }

    private func checkExclusive(_ mentions: [Mention]) throws(UsageError) {
        for group in dialect.exclusive {
            var first: Int?
            for mention in mentions where options[mention.option].spellings.contains(where: group.contains) {
                guard let earlier = first, earlier != mention.option else {
                    first = mention.option
                    continue
                }
                throw .argument(
                    options[mention.option].title, "not allowed with argument \(options[earlier].title)")
            }
        }
    }

    private func checkRequired(_ mentions: [Mention], plain: Int, rest: [String]?) throws(UsageError) {
        let given = Set(mentions.map(\.option))
        var missing = options.indices.filter { !options[$0].isOptional && options[$0].kind == .option }
            .filter { !given.contains($0) }.map { options[$0].title }
        for (place, positional) in positionals.enumerated() where !positional.isOptional {
            if positional.takesTheRest ? (rest ?? []).isEmpty : place >= plain { missing.append(positional.title) }
        }
        if !missing.isEmpty {
            throw UsageError("the following arguments are required: \(missing.joined(separator: ", "))")
        }
        for group in dialect.oneRequired {
            if !given.contains(where: { options[$0].spellings.contains(where: group.contains) }) {
                throw UsageError("one of the arguments \(group.joined(separator: " ")) is required")
            }
        }
    }

    private func unrecognized(_ words: [String]) -> UsageError {
        let typed = words.first { $0.hasPrefix("--") }?.split(separator: "=", maxSplits: 1).first.map(String.init)
        let visible = options.filter(\.shouldDisplay).flatMap(\.spellings).filter { $0.hasPrefix("--") }
        let meant = typed.flatMap { nearest(to: $0, among: visible) }
        return UsageError(
            "unrecognized arguments: \(words.joined(separator: " "))", remedy: meant.map { "did you mean '\($0)'?" })
    }

    // MARK: - Writing

    private func written(_ mentions: [Mention]) -> [String] {
        var kept: [Mention] = []
        for mention in mentions {
            let option = options[mention.option]
            if !option.isRepeating {
                let opposite = Self.opposite(of: option.preferredSpelling)
                kept.removeAll { $0.option == mention.option || options[$0.option].spellings.contains(opposite) }
            }
            kept.append(mention)
        }
        return kept.flatMap { mention -> [String] in
            let option = options[mention.option]
            let name = option.preferredSpelling
            if option.kind == .flag { return [name] }
            // ArgumentParser takes the next word for an empty value after "=".
            return mention.values.flatMap { $0.isEmpty ? [name, ""] : ["\(name)=\($0)"] }
        }
    }

    /// Of `--run-cache` and `--no-run-cache` the last one counts.
    private static func opposite(of spelling: String) -> String {
        spelling.hasPrefix("--no-") ? "--" + spelling.dropFirst(5) : "--no-" + spelling.dropFirst(2)
    }

    private func writtenPositionals(_ plain: [String], rest: [String]?) -> [String] {
        if let rest { return plain + ["--"] + rest }
        return plain.isEmpty ? [] : ["--"] + plain
    }
}
