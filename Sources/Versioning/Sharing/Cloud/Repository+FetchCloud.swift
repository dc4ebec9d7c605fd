import Basics
import Objects
import ProjectFiles
import Storage
import Transfers

/// A file of which no version is recorded in a remote that keeps versions, and that is not in the cache either.
struct UnversionedFile: UserFacingError {
    let path: String
    let remote: String

    var summary: String { "'\(path)': no version of it in remote '\(remote)' is recorded" }
    var remedy: String? {
        "run `varve push` where the data is, and commit the project files that it changes"
    }
}

extension Repository {
    /// Fetches what the cache lacks of some outputs' objects from a remote that keeps versions.
    ///
    /// - Parameters:
    ///   - names: gets what the objects are known as.
    ///   - isElsewhere: whether an output can also be had from another place than the remote.
    func bring(
        _ outputs: [UsedOutput], from remote: CloudRemote, jobs: Int?, names: inout ObjectNames,
        isElsewhere: (UsedOutput) -> Bool = { _ in false }
    ) async throws -> FetchOutcome {
        let files = try CloudFiles(of: outputs, in: remote, cache: cache)
        let store = VersionedObjects(files.files, in: remote)
        let elsewhere = Set(outputs.filter(isElsewhere).map(\.path))
        var outcome = FetchOutcome()
        var wanted: [ObjectID] = []
        var unversioned: [(path: String, id: ObjectID)] = []
        for file in files.files where !cache.holds(file.object) {
            names.add(file.object, named: shown(file.path))
            if store.knows(file.object) {
                wanted.append(file.object)
            } else if elsewhere.contains(file.folder ?? file.path) {
                outcome.missing.insert(file.object)
            } else {
                unversioned.append((shown(file.path), file.object))
            }
        }
        for output in files.unlisted {
            names.add(output.object, named: shown(output.path))
            if elsewhere.contains(output.path) {
                outcome.missing.insert(output.object)
            } else {
                unversioned.append((shown(output.path), output.object))
            }
        }
        if !wanted.isEmpty {
            let queue = TransferQueue(store: ObjectStore(backend: store), jobs: jobs, progress: progress)
            let report = try await queue.fetch(TransferPlan([TransferGroup(files: wanted)]), into: cache)
            outcome.fetched = report.transferred.count
            outcome.failed = report.failed + report.missing.map { .init(id: $0, error: store.loss(of: $0)) }
        }
        try keepListings(of: outputs)
        for (path, id) in unversioned {
            outcome.failed.append(.init(id: id, error: UnversionedFile(path: path, remote: remote.name)))
        }
        return outcome
    }

    /// Puts directory objects that only project files know into the cache, once all files that they list are there.
    func keepListings(of outputs: [UsedOutput], evenIfIncomplete: Bool = false) throws {
        for output in outputs where output.object.isDirectory && !cache.holds(output.object) {
            guard let listing = output.checksum.recordedListing,
                evenIfIncomplete || output.recordedFiles.allSatisfy(cache.holds)
            else { continue }
            try cache.store(listing, algorithm: output.object.algorithm)
        }
    }
}
