/// A line of a `.dvcignore`, or a rule that always applies.
struct IgnoreRule: Sendable {
    let pattern: IgnorePattern
    /// The pattern as it applies from the root of the repository.
    let applied: String
    /// The file's path in the repository; empty for a rule that always applies.
    let source: String
    /// Counted from 1.
    let line: Int
    /// The line as the file has it, without white space around it.
    let text: String

    /// The pattern of a nested file as DVC rewrites it for the root.
    ///
    /// The name of the folder goes in as it is, so in DVC too the file of a folder named `[x]` applies elsewhere, and
    /// a leading backslash is dropped, so `\*` becomes a wildcard there.
    static func rebased(_ text: String, from folder: String) -> String {
        var rule = Array(text.utf8)
        if rule.first == UInt8(ascii: "#") { return text }
        let negated = rule.first == UInt8(ascii: "!")
        if negated { rule.removeFirst() }
        let anyFolder = Array("**/".utf8)
        let isAnchored = rule.dropLast().contains(UInt8(ascii: "/")) && !rule.starts(with: anyFolder)
        if isAnchored {
            if rule.first == UInt8(ascii: "/") { rule.removeFirst() }
        } else if rule.starts(with: anyFolder) {
            rule.removeFirst(anyFolder.count)
        }
        if rule.first == UInt8(ascii: "\\") { rule.removeFirst() }
        let tail = (isAnchored ? "/" : "/**/") + String(decoding: rule, as: UTF8.self)
        return negated ? "!/" + folder + tail : folder + tail
    }
}

/// All rules that apply in a folder, weakest first; folders without a `.dvcignore` share the one above them.
final class IgnoreRuleSet: Sendable {
    let rules: [IgnoreRule]
    /// Whether there are only the rules that always apply.
    let isBuiltIn: Bool
    let fingerprint: UInt64

    private init(rules: [IgnoreRule], isBuiltIn: Bool) {
        self.rules = rules
        self.isBuiltIn = isBuiltIn
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for rule in rules {
            for byte in rule.applied.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
            hash = (hash ^ 0xFF) &* 0x100_0000_01B3
        }
        fingerprint = hash
    }

    static let builtIn = IgnoreRuleSet(
        rules: [".hg/", ".git/", ".git", ".dvc/"].compactMap { text in
            guard let pattern = try? IgnorePattern(text) else { return nil }
            return IgnoreRule(pattern: pattern, applied: text, source: "", line: 0, text: text)
        }, isBuiltIn: true)

    func adding(_ more: [IgnoreRule]) -> IgnoreRuleSet {
        more.isEmpty ? self : IgnoreRuleSet(rules: rules + more, isBuiltIn: false)
    }

    /// Whether the strongest rule that matches says so, not looking at the folders above.
    func ignores(_ path: [UInt8], isDirectory: Bool) -> Bool {
        let subject = IgnoreSubject(path, isDirectory: isDirectory)
        return rules.last { $0.pattern.matches(subject) }?.pattern.ignores ?? false
    }

    /// Whether the path or a folder above it is ignored.
    func ignoresAnyPart(of path: [UInt8], isDirectory: Bool) -> Bool {
        for index in path.indices where path[index] == UInt8(ascii: "/") {
            if ignores(Array(path[..<index]), isDirectory: true) { return true }
        }
        return ignores(path, isDirectory: isDirectory)
    }

    /// The rule that DVC names for a path. Neighbouring rules of one kind are one question to it, of which it names
    /// the first that matches, and it asks about a folder without the slash first.
    func decidingRule(_ path: [UInt8], isDirectory: Bool) -> IgnoreRule? {
        let subject = IgnoreSubject(path, isDirectory: isDirectory)
        var end = rules.count
        while end > 0 {
            let last = rules[end - 1].pattern
            var start = end - 1
            while last.ignores, start > 0, rules[start - 1].pattern.ignores,
                rules[start - 1].pattern.isForFolders == last.isForFolders
            {
                start -= 1
            }
            if isDirectory || !last.isForFolders {
                let group = rules[start..<end]
                if let rule = group.first(where: { $0.pattern.matchesWithoutSlash(subject) })
                    ?? group.first(where: { $0.pattern.matches(subject) })
                {
                    return rule
                }
            }
            end = start
        }
        return nil
    }
}
