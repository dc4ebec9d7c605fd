/// Where a path of a project file points, seen from the repository's root.
///
/// Compares byte by byte, as file systems do.
package enum Location: Sendable, Hashable {
    /// Inside the repository: normalised and relative to its root; empty for the root itself.
    case workspace(String)
    /// Beside or above the repository: normalised, begins with `..`.
    case outside(String)
    /// An absolute path of the machine; it may lie inside the repository, which only the engine can tell.
    case absolute(String)
    /// A URL such as `s3://bucket/key` or `remote://name/path`.
    case url(String)

    /// - Parameters:
    ///   - path: as a project file says it.
    ///   - directory: what `path` is relative to; itself relative to the root.
    package init(_ path: String, relativeTo directory: String) {
        if path.isURL {
            self = .url(path)
        } else if path.utf8.first == UInt8(ascii: "/") {
            self = .absolute(path.normalisedPath)
        } else if directory.utf8.first == UInt8(ascii: "/") {
            self = .absolute("\(directory)/\(path)".normalisedPath)
        } else {
            let joined = (directory.isEmpty ? path : "\(directory)/\(path)").normalisedPath
            self = joined.escapes ? .outside(joined) : .workspace(joined)
        }
    }

    /// The path relative to the root, for what lies inside the repository.
    package var workspacePath: String? { if case .workspace(let path) = self { path } else { nil } }

    /// Whether this is the repository's own bookkeeping (`.git` or `.dvc` as a folder on the way), which no output may
    /// replace.
    package var touchesMetadata: Bool {
        guard case .workspace(let path) = self else { return false }
        return path.split(separator: "/").contains { part in
            let name = part.lowercased()
            return name == ".git" || name == ".dvc"
        }
    }

    /// The path or URL, normalised.
    package var text: String {
        switch self {
        case .workspace(let text), .outside(let text), .absolute(let text), .url(let text): text
        }
    }

    private var kind: Int {
        switch self {
        case .workspace: 0
        case .outside: 1
        case .absolute: 2
        case .url: 3
        }
    }

    package static func == (left: Location, right: Location) -> Bool {
        left.kind == right.kind && left.text.utf8.elementsEqual(right.text.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        for byte in text.utf8 { hasher.combine(byte) }
    }
}

extension String {
    /// Whether this begins with `scheme://`.
    var isURL: Bool {
        let bytes = utf8
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), colon != bytes.startIndex else { return false }
        let scheme = bytes[..<colon]
        guard
            scheme.allSatisfy({ byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
                    true
                default: false
                }
            })
        else { return false }
        return bytes[colon...].starts(with: "://".utf8)
    }

    /// Without `.`, empty and inner `..` parts; empty where the path names its own folder.
    var normalisedPath: String {
        let isAbsolute = utf8.first == UInt8(ascii: "/")
        var parts: [Substring] = []
        for part in split(separator: "/", omittingEmptySubsequences: true) where part != "." {
            if part != ".." {
                parts.append(part)
            } else if let last = parts.last, last != ".." {
                parts.removeLast()
            } else if !isAbsolute {
                parts.append(part)
            }
        }
        return (isAbsolute ? "/" : "") + parts.joined(separator: "/")
    }

    /// Whether a normalised relative path leaves its folder.
    var escapes: Bool { utf8.elementsEqual("..".utf8) || utf8.starts(with: "../".utf8) }

    /// The folder of a path; empty for a bare name.
    var parentPath: String {
        guard let slash = utf8.lastIndex(of: UInt8(ascii: "/")) else { return "" }
        return slash == utf8.startIndex ? "/" : String(self[..<slash])
    }

    /// This normalised path as seen from `directory`, which is normalised too; `.` where they are the same.
    func relative(to directory: String) -> String {
        let own = split(separator: "/")
        let base = directory.split(separator: "/")
        var shared = 0
        while shared < own.count, shared < base.count, own[shared].utf8.elementsEqual(base[shared].utf8) {
            shared += 1
        }
        let steps = Array(repeating: "..", count: base.count - shared) + own[shared...].map(String.init)
        return steps.isEmpty ? "." : steps.joined(separator: "/")
    }
}
