import Basics
import FileSystem

/// The place that data was to come from has nothing.
package struct MissingSource: UserFacingError {
    /// As typed.
    package let url: String

    package var summary: String { "The path '\(RemoteURL.withoutSecrets(url))' does not exist" }
    package var remedy: String? { "check the URL; `varve list-url` shows what is there" }
}

/// The dependency of an import has nothing.
package struct MissingDependency: UserFacingError {
    let shown: String

    package var summary: String { "dependency '\(shown)' does not exist" }
    package var remedy: String? { "check where the data comes from; nothing was changed" }
}

/// Something is where data is to be put, and nobody said to replace it.
package struct ExistsLocally: UserFacingError {
    let path: String
    let isDirectory: Bool

    package var summary: String {
        "The \(isDirectory ? "directory" : "file") '\(path)' already exists locally. \n"
            + "To override it, re-run with '--force'."
    }
}

/// A place that is neither a file nor a folder.
struct NotAFileOrFolder: UserFacingError {
    let path: String

    var summary: String { "'\(path)' is neither a file nor a folder" }
    var remedy: String? { "remove it from what is imported" }
}

/// A store that has a name both for a file and for a folder, which no file system can hold.
struct AmbiguousSource: UserFacingError {
    let path: String

    var summary: String { "'\(path)' is both a file and a folder in the store" }
    var remedy: String? { "rename one of them there, or take the file and the folder one by one" }
}

/// A link in the data that leads nowhere.
struct BrokenLink: UserFacingError {
    let path: String

    var summary: String { "'\(path)' is a symbolic link that leads nowhere" }
    var remedy: String? { "remove or mend the link" }
}

/// Where data from outside is put on the user's machine.
package enum ImportTarget {
    /// The path that is meant, as the user would write it: the source's name in a folder that is there, or in place of
    /// none at all.
    ///
    /// - Throws: `ExistsLocally` for something that is there, unless it may be replaced.
    package static func resolve(
        _ source: String, _ target: String?, force: Bool, from workingDirectory: String
    ) throws -> String {
        let name = name(of: source)
        let path: String
        if let target, !target.isEmpty {
            let isFolder = Files.isDirectory(Paths.absolute(target, from: workingDirectory))
            path = isFolder ? Paths.join(target, name) : target
        } else {
            path = name
        }
        guard !path.isEmpty else {
            throw Failure("'\(source)' has no name for the data", remedy: "say where to put it")
        }
        let absolute = Paths.absolute(path, from: workingDirectory)
        if !force, let status = try Files.status(absolute, followingLinks: true) ?? Files.status(absolute) {
            throw ExistsLocally(path: path, isDirectory: status.kind == .directory)
        }
        return path
    }

    /// The last part of a path or of a URL's path.
    private static func name(of source: String) -> String {
        guard RemoteURL.hasScheme(source) else { return Paths.name(Paths.normalized(source)) }
        // `scheme://host/path?query`
        let rest = source.utf8.drop { $0 != UInt8(ascii: ":") }.dropFirst(3)
        let path = rest.prefix { !"?#".utf8.contains($0) }.drop { $0 != UInt8(ascii: "/") }
        return Paths.name(Paths.normalized(String(decoding: path, as: UTF8.self)))
    }
}
