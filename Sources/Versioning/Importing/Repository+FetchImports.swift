import Basics
import FileSystem
import Git
import Hashing
import Indexing
import Objects
import ProjectFiles
import Synchronization

/// The imports among the outputs that a fetch is for, collected while these are gone through.
final class UsedImports: Sendable {
    private let isWanted: @Sendable (TrackedOutput) -> Bool
    private let found = Mutex<[TrackedOutput]>([])

    init(_ isWanted: @escaping @Sendable (TrackedOutput) -> Bool) { self.isWanted = isWanted }

    /// Whether an output is wanted and comes from a remote of this repository.
    @Sendable func isOrdinary(_ output: TrackedOutput) -> Bool {
        guard isWanted(output) else { return false }
        if output.stage.isImport { found.withLock { $0.append(output) } }
        return !output.stage.isRepositoryImport
    }

    /// Each state of an import once.
    var outputs: [TrackedOutput] {
        var seen: Set<String> = []
        return found.withLock { $0 }.filter { output in
            let key = PointerFile(stage: output.stage).definitionDigest?.hex ?? output.stage.definition
            return seen.insert(output.path.string + "\0" + key).inserted
        }
    }

    /// Whether an output's data may be had from a path or URL, too.
    func hasSource(_ output: UsedOutput) -> Bool {
        found.withLock { $0 }.contains {
            $0.path == output.path && $0.object == output.object && !$0.stage.isRepositoryImport
        }
    }
}

extension Repository {
    /// Brings imports from where they come from: those of other repositories, which are in no remote of this one; those
    /// that are recorded without their data; and those of paths and URLs that no remote has.
    ///
    /// What a source does not have any more, or has otherwise, stays missing.
    ///
    /// - Parameter missing: objects that no remote has; those that come are taken out.
    /// - Returns: how many files came.
    func fetchImports(_ imports: UsedImports, lacking missing: inout Set<ObjectID>, jobs: Int?) async throws -> Int {
        var fetched = 0
        for output in imports.outputs {
            guard let id = output.object else {
                fetched += try await fetchPartialImport(output, jobs: jobs)
                continue
            }
            if output.stage.isRepositoryImport {
                if try !StageInspector(self).isCached(id, output.output.checksum) {
                    fetched += try await fetchRepositoryImport(output, jobs: jobs)
                }
            } else if missing.contains(id),
                let received = try await fetchFromURL(output, id, jobs: jobs)
            {
                fetched += received.digests.count + (received.listing == nil ? 0 : 1)
                missing.remove(id)
                missing.subtract(received.digests.map { ObjectID($0) })
            }
        }
        return fetched
    }

    /// - Returns: `nil` where the source has something else by now.
    private func fetchFromURL(_ output: TrackedOutput, _ id: ObjectID, jobs: Int?) async throws -> ReceivedData? {
        let dependency = output.stage.dependencies[0]
        let source = try source(of: dependency, in: output.stage, jobs: jobs)
        guard let contents = try await recordedContents(of: dependency, at: source) else { return nil }
        let received = try await receive(IncomingData(contents, of: source), jobs: jobs)
        return received.checksum.object == id ? received : nil
    }

    /// What lies at a source, as long as that is what was recorded.
    private func recordedContents(of dependency: Dependency, at source: URLSource) async throws -> SourceContents? {
        if source.isVersionAware, let recorded = try source.contents(recorded: dependency.checksum) { return recorded }
        guard let contents = try await source.contents(),
            try await checksum(of: contents, at: source).tellsTheSame(as: dependency.checksum)
        else { return nil }
        return contents
    }

    private func fetchRepositoryImport(_ output: TrackedOutput, jobs: Int?) async throws -> Int {
        let known = Set(try listing(of: output)?.entries.map(\.digest) ?? []).filter { cache.holds(ObjectID($0)) }
        let data = try await dataOfRepository(output, into: cache)
        let received = try await receive(data, jobs: jobs)
        // As DVC, which keeps a listing of every subfolder of what it fetches so.
        if let listing = received.listing { try storeListings(below: listing) }
        guard received.checksum.object == output.object else {
            progress.report(
                .warning(
                    "'\(shown(output.path))' is not what its source has at the recorded commit; "
                        + "run `varve update \(output.stage.address(relativeTo: workingDirectory.string))`"))
            return 0
        }
        return received.digests.filter { !known.contains($0) }.count
    }

    private func storeListings(below listing: DirectoryObject) throws {
        var folders: [RelativePath: [DirectoryObject.Entry]] = [:]
        for entry in listing.entries {
            for folder in entry.path.parent.selfAndParents where !folder.isRoot {
                guard let inside = entry.path.relative(to: folder) else { continue }
                folders[folder, default: []].append(.init(path: inside, digest: entry.digest))
            }
        }
        for entries in folders.values { try cache.store(DirectoryObject(entries: entries)) }
    }

    /// What the repository that an output was imported from has at the recorded commit.
    private func dataOfRepository(_ output: TrackedOutput, into cache: Cache) async throws -> IncomingData {
        let dependency = output.stage.dependencies[0]
        let source = try RepositorySource(of: output.stage, in: self)
        let browser = try source.open(environment, progress: progress)
        return try await browser.data(at: dependency.path, SourceAccess(destination: cache))
    }

    private func fetchPartialImport(_ output: TrackedOutput, jobs: Int?) async throws -> Int {
        let imports = importCache
        if try imports.object(of: output.stage) != nil { return 0 }
        let dependency = output.stage.dependencies[0]
        let data: IncomingData
        switch dependency.source {
        case .repository(let source):
            if source.lockedRevision == nil { return 0 }
            data = try await dataOfRepository(output, into: imports.cache)
        case .data:
            if dependency.checksum.isEmpty { return 0 }
            let source = try source(of: dependency, in: output.stage, jobs: jobs)
            guard let contents = try await recordedContents(of: dependency, at: source) else {
                let address = output.stage.address(relativeTo: workingDirectory.string)
                progress.report(
                    .warning(
                        "the source of '\(shown(output.path))' is not what was recorded any more; "
                            + "run `varve update \(address)`"))
                return 0
            }
            data = IncomingData(contents, of: source)
        case .database, .dataset, .parameters: return 0
        }
        let received = try await receive(data, into: imports.cache, jobs: jobs)
        if let id = received.checksum.object { try imports.note(id, of: output.stage) }
        return received.digests.count
    }
}
