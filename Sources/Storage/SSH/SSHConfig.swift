#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What OpenSSH's client settings (`~/.ssh/config`) say about a host.
///
/// `Host` and `Match` sections are read as far as they name hosts and users; a `Match` with other conditions, such as
/// `exec`, counts as not met: nothing is run. The first value of an option counts, as in OpenSSH.
package struct SSHConfig: Sendable, Equatable {
    /// One line that sets something, and when it counts.
    private struct Setting: Sendable, Equatable {
        let condition: Condition
        let keyword: String
        let value: String
    }

    private enum Condition: Sendable, Equatable {
        case always
        case host([String])
        /// Criteria of a `Match` line, each with its patterns.
        case match([Criterion])
        case never
        /// Lines of an included file count where the line that includes it does, too.
        indirect case both(Condition, Condition)
    }

    private struct Criterion: Sendable, Equatable {
        let name: String
        let patterns: [String]
    }

    /// What counts for one host.
    package struct Host: Sendable, Equatable {
        package var hostName: String?
        package var user: String?
        package var port: Int?
        /// In the order of the file, `~` and `%` resolved.
        package var identityFiles: [String] = []
        package var knownHosts: String?
        /// A line that asks for a way to the host that only OpenSSH's own client can take.
        package var detour: String?
    }

    private static let deepestInclude = 8
    private static let longestFile = 1 << 20

    private var settings: [Setting] = []

    /// - Parameters:
    ///   - text: of the file.
    ///   - read: the texts of the files that an `Include` pattern names, none by default.
    package init(_ text: String, read: (_ pattern: String) -> [String] = { _ in [] }) {
        add(text, within: .always, depth: 0, read)
    }

    /// Reads `~/.ssh/config`; without the file there are no settings.
    package static func load(home: String) -> SSHConfig {
        SSHConfig(contents(of: home + "/.ssh/config") ?? "") { pattern in
            paths(matching: path(pattern, home: home)).compactMap(contents)
        }
    }

    // MARK: Lines

    private mutating func add(_ text: String, within outer: Condition, depth: Int, _ read: (String) -> [String]) {
        var condition = outer
        for line in text.split(whereSeparator: \.isNewline) {
            guard let (keyword, rest) = Self.split(line) else { continue }
            switch keyword {
            case "host": condition = Self.both(outer, .host(Self.words(rest)))
            case "match": condition = Self.both(outer, Self.match(Self.words(rest)))
            case "include":
                guard depth < Self.deepestInclude else { continue }
                for text in Self.words(rest).flatMap(read) { add(text, within: condition, depth: depth + 1, read) }
            default:
                guard let value = Self.words(rest).first else { continue }
                let isWhole = keyword == "proxycommand"
                settings.append(
                    Setting(condition: condition, keyword: keyword, value: isWhole ? String(rest) : value))
            }
        }
    }

    private static func both(_ outer: Condition, _ inner: Condition) -> Condition {
        outer == .always ? inner : .both(outer, inner)
    }

    private static func match(_ words: [String]) -> Condition {
        var criteria: [Criterion] = []
        var rest = words[...]
        while let name = rest.popFirst()?.lowercased() {
            if name == "all" { continue }
            guard ["host", "originalhost", "user"].contains(name), let patterns = rest.popFirst() else { return .never }
            criteria.append(Criterion(name: name, patterns: patterns.split(separator: ",").map(String.init)))
        }
        return .match(criteria)
    }

    /// `Keyword value` or `Keyword=value`; `nil` for comments and blank lines.
    private static func split(_ line: Substring) -> (keyword: String, rest: Substring)? {
        let line = line.drop { $0 == " " || $0 == "\t" }
        guard let first = line.first, first != "#" else { return nil }
        let keyword = line.prefix { $0 != " " && $0 != "\t" && $0 != "=" }
        var rest = line[keyword.endIndex...].drop { $0 == " " || $0 == "\t" }
        if rest.first == "=" { rest = rest.dropFirst().drop { $0 == " " || $0 == "\t" } }
        while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
        return (keyword.lowercased(), rest)
    }

    /// Words at blanks; double quotes keep one together.
    private static func words(_ text: Substring) -> [String] {
        var words: [String] = []
        var word: String?
        var isQuoted = false
        for character in text {
            switch character {
            case "\"":
                isQuoted.toggle()
                word = word ?? ""
            case " ", "\t":
                if isQuoted {
                    word = (word ?? "") + String(character)
                } else if let finished = word {
                    words.append(finished)
                    word = nil
                }
            default: word = (word ?? "") + String(character)
            }
        }
        if let word { words.append(word) }
        return words
    }

    // MARK: Looking up

    /// - Parameters:
    ///   - name: as in the URL.
    ///   - user: from the URL or the remote's settings, where one is given there.
    ///   - home: what `~` and `%d` stand for.
    ///   - localUser: who runs the program.
    package func host(_ name: String, user: String? = nil, home: String, localUser: String) -> Host {
        var found: [String: String] = [:]
        var identities: [String] = []
        for setting in settings {
            let current = found["hostname"].map { Self.resolve($0, ["h": name]) } ?? name
            let subject = Subject(original: name, host: current, user: user ?? found["user"] ?? localUser)
            guard Self.holds(setting.condition, subject) else { continue }
            if setting.keyword == "identityfile" {
                identities.append(setting.value)
            } else if found[setting.keyword] == nil {
                found[setting.keyword] = setting.value
            }
        }
        var host = Host()
        host.hostName = found["hostname"].map { Self.resolve($0, ["h": name]) }
        host.user = found["user"]
        host.port = found["port"].flatMap { Int($0) }.flatMap { (1...65535).contains($0) ? $0 : nil }
        let tokens = [
            "h": host.hostName ?? name, "n": name, "d": home, "u": localUser, "r": user ?? host.user ?? localUser,
            "p": String(host.port ?? 22),
        ]
        host.identityFiles =
            identities.filter { $0.lowercased() != "none" }
            .map { Self.resolve(Self.path($0, home: home), tokens) }
        host.knownHosts = found["userknownhostsfile"].map { Self.resolve(Self.path($0, home: home), tokens) }
        for keyword in ["proxyjump", "proxycommand"] {
            if let value = found[keyword], value.lowercased() != "none" {
                host.detour = host.detour ?? (keyword == "proxyjump" ? "ProxyJump" : "ProxyCommand")
            }
        }
        return host
    }

    private struct Subject {
        let original: String
        let host: String
        let user: String
    }

    private static func holds(_ condition: Condition, _ subject: Subject) -> Bool {
        switch condition {
        case .always: true
        case .never: false
        case .host(let patterns): matches(subject.original, patterns)
        case .match(let criteria):
            criteria.allSatisfy { criterion in
                switch criterion.name {
                case "host": matches(subject.host, criterion.patterns)
                case "originalhost": matches(subject.original, criterion.patterns)
                default: matches(subject.user, criterion.patterns)
                }
            }
        case .both(let one, let other): holds(one, subject) && holds(other, subject)
        }
    }

    /// Whether one pattern fits, and none that begins with `!`.
    private static func matches(_ name: String, _ patterns: [String]) -> Bool {
        var isMatched = false
        for pattern in patterns {
            if pattern.utf8.first == UInt8(ascii: "!") {
                if fits(name, String(pattern.dropFirst())) { return false }
            } else if fits(name, pattern) {
                isMatched = true
            }
        }
        return isMatched
    }

    /// `*` stands for anything, `?` for one character; goes back to the last star only, so it takes no more than
    /// quadratic time.
    private static func fits(_ name: String, _ pattern: String) -> Bool {
        let name = Array(name.lowercased().utf8)
        let pattern = Array(pattern.lowercased().utf8)
        var (position, place) = (0, 0)
        var star: (place: Int, position: Int)?
        while position < name.count {
            if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
                star = (place, position)
                place += 1
            } else if place < pattern.count, pattern[place] == name[position] || pattern[place] == UInt8(ascii: "?") {
                position += 1
                place += 1
            } else if let last = star {
                star = (last.place, last.position + 1)
                position = last.position + 1
                place = last.place + 1
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }
    }

    private static func resolve(_ text: String, _ tokens: [String: String]) -> String {
        var result = ""
        var rest = text[...]
        while let character = rest.popFirst() {
            guard character == "%", let token = rest.first else {
                result.append(character)
                continue
            }
            rest.removeFirst()
            result += token == "%" ? "%" : tokens[String(token)] ?? "%\(token)"
        }
        return result
    }

    // MARK: Files

    /// `~/x` in the home folder, other relative paths in `~/.ssh`, as OpenSSH takes them.
    private static func path(_ text: String, home: String) -> String {
        if text.utf8.starts(with: "~/".utf8) { return home + text.dropFirst() }
        if text.utf8.first == UInt8(ascii: "/") || text.utf8.first == UInt8(ascii: "%") { return text }
        return home + "/.ssh/" + text
    }

    private static func contents(of path: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: longestFile)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    private static func paths(matching pattern: String) -> [String] {
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(pattern, 0, nil, &found) == 0, let paths = found.gl_pathv else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { paths[$0].map { String(cString: $0) } }
    }
}
