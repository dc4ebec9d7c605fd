import Basics
import FileSystem
import Git
import Hashing
import Indexing
import Objects
import Packaging
import ProjectFiles
import Storage

/// Files for a package on their way from the workspace, Git, the cache or a remote to a place where they can be read.
struct PackageFiles {
    private let browser: RepositoryBrowser
    /// Where what has to be fetched is put.
    private let scratch: String
    private(set) var files: [PackageFile] = []
    private var known: Set<RelativePath> = []

    init(_ browser: RepositoryBrowser, scratch: String) {
        self.browser = browser
        self.scratch = scratch
    }

    /// Adds what lies at a path; what was added before stays what it was said to be for.
    ///
    /// Of a folder those files are taken that Git or varve tracks, or all where neither tracks any.
    mutating func add(_ path: RelativePath, _ role: FileRole) async throws {
        guard let item = try await browser.item(at: path) else { throw MissingSourcePath(path: path.string) }
        guard item.isDirectory else { return try await add(item, at: path, role, group: path) }
        var found: [(item: BrowsedItem, path: RelativePath)] = []
        var pending = [path]
        while let folder = pending.popLast() {
            for child in try await browser.items(in: folder, onlyTracked: false)
            where !RepositoryBrowser.isBookkeeping(child.path) {
                let place = folder.appending(child.path)
                try PathGate.check(place.string)
                if !child.isDirectory {
                    found.append((child, place))
                } else if !child.isLink {
                    pending.append(place)
                }
            }
        }
        let kept = try gitPaths(under: path)
        let hasTracked = found.contains { $0.item.digest != nil || kept?.contains($0.path) == true }
        for (item, place) in found {
            if let kept, hasTracked, item.digest == nil, !kept.contains(place) { continue }
            try await add(item, at: place, role, group: path)
        }
    }

    private mutating func add(
        _ item: BrowsedItem, at path: RelativePath, _ role: FileRole, group: RelativePath
    ) async throws {
        guard known.insert(path).inserted else { return }
        let output = browser.snapshot.output(holding: path)
        let algorithm = output?.output.checksum.algorithm ?? .md5
        let id = item.digest.flatMap { ObjectID($0, algorithm: algorithm) }
        // A digest of the old kind is not that of the bytes.
        let recorded = algorithm == .md5 ? id?.digest : nil
        var isExecutable = item.isExecutable
        if let output, output.path == path { isExecutable = output.output.checksum.isExecutable }
        if item.digest != nil, output?.path != path { isExecutable = false }
        let content = try await content(of: item, at: path, id)
        files.append(
            PackageFile(path, role, content, isExecutable: isExecutable, group: group, recorded: recorded))
    }

    private func content(
        of item: BrowsedItem, at path: RelativePath, _ id: ObjectID?
    ) async throws -> PackageFile.Content {
        let cache = browser.repository.cache
        if !item.isPlain, let id, cache.holds(id) { return .file(cache.path(of: id)) }
        if case .commit(let tree, let prefix) = browser.files,
            try tree.entry(prefix.appending(path.string).string)?.kind == .symlink
        {
            throw Failure(
                "'\(path.string.printable)' is a symbolic link in Git, which a package has no place for",
                remedy: "package what it leads to")
        }
        // Sees to it that no link of the workspace leads out of the repository.
        let data = try await browser.data(at: "/" + path.string, SourceAccess(usesItsCache: true))
        guard let file = data.files.first, !data.isDirectory else { throw MissingSourcePath(path: path.string) }
        switch file.origin {
        case .local(let place): return .file(place)
        case .blob(let read): return .bytes(try read())
        case .object, .stored: break
        }
        let temporary = Paths.join(scratch, TemporaryName.make())
        try await file.write(to: temporary)
        return .file(temporary)
    }

    /// What Git keeps below a folder; `nil` where there is no Git, or where Git is what is looked at.
    private func gitPaths(under folder: RelativePath) throws -> Set<RelativePath>? {
        let repository = browser.repository
        guard browser.commit == nil, let git = try? repository.git else { return nil }
        let prefix = repository.prefixInGit(git)
        let paths = try git.trackedPaths(under: repository.absolute(folder))
        return Set(paths.compactMap { RelativePath($0).relative(to: prefix) })
    }
}
