package import Basics
import FileSystem

/// A package of this machine, whatever it is kept in, opened by the path that a person gives.
package final class OpenedPackage: TemporaryHolder {
    package enum Content: Sendable {
        case layout(PackageReader)
        case plain(PlainPackage)
    }

    package let content: Content
    /// As it was given, without the name behind the colon.
    package let path: String
    private let scratch: String

    /// - Parameter word: the path of a layout, of the archive of one, of a plain archive or folder; behind a layout's
    ///   path, a colon and the name of the package, or `@` and its digest.
    package init(_ word: String, _ environment: HostEnvironment, limits: ArchiveLimits = .standard) throws {
        let (path, name) = Self.split(word, environment)
        self.path = path
        let place = Paths.absolute(path, from: environment.workingDirectory)
        scratch = Paths.join(environment["TMPDIR"] ?? "/tmp", "varve-package-" + TemporaryName.make())
        guard let status = try Files.status(place, followingLinks: true) else {
            throw PackageError(.missing, "there is no package '\(path.printable)'")
        }
        do {
            if status.kind == .directory {
                if name == nil, !Files.exists(Paths.join(place, "oci-layout")) {
                    content = .plain(try PlainPackage(folder: place))
                } else {
                    content = .layout(try PackageReader(ImageLayout(opening: place), name))
                }
            } else {
                try Files.makeDirectory(scratch, mode: 0o700)
                let folder = Paths.join(scratch, "content")
                if try Self.isLayout(place, limits) {
                    let archive = try ExpandedSource.archive(place, limits: limits)
                    content = .layout(
                        try PackageReader(ImageLayout.unarchive(archive, into: folder, limits: limits), name))
                } else {
                    content = .plain(try PlainPackage(archive: place, into: folder, limits: limits))
                }
            }
        } catch {
            try? Files.removeTree(scratch)
            throw error
        }
    }

    deinit { discard() }

    /// Removes what was unpacked of an archive; the package cannot be read any more.
    package func discard() { try? Files.removeTree(scratch) }

    private static func split(_ word: String, _ environment: HostEnvironment) -> (path: String, name: String?) {
        if Files.exists(Paths.absolute(word, from: environment.workingDirectory)) { return (word, nil) }
        if let range = word.firstRange(of: "@sha256:") {
            return (String(word[..<range.lowerBound]), String(word[word.index(after: range.lowerBound)...]))
        }
        guard let colon = word.lastIndex(of: ":"), !word[colon...].contains("/") else { return (word, nil) }
        return (String(word[..<colon]), String(word[word.index(after: colon)...]))
    }

    /// Whether an archive is that of a layout: it has the mark of one.
    private static func isLayout(_ path: String, _ limits: ArchiveLimits) throws -> Bool {
        var reader = TarReader(try ExpandedSource.archive(path, limits: limits), limits: limits)
        while let item = try reader.next() {
            if item.path == "oci-layout" { return true }
        }
        return false
    }

    /// The package in a layout; other kinds cannot do what `purpose` says.
    package func layout(to purpose: String) throws -> PackageReader {
        guard case .layout(let package) = content else {
            throw PackageError(
                .unsupported, "'\(path.printable)' is not in an OCI layout, so varve cannot \(purpose)",
                remedy: "package with --as modelpack, modelkit or image")
        }
        return package
    }

    package var digest: ContentDigest {
        switch content {
        case .layout(let package): package.descriptor.digest
        case .plain(let package): package.digest
        }
    }

    /// Every file, checked.
    package func files(_ limits: ArchiveLimits = .standard) throws -> [PackageReader.File] {
        switch content {
        case .layout(let package): try package.files(limits)
        case .plain(let package): try package.files()
        }
    }
}
