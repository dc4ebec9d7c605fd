import Basics
import Documents
import FileSystem
import Git
import Indexing
import Objects
import ProjectFiles
import Storage

/// Where the objects of another repository are looked for.
struct SourceAccess: Sendable {
    /// The cache that they are to come into; what it has need not be looked for.
    var destination: Cache?
    /// Whether the other repository's own cache counts, too, where it has a remote.
    var usesItsCache = false
}

/// Nothing that could be imported is at a path of another repository.
struct MissingSourcePath: UserFacingError {
    let path: String

    var summary: String { "'\(path)' is neither tracked data nor a file of the repository" }
    var remedy: String? { "`varve list URL` shows what the repository has" }
    /// DVC lets this reach its top level.
    var category: ErrorCategory { .unexpected }
}

/// A link of another repository's workspace that leads out of it.
struct LinkOutOfSource: UserFacingError {
    let path: String

    var summary: String { "'\(path)' is a symbolic link that leads out of its repository" }
    var remedy: String? { "nothing was taken from there; copy the file by hand if you trust it" }
}

extension RepositoryBrowser {
    /// Everything at a path as it can be brought elsewhere: files that Git keeps or that lie in the workspace, and
    /// tracked data where neither has them. Project files are left out of folders.
    func data(at path: String, _ access: SourceAccess) async throws -> IncomingData {
        // As DVC: a remote that was named must be there, even where nothing is taken from it.
        if let name = overriddenRemote { _ = try repository.settings.remote(name, root: repository.root) }
        let (browser, folder) = try locate(path)
        return try await browser.data(in: folder, shown: path, access)
    }

    private func data(in folder: RelativePath, shown: String, _ access: SourceAccess) async throws -> IncomingData {
        if !folder.isRoot { try PathGate.check(folder.string) }
        guard let item = try await item(at: folder) else { throw MissingSourcePath(path: shown) }
        guard item.isDirectory else {
            return IncomingData(
                isDirectory: false, files: [try await file(item, at: folder, as: RelativePath(""), access)])
        }
        var data = IncomingData(isDirectory: true, files: [])
        var pending = [RelativePath("")]
        while let current = pending.popLast() {
            let children = try await items(in: folder.appending(current.string), onlyTracked: false)
            if children.isEmpty, !current.isRoot, commit == nil { data.emptyFolders.append(current) }
            for child in children where !RepositoryBrowser.isBookkeeping(child.path) {
                let path = current.appending(child.path)
                try PathGate.check(path.string)
                if child.isDirectory {
                    // As DVC, which goes through no link to a folder.
                    if !child.isLink { pending.append(path) }
                } else {
                    data.files.append(
                        try await file(child, at: folder.appending(path.string), as: path, access))
                }
            }
        }
        data.files.sort { $0.path < $1.path }
        return data
    }

    private func file(
        _ item: BrowsedItem, at path: RelativePath, as name: RelativePath, _ access: SourceAccess
    ) async throws -> IncomingFile {
        guard item.isPlain else {
            guard let output = snapshot.output(holding: path) else { throw MissingSourcePath(path: path.string) }
            return try await file(of: output, item, at: path, as: name, access)
        }
        return IncomingFile(path: name, size: item.size, isExecutable: item.isExecutable, origin: try plain(path))
    }

    /// A file of the workspace or of the commit.
    private func plain(_ path: RelativePath) throws -> IncomingFile.Origin {
        switch files {
        case .workspace(let root, _):
            let absolute = Paths.join(root, path.string)
            let resolved = Paths.resolvingLinks(absolute)
            let homes = [root, repository.cache.root, (try? repository.git)?.workTree].compactMap { $0 }
            guard homes.contains(where: { Paths.isInside(resolved, Paths.resolvingLinks($0)) }) else {
                throw LinkOutOfSource(path: absolute)
            }
            guard Files.exists(resolved) else { throw BrokenLink(path: absolute) }
            return .local(resolved)
        case .commit(let tree, let prefix):
            let path = prefix.appending(path.string).string
            guard let entry = try tree.entry(path) else { throw MissingSourcePath(path: path) }
            // As DVC, of a link that Git keeps the bytes are its text; so it leads nowhere.
            return .blob { try tree.blob(entry.object) }
        }
    }

    // MARK: Tracked data

