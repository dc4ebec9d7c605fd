package import Basics
package import FileSystem
package import Hashing
package import Objects

/// Makes tracked paths of the workspace equal to what was recorded, from the cache, losing nothing on the way.
///
/// Nothing is touched before it is known that every file that would be overwritten or removed is in the cache (or the
/// caller forces it); a file is replaced by rename only, after its successor is complete.
package struct Checkout: Sendable {
    /// What a tracked path shall be.
    package enum Wanted: Sendable {
        case nothing
        case file(ObjectID, isExecutable: Bool)
        case folder(ObjectID, DirectoryObject)
    }

    /// What happened to a tracked path, and to how many files of it.
    package struct Change: Sendable, Equatable {
        package enum Kind: Sendable {
            case none, added, modified, deleted
        }

        package var kind: Kind
        package var added = 0
        package var modified = 0
        package var deleted = 0

        package static let none = Change(kind: .none)
    }

    package struct Options: Sendable {
        /// Overwrite and remove files that are nowhere else.
        package var force = false
        /// Make all links anew, also of files that are right.
        package var relink = false
        /// Pass over files whose objects are not in the cache.
        package var allowMissing = false

        package init(force: Bool = false, relink: Bool = false, allowMissing: Bool = false) {
            self.force = force
            self.relink = relink
            self.allowMissing = allowMissing
        }
    }

    private let scanner: WorkspaceScanner
    private let cache: Cache
    private let placer: ObjectPlacer
    private let options: Options
    /// A folder on the repository's file system for what is being put together.
    private let staging: String

    package init(scanner: WorkspaceScanner, cache: Cache, staging: String, options: Options) {
        self.scanner = scanner
        self.cache = cache
        self.staging = staging
        self.options = options
        placer = ObjectPlacer(cache: cache, threads: scanner.threads, progress: scanner.progress)
    }

    /// A tracked path that is not as it shall be, and what is there now.
    package struct Step: Sendable {
        package let path: RelativePath
        package let wanted: Wanted
        let current: WorkspaceItem
    }

    /// Whether what is at a path is `id` already, so that nothing is to be done and no listing need be read.
    package func isCurrent(
        _ item: WorkspaceItem, _ id: ObjectID, isExecutable: Bool, at path: RelativePath
    ) -> Bool {
        guard !options.relink else { return false }
        let isRight: Bool
        switch item {
        case .absent: isRight = false
        case .file(let entry):
            isRight = entry.digest == id.digest && !id.isDirectory && (!isExecutable || entry.isExecutable)
        case .folder(let state): isRight = state.id == id && state.emptyFolders.isEmpty
        }
        if isRight { scanner.markManaged(path) }
        return isRight
    }

    /// What is to be done about one path, given what is there.
    package func step(_ wanted: Wanted, at path: RelativePath, over current: WorkspaceItem) -> Step {
        Step(path: path, wanted: wanted, current: current)
    }

    /// The files that a step would destroy although the cache doesn't hold them; absolute paths.
    package func unsavedFiles(_ step: Step) throws -> [String] {
        try unsaved(step.current, replacedBy: step.wanted, at: step.path)
    }

    /// Brings one tracked path to its wanted state.
    ///
    /// - Throws: `CheckoutFailed` when files could not be put in place, among them those that somebody changed since
    ///   the step was planned.
    package func apply(_ step: Step) throws -> Change {
        switch step.wanted {
        case .nothing:
            try remove(step.current, at: step.path)
            switch step.current {
            case .absent: return .none
            case .file: return Change(kind: .deleted, deleted: 1)
            case .folder(let state): return Change(kind: .deleted, deleted: state.files)
            }
        case .file(let id, let isExecutable):
            return try applyFile(id, isExecutable, over: step.current, at: step.path)
        case .folder(let id, let listing):
            return try applyFolder(listing, id.algorithm, over: step.current, at: step.path)
        }
    }

    // MARK: What would be lost

    private func unsaved(
        _ current: WorkspaceItem, replacedBy wanted: Wanted, at path: RelativePath
    ) throws -> [String] {
        let absolute = Paths.join(scanner.repository, path.string)
        switch current {
        case .absent:
            return []
        case .file(let entry):
            if case .file(let id, _) = wanted, id.digest == entry.digest { return [] }
            return try isSaved(entry.digest, entry.algorithm) ? [] : [absolute]
        case .folder(let state):
            var kept: DirectoryObject?
            if case .folder(_, let listing) = wanted { kept = listing }
            var doomed: [(RelativePath, ObjectID)] = []
            state.forEachFile { file, entry in
                if let kept, kept.digest(of: file) == entry.digest { return }
                doomed.append((file, ObjectID(entry.digest, algorithm: entry.algorithm)))
            }
            let missing = Set(try cache.missing(Set(doomed.map(\.1))))
            return doomed.filter { missing.contains($0.1) }.map { Paths.join(absolute, $0.0.string) }.sorted()
        }
    }

    private func isSaved(_ digest: MD5Digest, _ algorithm: HashAlgorithm) throws -> Bool {
        try cache.contains(ObjectID(digest, algorithm: algorithm))
    }

    private func makeParent(of path: RelativePath) throws {
        if path.parent.isRoot { return }
        try SafeFolder(root: scanner.repository).makeDirectory(path.parent)
    }

    // MARK: Files

    private func applyFile(
        _ id: ObjectID, _ isExecutable: Bool, over current: WorkspaceItem, at path: RelativePath
    ) throws -> Change {
        let absolute = Paths.join(scanner.repository, path.string)
        if case .file(let entry) = current, entry.digest == id.digest, !options.relink,
            let status = try Files.status(absolute), status.kind == .file, status.links == 1
        {
            // Only the execute bit is missing; a link would pass it on to the object, so it becomes a file of its own.
            try Files.setMode(absolute, status.mode | 0o100)
            _ = try scanner.item(at: path, algorithm: id.algorithm)
            scanner.markManaged(path)
            return Change(kind: .modified, modified: 1)
        }
        guard try cache.contains(id) else {
            if options.allowMissing { return .none }
            throw CheckoutFailed(paths: [path.string], causes: [MissingObject(id: id, path: path.string)])
        }
        if case .folder = current { try remove(current, at: path) }
        try makeParent(of: path)
        let placed = try placer.place(
            [.init(path: path, object: id, isExecutable: isExecutable, over: expected(current))],
            in: scanner.repository, isPrivate: false)
        if let failure = placed.failures.first {
            throw CheckoutFailed(paths: [path.string], causes: [failure.error])
        }
        guard let file = placed.written[path] else {
            throw CheckoutFailed(paths: [path.string], causes: [])
        }
        try scanner.adopt(file, at: path, algorithm: id.algorithm)
        scanner.markManaged(path)
        switch current {
        case .absent: return Change(kind: .added, added: 1)
        case .file(let entry):
            let isSame = entry.digest == id.digest && (!isExecutable || entry.isExecutable)
            return isSame ? .none : Change(kind: .modified, modified: 1)
        case .folder(let state): return Change(kind: .modified, added: 1, deleted: state.files)
        }
    }

    // MARK: Folders

    private func applyFolder(
        _ listing: DirectoryObject, _ algorithm: HashAlgorithm, over current: WorkspaceItem, at path: RelativePath
    ) throws -> Change {
        var placements: [ObjectPlacer.Placement] = []
        var before: [RelativePath: IndexEntry] = [:]
        if case .folder(let state) = current { state.forEachFile { before[$0] = $1 } }
        for entry in listing.entries {
            let found = before[entry.path]
            if !options.relink, found?.digest == entry.digest { continue }
            placements.append(
                .init(
                    path: entry.path, object: ObjectID(entry.digest, algorithm: algorithm),
                    over: options.force ? .anything : found.map { .entry($0) } ?? .nothing))
        }
        let missing = Set(try cache.missing(Set(placements.map(\.object))).map(\.digest))
        guard missing.isEmpty else {
            // A folder is checked out whole or not at all.
            if options.allowMissing { return .none }
            throw failure(of: listing, missing, at: path, algorithm)
        }
        scanner.progress.report(.began(.checkingOut, items: placements.count, bytes: 0))
        defer { scanner.progress.report(.ended(.checkingOut)) }
        let failures: [(path: RelativePath, error: any UserFacingError)]
        switch current {
        case .absent:
            failures = try create(placements, over: nil, at: path, algorithm)
        case .file(let entry):
            // The file steps aside only once the folder is complete.
            failures = try create(placements, over: entry, at: path, algorithm)
        case .folder(let state):
            failures = try update(state, to: listing, placements, at: path, algorithm)
        }
        guard failures.isEmpty else {
            throw CheckoutFailed(
                paths: failures.map { path.appending($0.path.string).string }.sorted(), causes: failures.map(\.error))
        }
        scanner.markManaged(path)
        switch current {
        case .absent: return Change(kind: .added, added: listing.entries.count)
        case .file: return Change(kind: .modified, added: listing.entries.count, deleted: 1)
        case .folder(let state): return change(from: state, to: listing)
        }
    }

    private func change(from state: FolderState, to listing: DirectoryObject) -> Change {
        var change = Change.none
        let before = state.listing()
        for entry in before.entries {
            guard let digest = listing.digest(of: entry.path) else {
                change.deleted += 1
                continue
            }
            if digest != entry.digest { change.modified += 1 }
        }
        change.added = listing.entries.count - (before.entries.count - change.deleted)
        let absolute = Paths.join(scanner.repository, state.root.string)
        // A folder of ignored files only is empty to varve, yet stays.
        let hasTidied = state.emptyFolders.contains { !Files.exists(Paths.join(absolute, $0.string)) }
        if change != .none || hasTidied { change.kind = .modified }
        return change
    }

    private func failure(
        of listing: DirectoryObject, _ missing: Set<MD5Digest>, at path: RelativePath, _ algorithm: HashAlgorithm
    ) -> CheckoutFailed {
        let entries = listing.entries.filter { missing.contains($0.digest) }
        return CheckoutFailed(
            paths: entries.map { path.appending($0.path.string).string },
            causes: entries.prefix(1).map {
                MissingObject(id: ObjectID($0.digest, algorithm: algorithm), path: path.appending($0.path.string).string)
            })
    }

    /// Puts a whole folder together out of sight and renames it into place.
    private func create(
        _ placements: [ObjectPlacer.Placement], over file: IndexEntry?, at path: RelativePath,
        _ algorithm: HashAlgorithm
    ) throws -> [(path: RelativePath, error: any UserFacingError)] {
        try Files.makeDirectory(staging)
        let private_ = Paths.join(staging, TemporaryName.make())
        try Files.makeDirectory(private_)
        do {
            let folder = try SafeFolder(root: private_)
            for parent in Set(placements.map(\.path.parent)).sorted() where !parent.isRoot { try folder.makeDirectory(parent) }
            let placed = try placer.place(placements, in: private_, isPrivate: true)
            guard placed.failures.isEmpty else {
                try Files.removeTree(private_)
                return placed.failures
            }
            try makeParent(of: path)
            let target = Paths.join(scanner.repository, path.string)
            try clear(target, of: file)
            try Files.rename(private_, target)
            _ = try scanner.adopt(placed.written, in: path, algorithm: algorithm)
            return []
        } catch {
            try? Files.removeTree(private_)
            throw error
        }
    }

    /// Removes the file that a finished folder replaces, unless somebody put another one there meanwhile.
    private func clear(_ target: String, of file: IndexEntry?) throws {
        guard let status = try Files.status(target), status.kind != .directory else { return }
        let isBrokenLink = try status.kind == .symlink && Files.status(target, followingLinks: true) == nil
        guard options.force || isBrokenLink || file?.isStillInPlace(status) == true else {
            throw ChangedMeanwhile(path: target)
        }
        try Files.remove(target)
    }

    private func update(
        _ state: FolderState, to listing: DirectoryObject, _ placements: [ObjectPlacer.Placement],
        at path: RelativePath, _ algorithm: HashAlgorithm
    ) throws -> [(path: RelativePath, error: any UserFacingError)] {
        let absolute = Paths.join(scanner.repository, path.string)
        let folder = try SafeFolder(root: absolute)
        // A file where a folder is to be (or the reverse) goes first; it is in the cache, or the user forced it.
        var surplus: [(path: RelativePath, entry: IndexEntry)] = []
        state.forEachFile { file, entry in
            if listing.digest(of: file) == nil { surplus.append((file, entry)) }
        }
        for file in surplus.sorted(by: { $0.path < $1.path }) {
            try removeFile(file.path, file.entry, in: folder, absolute)
        }
        for empty in state.folders.compactMap({ $0.path.relative(to: path) }).sorted().reversed() where !empty.isRoot {
            try? folder.removeDirectory(empty)
        }
        for parent in Set(placements.map(\.path.parent)).sorted() where !parent.isRoot { try folder.makeDirectory(parent) }
        let placed = try placer.place(placements, in: absolute, isPrivate: false)
        _ = try scanner.adopt(placed.written, in: path, algorithm: algorithm)
        return placed.failures
    }

    // MARK: Removal

    private func expected(_ current: WorkspaceItem) -> ObjectPlacer.Expectation {
        if options.force { return .anything }
        switch current {
        case .file(let entry): return .entry(entry)
        case .absent, .folder: return .nothing
        }
    }

    /// Removes a file that is in the cache, unless it became another since that was found out.
    private func removeFile(
        _ path: RelativePath, _ entry: IndexEntry, in folder: SafeFolder, _ root: String
    ) throws {
        let absolute = Paths.join(root, path.string)
        if !options.force, let status = try folder.status(of: path), !entry.isStillInPlace(status) {
            throw ChangedMeanwhile(path: absolute)
        }
        try folder.remove(path)
    }

    private func remove(_ current: WorkspaceItem, at path: RelativePath) throws {
        let parent = try SafeFolder(root: scanner.repository)
        switch current {
        case .absent: break
        case .file(let entry): try removeFile(path, entry, in: parent, scanner.repository)
        case .folder(let state):
            let absolute = Paths.join(scanner.repository, path.string)
            let folder = try SafeFolder(root: absolute)
            var files: [(path: RelativePath, entry: IndexEntry)] = []
            state.forEachFile { files.append(($0, $1)) }
            for file in files { try removeFile(file.path, file.entry, in: folder, absolute) }
            for empty in state.folders.compactMap({ $0.path.relative(to: path) }).sorted().reversed()
            where !empty.isRoot {
                try? folder.removeDirectory(empty)
            }
            try? parent.removeDirectory(path)
        }
        scanner.index.setRoot(path, nil)
    }
}

