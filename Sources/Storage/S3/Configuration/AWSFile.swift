import FileSystem

/// A section of one of the files in `~/.aws`: options, and those indented below an option such as `s3 =`.
package struct AWSSection: Sendable, Equatable {
    package var values: [String: String] = [:]
    package var nested: [String: [String: String]] = [:]

    package init() {}

    package subscript(_ name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }
}

/// `~/.aws/config` or `~/.aws/credentials`, read as the AWS tools read them.
package struct AWSFile: Sendable, Equatable {
    package enum Kind: Sendable {
        /// Sections are `[default]`, `[profile name]`, `[sso-session name]`, `[services name]`.
        case config
        /// Sections are names of profiles.
        case credentials
    }

    package private(set) var profiles: [String: AWSSection] = [:]
    package private(set) var sessions: [String: AWSSection] = [:]
    package private(set) var services: [String: AWSSection] = [:]

    package init() {}

    package init(_ text: String, kind: Kind) {
        var place: (table: WritableKeyPath<AWSFile, [String: AWSSection]>, name: String)?
        var parent: String?
        for line in text.split(whereSeparator: \.isNewline) {
            let isIndented = line.first == " " || line.first == "\t"
            let content = line.trimmingBlanks()
            guard let first = content.first, first != "#", first != ";" else { continue }
            if !isIndented, first == "[", let end = content.lastIndex(of: "]") {
                let title = content[content.index(after: content.startIndex)..<end].trimmingBlanks()
                place = Self.place(String(title), kind)
                parent = nil
                if let place, self[keyPath: place.table][place.name] == nil {
                    self[keyPath: place.table][place.name] = AWSSection()
                }
                continue
            }
            guard let place, let equals = content.firstIndex(where: { $0 == "=" || $0 == ":" }) else { continue }
            let name = content[..<equals].trimmingBlanks().lowercased()
            let value = String(content[content.index(after: equals)...].trimmingBlanks())
            if isIndented, let parent {
                self[keyPath: place.table][place.name]?.nested[parent, default: [:]][name] = value
            } else {
                self[keyPath: place.table][place.name]?.values[name] = value
                parent = value.isEmpty ? name : nil
            }
        }
    }

    /// The file at a path; an empty one where there is none.
    package init(reading path: String, kind: Kind) throws(StorageError) {
        do {
            guard let bytes = try Files.readIfPresent(path, limit: 4 << 20) else {
                self.init()
                return
            }
            self.init(String(decoding: bytes, as: UTF8.self), kind: kind)
        } catch {
            throw StorageError(.permission, "cannot read the AWS settings: \(error.summary)", place: path)
        }
    }

    /// The file without anything that runs a program, reads another file or names a server: what may be believed of a
    /// file that somebody else chose.
    package var withKeysOnly: AWSFile {
        let harmless: Set = ["aws_access_key_id", "aws_secret_access_key", "aws_session_token", "region"]
        var file = AWSFile()
        file.profiles = profiles.mapValues { section in
            var kept = AWSSection()
            kept.values = section.values.filter { harmless.contains($0.key) }
            kept.nested["s3"] = section.nested["s3"]?.filter { $0.key != "endpoint_url" }
            return kept
        }
        return file
    }

    private static func place(
        _ title: String, _ kind: Kind
    ) -> (table: WritableKeyPath<AWSFile, [String: AWSSection]>, name: String)? {
        if kind == .credentials { return (\.profiles, title) }
        if title == "default" { return (\.profiles, title) }
        let words = title.split(maxSplits: 1) { $0 == " " || $0 == "\t" }
        guard words.count == 2 else { return nil }
        let name = words[1].trimmingBlanks().trimmingQuotes()
        switch words[0] {
        case "profile": return (\.profiles, name)
        case "sso-session": return (\.sessions, name)
        case "services": return (\.services, name)
        default: return nil
        }
    }
}

extension Substring {
    fileprivate func trimmingBlanks() -> Substring {
        var text = drop { $0 == " " || $0 == "\t" || $0 == "\r" }
        while let last = text.last, last == " " || last == "\t" || last == "\r" { text = text.dropLast() }
        return text
    }

    fileprivate func trimmingQuotes() -> String {
        guard count >= 2, let first, first == "\"" || first == "'", last == first else { return String(self) }
        return String(dropFirst().dropLast())
    }
}
