import Basics
import Documents
import FileSystem
import Git
import Indexing
import Objects
import ProjectFiles

/// One state of the project: the workspace, or a Git commit.
struct ProjectState {
    let name: String
    /// `nil` for the workspace.
    let commit: GitCommit?
}

/// Reads files of values in many states: from the workspace or the commit, else from tracked data, wherever that is.
///
/// No state is checked out, and bytes that several states share are parsed once.
final class ValueReader {
    private let repository: Repository
    private var workspace: Result<ProjectSnapshot, any Error>?
    private var history: HistorySnapshots?
    private var snapshots: [GitCommit: Result<ProjectSnapshot, any Error>] = [:]
    private var parsed: [Source: Result<Value, Unparsable>] = [:]
    private var listings: [ObjectID: DirectoryObject?] = [:]

    init(_ repository: Repository) { self.repository = repository }

    /// Bytes that never change, and how they are understood.
    private enum Source: Hashable {
        case blob(GitObjectName, ParamsFile.Format)
        case object(ObjectID, ParamsFile.Format)
    }

    private enum Unparsable: Error {
        case encoding
        case structure(ParamsFileError)
    }

    // MARK: Project files

    func snapshot(_ state: ProjectState) throws -> ProjectSnapshot {
        guard let commit = state.commit else {
            let found = workspace ?? Result { try repository.workspace() }
            workspace = found
            return try found.get()
        }
        if let known = snapshots[commit] { return try known.get() }
        let history = try self.history ?? HistorySnapshots(repository)
        self.history = history
        let found = Result { try history.snapshot(of: commit, named: state.name) }
        snapshots[commit] = found
        return try found.get()
    }

    // MARK: Files

    /// The values in a file.
    func value(at path: RelativePath, in state: ProjectState) async throws -> Result<Value, ValueFailure> {
        if path.leavesRepository { return .failure(.missing(path)) }
        do {
            let format = ParamsFile.Format(path: path.string)
            switch try place(of: path, in: state) {
            case .workspace(let bytes):
                return Self.parse(bytes, path).mapError { failure($0, of: path) }
            case .blob(let tree, let object):
                return try parsed(.blob(object, format), path) { try tree.blob(object) }
            case .folder: return .failure(directory(path, in: state))
            case .nowhere: break
            }
            guard let (id, output) = try await trackedObject(at: path, in: state) else {
                return .failure(.missing(path))
            }
            if let known = parsed[.object(id, format)] { return known.mapError { failure($0, of: path) } }
            let bytes = try await bytes(of: id, output, path)
            return parsed(.object(id, format), path) { bytes }
        } catch let error as CancellationError {
            throw error
        } catch {
            return .failure(ValueFailure(error))
        }
    }

    private func parsed(
        _ source: Source, _ path: RelativePath, _ bytes: () throws -> [UInt8]
    ) rethrows -> Result<Value, ValueFailure> {
        if let known = parsed[source] { return known.mapError { failure($0, of: path) } }
        let found = Self.parse(try bytes(), path)
        parsed[source] = found
        return found.mapError { failure($0, of: path) }
    }

    private static func parse(_ bytes: [UInt8], _ path: RelativePath) -> Result<Value, Unparsable> {
        guard String(validating: bytes, as: UTF8.self) != nil else { return .failure(.encoding) }
        do throws(ParamsFileError) {
            return .success(try ParamsFile(parsing: bytes, path: path.string).value)
        } catch {
            return .failure(.structure(error))
        }
    }

    /// As DVC, which names the file from the root of its own file system.
    private func failure(_ problem: Unparsable, of path: RelativePath) -> ValueFailure {
        let shown = Paths.relative("/" + path.string, to: repository.environment.workingDirectory)
        switch problem {
        case .encoding:
            return ValueFailure(
                type: "EncodingError", message: "unable to read: '\(shown)', is not valid utf-8",
                detail: "it is not valid UTF-8")
        case .structure(let error):
            let format =
                switch error.format {
                case .yaml: "YAML"
                case .json: "JSON"
                case .toml: "TOML"
                case .python: "Python"
                }
            return ValueFailure(
                type: "\(format)FileCorruptedError",
                message: "unable to read: '\(shown)', \(format) file structure is corrupted",
                detail: "it is not valid \(format): \(error.cause.message)"
                    + (error.cause.line.map { ", line \($0)" } ?? ""))
        }
    }

    /// As DVC, which names it in full in the workspace only.
    private func directory(_ path: RelativePath, in state: ProjectState) -> ValueFailure {
        .directory(state.commit == nil ? repository.absolute(path) : path.string)
    }

    // MARK: Places

    private enum Place {
        case workspace([UInt8])
        case blob(GitTree, GitObjectName)
        case folder
        case nowhere
    }

    /// How many links a path of a commit may lead through.
    private static let linkLimit = 16

