import CGit2

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Whether a search needs more.
enum SearchStep {
    case goOn, stop
}

extension GitRepository {
    /// Files below a folder that are neither in the index nor ignored, in byte order.
    func untrackedFiles(
        under folder: String, _ index: OpaquePointer, _ rules: SharedIgnoreRules
    ) throws(GitError) -> [String] {
        if !folder.isEmpty, rules.isIgnored(folder, isDirectory: true) { return [] }
        var paths: [[UInt8]] = []
        try forEachUntracked(under: folder, index, rules) { path in
            paths.append(path)
            return .goOn
        }
        return paths.sorted { $0.lexicographicallyPrecedes($1) }.map { String(decoding: $0, as: UTF8.self) }
    }

    /// Shows each untracked path below a folder that is not ignored itself, in no order, until told to stop.
    ///
    /// An ignored folder is never opened: to list a data folder with a million files would cost more than all the rest.
    func forEachUntracked(
        under folder: String, _ index: OpaquePointer, _ rules: SharedIgnoreRules,
        _ visit: (_ path: [UInt8]) -> SearchStep
    ) throws(GitError) {
        guard let workTree else { throw GitError(.bareRepository) }
        let top = Array(workTree.utf8) + [UInt8(ascii: "/")]
        rules.withRules { rules in
            var lists = rules.outerLists()
            var prefix: [UInt8] = []
            for part in folder.utf8.split(separator: UInt8(ascii: "/")) {
                lists += rules.list(inFolder: prefix[...])
                prefix += Array(part) + [UInt8(ascii: "/")]
            }
            var pending = [(prefix: prefix, lists: lists)]
            while let next = pending.popLast() {
                let lists = next.lists + rules.list(inFolder: next.prefix[...])
                for entry in FolderListing.entries(of: top + next.prefix) {
                    let path = next.prefix + entry.name
                    let status = status(of: path, index)
                    if status == (entry.isFolder ? .submodule : .file) { continue }
                    if GitIgnoreRules.isIgnored(
                        path[...], nameStart: next.prefix.count, isDirectory: entry.isFolder, by: lists)
                    {
                        continue
                    }
                    if !entry.isFolder {
                        if visit(path) == .stop { return }
                    } else if status == .absent, FolderListing.isRepository(top + path) {
                        if visit(path + [UInt8(ascii: "/")]) == .stop { return }
                    } else {
                        pending.append((path + [UInt8(ascii: "/")], lists))
                    }
                }
            }
        }
    }

    private enum IndexStatus {
        case absent, file, folder, submodule
    }

    private func status(of path: [UInt8], _ index: OpaquePointer) -> IndexStatus {
        withCString(path) { path in
            var position = 0
            guard git.call.git_index_find(&position, index, path) == 0 else { return nil }
            let mode = git.call.git_index_get_byindex(index, position)?.pointee.mode
            return mode == UInt32(GIT_FILEMODE_COMMIT.rawValue) ? .submodule : .file
        }
            ?? withCString(path + [UInt8(ascii: "/")]) { path in
                git.call.git_index_find_prefix(nil, index, path) == 0 ? .folder : .absent
            }
    }
}

/// Names in a folder, as Git's status looks at them.
private enum FolderListing {
    struct Entry {
        let name: [UInt8]
        let isFolder: Bool
    }

    /// Files, symbolic links and folders, but for `.git`; nothing where the folder cannot be read, as for Git.
    static func entries(of folder: [UInt8]) -> [Entry] {
        guard let stream = withCString(folder, { opendir($0) }) else { return [] }
        defer { closedir(stream) }
        var entries: [Entry] = []
        while let raw = readdir(stream) {
            let name = withUnsafeBytes(of: &raw.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if name.elementsEqual(".".utf8) || name.elementsEqual("..".utf8) || name.elementsEqual(".git".utf8) {
                continue
            }
            switch Int32(raw.pointee.d_type) {
            case Int32(DT_REG), Int32(DT_LNK): entries.append(Entry(name: name, isFolder: false))
            case Int32(DT_DIR): entries.append(Entry(name: name, isFolder: true))
            case Int32(DT_UNKNOWN):
                let kind = withCString(folder + [UInt8(ascii: "/")] + name) { PathKind(at: $0) }
                if kind != .missing { entries.append(Entry(name: name, isFolder: kind == .folder)) }
            default: break
            }
        }
        return entries
    }

    /// Whether a folder is the work tree of a repository.
    static func isRepository(_ folder: [UInt8]) -> Bool {
        let marker = folder + Array("/.git".utf8)
        return switch withCString(marker, { PathKind(at: $0) }) {
        case .missing: false
        case .file: true
        case .folder: withCString(marker + Array("/HEAD".utf8)) { access($0, F_OK) } == 0
        }
    }
}

/// Runs a body with bytes as a C string.
private func withCString<Result>(_ bytes: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
    (bytes + [0]).withUnsafeBytes { bytes in
        // There is an address because there is a byte.
        body(bytes.baseAddress!.assumingMemoryBound(to: CChar.self))
    }
}
