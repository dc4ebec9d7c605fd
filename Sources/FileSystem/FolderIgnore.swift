package import Basics

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The rules for the names in one folder, for a walk from the top down.
package struct FolderIgnore: Sendable {
    /// The folder's own rule file could not be read or has a pattern that means nothing; such a pattern matches
    /// nothing here.
    package let problem: (any UserFacingError)?
    private let repository: IgnoreRules
    /// Path from the root with a slash at its end; empty for the root.
    private let prefix: String
    private let rules: IgnoreRuleSet
    /// Whether the folder itself is ignored by a pattern, and so everything in it.
    private let isIgnored: Bool
    /// Whether the folder is in a repository inside the repository, or is one.
    private let isNested: Bool

    init(rootOf repository: IgnoreRules) {
        let own = Self.read(".dvcignore", below: "", of: repository)
        self.init(
            problem: own.problem, repository: repository, prefix: "", rules: IgnoreRuleSet.builtIn.adding(own.rules),
            isIgnored: false, isNested: false)
    }

    private init(
        problem: (any UserFacingError)?, repository: IgnoreRules, prefix: String, rules: IgnoreRuleSet,
        isIgnored: Bool, isNested: Bool
    ) {
        self.problem = problem
        self.repository = repository
        self.prefix = prefix
        self.rules = rules
        self.isIgnored = isIgnored
        self.isNested = isNested
    }

    /// The rules for a folder in this one, with its own `.dvcignore` read.
    package func child(_ name: String) -> FolderIgnore {
        child(name, hasRules: true)
    }

    /// The rules for a folder in this one.
    ///
    /// - Parameter hasRules: False where the caller knows from its names that it has no `.dvcignore`.
    package func child(_ name: String, hasRules: Bool) -> FolderIgnore {
        let path = Array((prefix + name).utf8)
        let nested = isNested || isRepository(name)
        let ignored = isIgnored || rules.ignores(path, isDirectory: true)
        let file = prefix + name + "/.dvcignore"
        guard hasRules, !nested, !ignored, !rules.ignores(Array(file.utf8), isDirectory: false) else {
            return FolderIgnore(
                problem: problem, repository: repository, prefix: prefix + name + "/", rules: rules,
                isIgnored: ignored, isNested: nested)
        }
        let own = Self.read(file, below: prefix + name, of: repository)
        let all = rules.adding(own.rules)
        return FolderIgnore(
            problem: own.problem ?? problem, repository: repository, prefix: prefix + name + "/", rules: all,
            isIgnored: own.rules.isEmpty ? ignored : all.ignoresAnyPart(of: path, isDirectory: true), isNested: nested)
    }

    /// Whether the walk passes over a name in this folder. For a folder this looks whether it is a repository.
    package func ignores(_ name: String, isDirectory: Bool) -> Bool {
        isNested || ignoresByPattern(name, isDirectory: isDirectory) || (isDirectory && isRepository(name))
    }

    /// Like `ignores`, but repositories inside the repository are not passed over.
    package func ignoresByPattern(_ name: String, isDirectory: Bool) -> Bool {
        if isIgnored { return true }
        if rules.isBuiltIn {
            return name.hasSameBytes(as: ".git")
                || (isDirectory && (name.hasSameBytes(as: ".dvc") || name.hasSameBytes(as: ".hg")))
        }
        return rules.ignores(Array((prefix + name).utf8), isDirectory: isDirectory)
    }

    /// The rule that decides about a name in this folder, or about a folder above.
    func match(_ name: String, isDirectory: Bool) -> IgnoreMatch? {
        var above = ""
        let parts = Paths.components(prefix) + [name]
        for (index, part) in parts.enumerated() {
            let isFolder = isDirectory || index < parts.count - 1
            let path = above + part
            if isFolder, Self.isRepository(path, in: repository) {
                return IgnoreMatch(isIgnored: true, source: "in sub_repo:\(part)", line: 0, pattern: "/\(part)/")
            }
            let rule = rules.decidingRule(Array(path.utf8), isDirectory: isFolder)
            if let rule, rule.pattern.ignores || index == parts.count - 1 {
                return IgnoreMatch(
                    isIgnored: rule.pattern.ignores, source: rule.source, line: rule.line, pattern: rule.text)
            }
            above = path + "/"
        }
        return nil
    }

    /// Whether no `.dvcignore` applies: only `.git`, and folders that are named `.dvc` or `.hg` or hold a `.dvc`, are
    /// passed over, so a caller that knows these may skip the matching.
    package var isTrivial: Bool { rules.isBuiltIn && !isIgnored && !isNested }

    /// Changes when a pattern that applies here does.
    package var fingerprint: UInt64 {
        rules.fingerprint &+ (isIgnored ? 1 : 0) &+ (isNested ? 2 : 0)
    }

    private func isRepository(_ name: String) -> Bool {
        Self.isRepository(prefix + name, in: repository)
    }

    private static func isRepository(_ path: String, in repository: IgnoreRules) -> Bool {
        access(Paths.join(repository.root, path) + "/.dvc", F_OK) == 0
    }

    private static func read(
        _ file: String, below folder: String, of repository: IgnoreRules
    ) -> (rules: [IgnoreRule], problem: (any UserFacingError)?) {
        var rules: [IgnoreRule] = []
        var problem: (any UserFacingError)?
        do {
            guard let bytes = try Files.readIfPresent(Paths.join(repository.root, file), limit: 1 << 24) else {
                return ([], nil)
            }
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw Failure("'\(file.printable)' is not valid UTF-8", remedy: "save it as UTF-8")
            }
            for (index, line) in lines(of: text).enumerated() {
                do {
                    if let rule = try rule(line, number: index + 1, file: file, folder: folder) { rules.append(rule) }
                } catch let flaw as IgnorePattern.Flaw {
                    problem =
                        problem
                        ?? Failure(
                            "pattern '\(line.printable)' of '\(file.printable)' means nothing: \(flaw.text)",
                            remedy: "correct line \(index + 1) of '\(file.printable)'")
                }
            }
        } catch {
            problem = (error as? any UserFacingError) ?? Failure("cannot read '\(file.printable)'")
        }
        if let problem { repository.report(problem, in: file) }
        return (rules, problem)
    }

    private static func rule(_ line: String, number: Int, file: String, folder: String) throws -> IgnoreRule? {
        let text = line.trimmingWhitespace()
        if text.isEmpty || text.utf8.first == UInt8(ascii: "#") { return nil }
        let applied = folder.isEmpty ? text : IgnoreRule.rebased(text, from: folder)
        guard let pattern = try IgnorePattern(applied) else { return nil }
        return IgnoreRule(pattern: pattern, applied: applied, source: file, line: number, text: text)
    }

    /// Lines as Python's text files have them: ended by a new line, a return, or both.
    private static func lines(of text: String) -> [String] {
        var lines: [String] = []
        var line = String.UnicodeScalarView()
        var previous: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            if scalar == "\r" || scalar == "\n" {
                if !(scalar == "\n" && previous == "\r") {
                    lines.append(String(line))
                    line = String.UnicodeScalarView()
                }
            } else {
                line.append(scalar)
            }
            previous = scalar
        }
        if !line.isEmpty { lines.append(String(line)) }
        return lines
    }
}