    private func place(of path: RelativePath, in state: ProjectState) throws -> Place {
        guard let commit = state.commit else {
            let absolute = repository.absolute(path)
            switch try Files.status(absolute, followingLinks: true)?.kind {
            case .file?: return try Files.readIfPresent(absolute, limit: 1 << 28).map(Place.workspace) ?? .nowhere
            case .directory?: return .folder
            default: return .nowhere
            }
        }
        let git = try repository.requireGit()
        let tree = git.tree(of: commit)
        var path = repository.prefixInGit(git).appending(path.string).string
        for _ in 0..<Self.linkLimit {
            guard let entry = try tree.entry(path) else { return .nowhere }
            switch entry.kind {
            case .file, .executable: return .blob(tree, entry.object)
            case .directory: return .folder
            case .submodule: return .nowhere
            case .symlink:
                let target = String(decoding: try tree.blob(entry.object), as: UTF8.self)
                path = Paths.normalized(Paths.join(Paths.parent(path), target))
                if path.hasPrefix("/") || RelativePath(path).leavesRepository { return .nowhere }
            }
        }
        return .nowhere
    }

    /// Whether there is such a file, in the state or among its tracked data.
    func exists(_ path: RelativePath, in state: ProjectState) async throws -> Bool {
        switch try place(of: path, in: state) {
        case .workspace, .blob: return true
        case .folder: return false
        case .nowhere: return try await trackedObject(at: path, in: state) != nil
        }
    }

    // MARK: Folders

    /// The paths with folders replaced by all files below them; each once, in order.
    func expanded(_ paths: [RelativePath], in state: ProjectState) async throws -> [RelativePath] {
        var seen: Set<RelativePath> = []
        var result: [RelativePath] = []
        for path in paths {
            let files = try await files(below: path, in: state)
            for file in files.isEmpty ? [path] : files where seen.insert(file).inserted { result.append(file) }
        }
        return result
    }

    /// Sorted; empty for what is no folder.
    private func files(below folder: RelativePath, in state: ProjectState) async throws -> [RelativePath] {
        if folder.leavesRepository { return [] }
        var found: Set<RelativePath> = []
        switch try place(of: folder, in: state) {
        case .workspace, .blob: return []
        case .folder: found = try plainFiles(below: folder, in: state)
        case .nowhere: break
        }
        // What is tracked shows only where the project files can be read; whoever needs them says so.
        for output in (try? snapshot(state).outputs) ?? [] where output.output.isCached {
            guard output.path.isInside(folder) || folder.isInside(output.path) else { continue }
            guard output.isDirectory else {
                if output.path != folder { found.insert(output.path) }
                continue
            }
            for entry in try await listing(of: output)?.entries ?? [] {
                let path = output.path.appending(entry.path.string)
                if path != folder, path.isInside(folder) { found.insert(path) }
            }
        }
        return found.sorted()
    }

    private func plainFiles(below folder: RelativePath, in state: ProjectState) throws -> Set<RelativePath> {
        var found: Set<RelativePath> = []
        guard let commit = state.commit else {
            let files = PlainFiles.workspace(root: repository.root, repository.ignore)
            var pending = [folder]
            while let current = pending.popLast() {
                for (name, item) in try files.items(in: current) {
                    let path = current.appending(name)
                    if !item.isDirectory { found.insert(path) } else if !item.isLink { pending.append(path) }
                }
            }
            return found
        }
        let git = try repository.requireGit()
        let prefix = repository.prefixInGit(git)
        try git.tree(of: commit).walk(under: prefix.appending(folder.string).string) { path, entry in
            if entry.kind != .directory, entry.kind != .submodule, let path = RelativePath(path).relative(to: prefix) {
                found.insert(path)
            }
            return .enter
        }
        return found
    }

    // MARK: Tracked data

    private func trackedObject(
        at path: RelativePath, in state: ProjectState
    ) async throws -> (ObjectID, TrackedOutput)? {
        guard let output = try snapshot(state).output(holding: path), output.output.isCached else { return nil }
        guard output.isDirectory else {
            guard output.path == path else { return nil }
            guard let id = output.object else { throw ValueFailure.noData(path, because: "its stage has not run yet") }
            return (id, output)
        }
        guard let rest = path.relative(to: output.path), !rest.isRoot else {
            throw directory(path, in: state)
        }
        guard let digest = try await listing(of: output)?.digest(of: rest) else { return nil }
        return (ObjectID(digest, algorithm: output.output.checksum.algorithm), output)
    }

    /// What is in a tracked folder; `nil` where nobody knows.
    private func listing(of output: TrackedOutput) async throws -> DirectoryObject? {
        guard let id = output.object, id.isDirectory else { return nil }
        if let known = listings[id] { return known }
        var found: DirectoryObject?
        if let bytes = try? await bytes(of: id, output, output.path) {
            found = try? DirectoryObject(parsing: bytes)
        }
        listings[id] = .some(found)
        return found
    }

    /// The bytes of an object; one that only a remote has is kept beside the cache, where DVC keeps such data, too.
    private func bytes(of id: ObjectID, _ output: TrackedOutput, _ path: RelativePath) async throws -> [UInt8] {
        let fetched = repository.importCache.cache
        for cache in [repository.cache, fetched] where cache.holds(id) {
            return try Files.read(cache.path(of: id), limit: 1 << 28)
        }
        do {
            let store = ObjectStore(backend: try repository.backend(of: output.output.remote))
            _ = try await store.fetch(id, into: fetched)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw ValueFailure.noData(path, because: "its data \(id.text) is neither in the cache nor in a remote")
        }
        return try Files.read(fetched.path(of: id), limit: 1 << 28)
    }
}

extension RelativePath {
    /// Whether a normalised path leads out of the folder that it is relative to.
    var leavesRepository: Bool { string == ".." || string.utf8.starts(with: "../".utf8) || string.hasPrefix("/") }
}