    private func file(
        of output: TrackedOutput, _ item: BrowsedItem, at path: RelativePath, as name: RelativePath,
        _ access: SourceAccess
    ) async throws -> IncomingFile {
        let id = item.digest.flatMap { ObjectID($0, algorithm: output.output.checksum.algorithm) }
        if let id, access.destination?.holds(id) == true || (output.stage.isRepositoryImport && isCached(id)) {
            return IncomingFile(path: name, size: item.size, origin: .object(id, [cacheStore]))
        }
        if output.stage.isRepositoryImport {
            let rest = path.relative(to: output.path) ?? RelativePath("")
            let source = try source(of: output)
            let dependency = RelativePath(Paths.normalized(output.stage.dependencies[0].path))
            let found = try await source.data(at: dependency.appending(rest.string).string, access)
            guard let file = found.files.first, !found.isDirectory else { throw MissingSourcePath(path: path.string) }
            return IncomingFile(path: name, size: file.size, origin: file.origin)
        }
        guard let id else {
            throw RecordedWithoutData(path: path.string, definition: output.stage.definition)
        }
        return IncomingFile(path: name, size: item.size, origin: .object(id, try stores(of: output, access)))
    }

    private func isCached(_ id: ObjectID) -> Bool { clone == nil && repository.cache.holds(id) }

    private var cacheStore: ObjectStore {
        ObjectStore(
            backend: DirectoryBackend(root: repository.cache.root, concurrency: repository.environment.processors))
    }

    /// Where the objects of an output may be, in the order in which DVC looks there.
    private func stores(of output: TrackedOutput, _ access: SourceAccess) throws -> [ObjectStore] {
        var stores: [ObjectStore] = []
        let hasRemote = output.output.remote != nil || repository.settings.defaultRemote != nil
        if clone == nil, access.usesItsCache || !hasRemote { stores.append(cacheStore) }
        if hasRemote { stores.append(try repository.objects(of: output, inRemote: output.output.remote)) }
        return stores
    }

    /// What an output that is itself an import has, from where it comes; `nil` for any other output, and for one whose
    /// data is at hand.
    func dataOfImport(_ output: TrackedOutput) async throws -> IncomingData? {
        guard output.stage.isRepositoryImport else { return nil }
        return try await source(of: output).data(at: output.stage.dependencies[0].path, SourceAccess())
    }

    /// The repository that an output was imported from, at the commit that the import names.
    private func source(of output: TrackedOutput) throws -> RepositoryBrowser {
        let definition = output.stage.definition
        if let known = sources[definition] { return known }
        guard let imported = output.stage.dependencies[0].repository else {
            throw MissingSourcePath(path: output.path.string)
        }
        guard depth < RepositoryBrowser.deepestChain else {
            throw Failure(
                "'\(definition)' is an import of an import, and so on, more than \(RepositoryBrowser.deepestChain) deep",
                remedy: "the repositories may import from each other in a circle")
        }
        let base = repository.root
        let isLocal = Files.isDirectory(Paths.absolute(imported.url, from: base))
        guard clone == nil || !isLocal else {
            throw Failure(
                "'\(definition)' of a cloned repository names '\(imported.url)', a path of this machine",
                remedy: "a repository from elsewhere may only import from URLs")
        }
        let opened = try RepositorySource(imported, base: base).open(
            repository.environment, progress: repository.progress, from: base)
        opened.depth = depth + 1
        sources[definition] = opened
        return opened
    }
}

extension RepositorySource {
    /// The repository that a stage imports from, at the commit that it was taken from, or at the newest one.
    init(of stage: Stage, isLocked: Bool = true, in repository: Repository) throws {
        guard let source = stage.dependencies.first?.repository else {
            throw MissingSourcePath(path: stage.definition)
        }
        try self.init(source, isLocked: isLocked, base: repository.environment.workingDirectory)
        // The URL is as somebody typed it somewhere in the repository.
        otherBases = [Paths.join(repository.root, Paths.parent(stage.definition)), repository.root]
    }

    /// - Parameter base: what the path of a settings file is seen from.
    init(_ source: ImportSource, isLocked: Bool = true, base: String) throws {
        self.init(url: source.url)
        revision = (isLocked ? source.lockedRevision : nil) ?? source.revision
        switch source.configuration {
        case .string(let path)?:
            overrides.document = try ConfigDocument(parsing: Files.read(Paths.absolute(path, from: base)))
        case .mapping(let sections)?: overrides.document.sections = sections
        default: break
        }
        switch source.remote {
        case .string(let name)?: overrides.remote = name
        case .mapping(let options)?:
            overrides.remoteOptions = options.entries.compactMap { entry in
                entry.value.string.map { (entry.key, $0) }
            }
        default: break
        }
    }
}

/// A pointer file or stage file names something that nobody has made or fetched yet.
struct RecordedWithoutData: UserFacingError {
    let path: String
    /// Of the file that names it.
    let definition: String

    var summary: String { "'\(path)' is recorded without its data in '\(definition)'" }
    var remedy: String? { "run `varve update \(definition)` there first" }
    var category: ErrorCategory { .unexpected }
}
