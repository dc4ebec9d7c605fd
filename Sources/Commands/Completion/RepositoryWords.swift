import Basics

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Completes from the text of files alone: no lock, no YAML, no Git library, since a person waits.
struct RepositoryWords: CompletionSource {
    /// Larger files are not read; nobody waits for them.
    private static let readLimit = 4 << 20

    func words(_ kind: CompletedWord, beginningWith prefix: String, in environment: HostEnvironment) -> [String] {
        let directory = environment.workingDirectory
        let words =
            switch kind {
            case .targets: targets(beginningWith: prefix, in: directory)
            case .remotes: remotes(around: directory)
            case .revisions: revisions(around: directory)
            }
        return words.filter { $0.utf8.starts(with: prefix.utf8) }
    }

    /// Pointer files and the data they stand for in the folder that the prefix names, folders to go on into, and the
    /// stages of `dvc.yaml`.
    private func targets(beginningWith prefix: String, in directory: String) -> [String] {
        let lead = prefix.utf8.lastIndex(of: 0x2F).map { String(prefix[...$0]) } ?? ""
        let folder = lead.hasPrefix("/") ? lead : directory + "/" + lead
        var found: [String] = []
        for entry in entries(of: folder) where !entry.name.hasPrefix(".") {
            if entry.isFolder { found.append(lead + entry.name + "/") }
            if entry.name.hasSuffix(".dvc") {
                found += [lead + entry.name, lead + entry.name.dropLast(4)]
            }
        }
        return found + (lead.isEmpty ? stages(in: folder) : [])
    }

    /// The keys one level below `stages:`, found by indentation.
    private func stages(in folder: String) -> [String] {
        guard let text = text(of: folder + "/dvc.yaml") else { return [] }
        var names: [String] = []
        var isInside = false
        var depth: Int?
        for line in text.split(separator: "\n") {
            let content = line.drop { $0 == " " }
            if content.isEmpty || content.hasPrefix("#") { continue }
            let indent = line.count - content.count
            if indent == 0 {
                isInside = content.hasPrefix("stages:")
                continue
            }
            guard isInside, indent == depth ?? indent, let colon = content.lastIndex(of: ":") else { continue }
            depth = indent
            names.append(content[..<colon].trimmingQuotes)
        }
        return names
    }

    private func remotes(around directory: String) -> [String] {
        guard let root = ancestor(of: directory, holding: ".dvc") else { return [] }
        return ["config", "config.local"].flatMap { name in
            (text(of: "\(root)/.dvc/\(name)") ?? "").split(separator: "\n").compactMap { line -> String? in
                // ['remote "name"']
                let parts = line.split(separator: "\"", omittingEmptySubsequences: false)
                guard parts.count == 3, parts[0].hasSuffix("remote "), parts[0].hasPrefix("[") else { return nil }
                return String(parts[1])
            }
        }
    }

    /// Branches and tags, loose and packed.
    private func revisions(around directory: String) -> [String] {
        guard let root = ancestor(of: directory, holding: ".git") else { return [] }
        let packed = (text(of: root + "/.git/packed-refs") ?? "").split(separator: "\n").compactMap { line -> String? in
            let parts = line.split(separator: " ")
            guard parts.count == 2 else { return nil }
            return Self.shortName(String(parts[1]))
        }
        let loose = ["heads", "tags"].flatMap { references(below: "\(root)/.git/refs/\($0)/", depth: 0) }
        return ["HEAD"] + packed + loose
    }

    private static func shortName(_ reference: String) -> String? {
        for lead in ["refs/heads/", "refs/tags/"] where reference.hasPrefix(lead) {
            return String(reference.dropFirst(lead.count))
        }
        return nil
    }

    private func references(below folder: String, depth: Int) -> [String] {
        guard depth < 8 else { return [] }
        return entries(of: folder).flatMap { entry in
            entry.isFolder
                ? references(below: folder + entry.name + "/", depth: depth + 1).map { entry.name + "/" + $0 }
                : [entry.name]
        }
    }

    // MARK: - Files

    private func ancestor(of directory: String, holding name: String) -> String? {
        var folder = directory
        while true {
            if access("\(folder)/\(name)", F_OK) == 0 { return folder }
            guard let slash = folder.utf8.lastIndex(of: 0x2F), slash != folder.startIndex else { return nil }
            folder = String(folder[..<slash])
        }
    }

    private func entries(of folder: String) -> [(name: String, isFolder: Bool)] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var found: [(name: String, isFolder: Bool)] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { found.append((name, Int32(entry.pointee.d_type) == Int32(DT_DIR))) }
        }
        return found
    }

    private func text(of path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_size > 0, status.st_size <= Self.readLimit else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        let count = read(descriptor, &bytes, bytes.count)
        return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
    }
}

extension Substring {
    fileprivate var trimmingQuotes: String {
        String(drop { $0 == "\"" || $0 == "'" }.prefix { $0 != "\"" && $0 != "'" })
    }
}