/// Files that would be lost, since nothing else holds them.
package struct UnsavedFiles: UserFacingError, Equatable {
    /// Absolute paths.
    package let paths: [String]

    package init(paths: [String]) { self.paths = paths }

    package var summary: String {
        "Can't remove the following unsaved files without confirmation. Use `--force` to force.\n"
            + paths.joined(separator: "\n")
    }
    package var remedy: String? { "keep them with `varve add` or `varve commit`, or give them up with `--force`" }
    package var category: ErrorCategory { .failure }
}

/// Files that could not be put in place, by what keeps them from it.
package struct CheckoutFailed: UserFacingError {
    /// Relative to the repository.
    package let paths: [String]
    package let causes: [any UserFacingError]

    package init(paths: [String], causes: [any UserFacingError]) {
        self.paths = paths
        self.causes = causes
    }

    package var summary: String {
        let others = causes.filter { !($0 is MissingObject) }
        return (["Checkout failed for following targets:"] + paths + ["Is your cache up to date?"]
            + others.prefix(5).map(\.summary)).joined(separator: "\n")
    }
    package var remedy: String? {
        causes.contains { $0 is MissingObject } || causes.isEmpty
            ? "run `varve fetch` to get what is missing from the remote" : causes.lazy.compactMap(\.remedy).first
    }
    package var category: ErrorCategory { .failure }
}
