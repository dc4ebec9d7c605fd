import Basics
import Documents
import FileSystem
import Git
import Hashing
import Indexing
package import Objects
package import ProjectFiles

/// Compares dependencies and outputs of stages with what was recorded of them.
///
/// Looks at each path of the workspace once, however many stages name it; make a new one after anything changed.
package struct StageInspector {
    private let repository: Repository
    private var identities: [Question: ObjectID?] = [:]
    private var folders: [ObjectID: FolderState] = [:]
    /// Of data in stores, only what it was asked for has a state.
    package var stores: StoreStates

    private struct Question: Hashable {
        /// Absolute.
        let path: RelativePath
        let algorithm: HashAlgorithm
    }

    package init(_ repository: Repository) {
        self.repository = repository
        stores = StoreStates(repository)
    }

    // MARK: Outputs

    /// `nil` for an output that is as recorded.
    package mutating func state(of output: Output, in stage: Stage) throws -> ItemState? {
        let location = stage.location(of: output)
        if repository.absolute(location) == nil { return try stores.state(of: output, in: stage) }
        let current = try identity(location, output.checksum.algorithm)
        if output.isCached, let id = output.checksum.object, try !isCached(id, output.checksum) { return .notInCache }
        guard let current else { return .deleted }
        return current == output.checksum.object ? nil : .modified
    }

    /// Whether the cache holds an object and everything it lists.
    package func isCached(_ id: ObjectID, _ checksum: OutputChecksum) throws -> Bool {
        if !id.isDirectory { return try repository.cache.absent([id]).isEmpty }
        var ids: Set<ObjectID> = []
        if let files = checksum.files, !files.isEmpty {
            ids.formUnion(files.compactMap(\.checksum.object))
        } else if let folder = folders[id] {
            do {
                return try repository.scanner().isCached(folder, in: repository.cache)
            } catch is DamagedObject {
                return false
            }
        } else {
            do {
                guard let listing = try repository.cache.directoryObject(id) else { return false }
                ids.formUnion(listing.entries.lazy.map { ObjectID($0.digest, algorithm: id.algorithm) })
            } catch is DamagedObject {
                return false
            }
        }
        return try repository.cache.absent(ids).isEmpty
    }

    // MARK: Dependencies

    /// `nil` for a dependency that is as it was at the last run.
    package mutating func state(of dependency: Dependency, in stage: Stage) throws -> ItemState? {
        switch dependency.source {
        case .parameters(let parameters):
            return try state(of: parameters, at: stage.location(of: dependency))
        case .repository(let source):
            return try hasUpdate(source, of: stage) ? .updateAvailable : nil
        case .database:
            // A query has no state that could be asked for.
            return nil
        case .dataset(_, let locked):
            return locked?.isEmpty ?? true ? .new : nil
        case .data:
            let checksum = dependency.checksum
            let location = stage.location(of: dependency)
            if repository.absolute(location) == nil { return try stores.state(of: dependency, in: stage) }
            guard let current = try identity(location, checksum.algorithm) else { return .deleted }
            return current == checksum.object ? nil : .modified
        }
    }

    private func state(of parameters: ParamsDependency, at location: Location) throws -> ItemState? {
        let path = repository.absolute(location)
        guard let path, try !repository.isIgnored(path), let bytes = try Files.readIfPresent(path, limit: 1 << 28)
        else {
            return .deleted
        }
        // A first run has no values yet, whatever the file says.
        if parameters.locked == nil { return .new }
        switch parameters.status(current: try ParamsFile(parsing: bytes, path: location.text)) {
        case .deleted: return .deleted
        case .new: return .new
        case .keys(let changes): return changes.isEmpty ? nil : .values(changes)
        }
    }

    /// Whether the other repository names another Git commit by now.
    private func hasUpdate(_ source: ImportSource, of stage: Stage) throws -> Bool {
        guard let locked = source.lockedRevision else { return false }
        let newest = try RepositorySource(of: stage, isLocked: false, in: repository)
            .newestCommit(repository.environment)
        return newest != nil && newest != locked
    }

    // MARK: Data

    /// What stands for a dependency's data as it is now: its digest, or what a store says in place of one.
    ///
    /// - Returns: `nil` where there is no data, or where it can't be told.
    package mutating func mark(of dependency: Dependency, in stage: Stage) throws -> String? {
        let location = stage.location(of: dependency)
        if repository.absolute(location) == nil { return try stores.checksum(of: dependency, in: stage)?.mark }
        return try identity(location, dependency.checksum.algorithm)?.text
    }

    /// The same of an output.
    package mutating func mark(of output: Output, in stage: Stage) throws -> String? {
        let location = stage.location(of: output)
        if repository.absolute(location) == nil { return try stores.checksum(of: output, in: stage)?.mark }
        return try identity(location, output.checksum.algorithm)?.text
    }

    /// What the data at a place is now; `nil` where there is none.
    private mutating func identity(_ location: Location, _ algorithm: HashAlgorithm) throws -> ObjectID? {
        guard let path = repository.absolute(location) else { return nil }
        let question = Question(path: RelativePath(path), algorithm: algorithm)
        if let known = identities[question] { return known }
        let item = try repository.isIgnored(path) ? .absent : repository.item(atAbsolute: path, algorithm)
        let id = repository.objectID(of: item, algorithm: algorithm)
        if case .folder(let folder) = item { folders[folder.id] = folder }
        identities[question] = .some(id)
        return id
    }
}

extension Repository {
    /// Where a location is on this machine; `nil` for a URL that leads elsewhere.
    package func absolute(_ location: Location) -> String? {
        switch location {
        case .workspace(let path): absolute(RelativePath(path))
        case .outside(let path): Paths.normalized(Paths.join(root, path))
        case .absolute(let path): path
        case .url(let url): localPath(ofURL: url)
        }
    }

    /// The file or folder behind a URL: `file://…`, or `remote://name/path` of a remote that is a folder.
    private func localPath(ofURL url: String) -> String? {
        if url.hasPrefix("file://") { return String(url.dropFirst("file://".count)) }
        let scheme = "remote://"
        guard url.hasPrefix(scheme) else { return nil }
        let parts = url.dropFirst(scheme.count).split(separator: "/", maxSplits: 1)
        guard let name = parts.first, let remote = try? settings.remote(String(name), root: root),
            ["", "file", "local"].contains(remote.scheme)
        else { return nil }
        return parts.count > 1 ? Paths.join(remote.url, String(parts[1])) : remote.url
    }

    /// Whether ignore files hide a path of the repository.
    func isIgnored(_ absolutePath: String) throws -> Bool {
        guard let path = relativePath(of: absolutePath), !path.isRoot else { return false }
        return try ignore.isIgnored(
            path.string, isDirectory: Files.isDirectory(absolutePath), skippingNested: false)
    }

    /// What is at a path inside or outside of the repository. Of what lies outside, nothing is remembered.
    func item(atAbsolute path: String, _ algorithm: HashAlgorithm) throws -> WorkspaceItem {
        if let inside = relativePath(of: path) { return try scanner().item(at: inside, algorithm: algorithm) }
        let parent = Paths.parent(path)
        let scanner = WorkspaceScanner(
            repository: parent, index: StatIndex(path: Paths.join(scratch, "outside-index")),
            ignore: IgnoreRules(root: parent), threads: threads, progress: progress)
        return try scanner.item(at: RelativePath(Paths.name(path)), algorithm: algorithm)
    }
}
