import Basics
import Documents
import FileSystem
import Hashing
import Objects
package import ProjectFiles
import Storage

/// What a pointer file records of data outside of the workspace, to tell later whether it has changed.
extension Repository {
    /// Where a dependency's data lies.
    func source(
        of dependency: Dependency, in stage: Stage, jobs: Int? = nil, isRecorded: Bool = true
    ) throws -> URLSource {
        let location = stage.location(of: dependency)
        let url: String
        if case .url(let text) = location {
            url = text
        } else {
            url = absolute(location) ?? dependency.path
        }
        var source = try urls.source(
            url, fsConfig: dependency.fsConfig ?? Mapping(), jobs: jobs, isRecorded: isRecorded)
        if isRecorded {
            // A version that the URL names is the one that was taken; what counts by now is the current one.
            if dependency.checksum.namesVersions { source.isVersionAware = source.backend is any VersionedBackend }
            if !dependency.checksum.isEmpty { source.version = nil }
        }
        return source
    }

    /// What is recorded of data that has been found, and maybe read.
    ///
    /// - Parameter received: what reading the data gave, where it was read.
    func checksum(
        of contents: SourceContents, at source: URLSource, received: ReceivedData? = nil
    ) async throws -> OutputChecksum {
        let isExecutable = !contents.isDirectory && contents.files.first?.isExecutable == true
        switch source.fingerprint {
        case .md5:
            var checksum: OutputChecksum
            if let received {
                checksum = received.checksum
            } else {
                checksum = try await hashed(IncomingData(contents, of: source))
            }
            checksum.isExecutable = isExecutable
            return checksum
        case .etag, .checksum:
            guard contents.isDirectory else {
                guard let file = contents.files.first else { throw unmarked(source, "") }
                return try checksum(of: file, at: source)
            }
            let mark = try directoryMark(of: contents, at: source)
            guard source.isVersionAware else {
                return OutputChecksum(object: mark, size: Int(contents.size), nfiles: contents.files.count)
            }
            return OutputChecksum(
                files: try contents.files.map {
                    RecordedFile(relpath: $0.path.string, checksum: try checksum(of: $0, at: source))
                })
        }
    }

    /// As DVC: the MD5 of a listing that has the store's own marks in place of digests.
    private func directoryMark(of contents: SourceContents, at source: URLSource) throws -> ObjectID {
        let key = source.fingerprint == .etag ? "etag" : "checksum"
        let listing = try contents.files.map { file in
            guard let mark = file.fingerprint else { throw unmarked(source, file.path.string) }
            return Value.mapping(Mapping([(key, .string(mark)), ("relpath", .string(file.path.string))]))
        }
        let bytes = Array(JSON.emitPython(.array(listing), sortKeys: true).utf8)
        let id = ObjectID(MD5.digest(of: bytes), isDirectory: true)
        // As DVC, in whose cache the listing lies beside the objects.
        if !cache.holds(id) {
            let temporary = try cache.temporaryPath(for: id)
            try Files.create(temporary, bytes: bytes, mode: 0o444)
            try cache.publish(temporary: temporary, as: id)
        }
        return id
    }

    private func checksum(of file: SourceContents.File, at source: URLSource) throws -> OutputChecksum {
        guard let mark = file.fingerprint else { throw unmarked(source, file.path.string) }
        return OutputChecksum(
            size: Int(file.size), etag: source.fingerprint == .etag ? mark : nil,
            remoteChecksum: source.fingerprint == .checksum ? mark : nil, versionID: file.version)
    }

    private func unmarked(_ source: URLSource, _ path: String) -> Failure {
        Failure(
            "'\(RemoteURL.withoutSecrets(source.url))\(path.isEmpty ? "" : "/" + path)' has neither an ETag nor a "
                + "Content-MD5, so a change would go unseen",
            remedy: "get the data with `varve get-url` and track it with `varve add`")
    }

    /// Reads the data only for its digest.
    private func hashed(_ data: IncomingData) async throws -> OutputChecksum {
        describe(data, try await digests(of: data)).checksum
    }
}

extension OutputChecksum {
    /// What stands for the data: its digest, or what a store says in place of one.
    package var mark: String? { object?.text ?? etag ?? remoteChecksum ?? versionID }

    /// Whether versions of a store are recorded.
    var namesVersions: Bool { versionID != nil || files?.isEmpty == false }

    /// Whether two records tell of the same data.
    func tellsTheSame(as other: OutputChecksum) -> Bool {
        if let files, let others = other.files {
            return files.count == others.count
                && zip(
                    files.sorted { $0.relpath.precedesInBytes($1.relpath) },
                    others.sorted { $0.relpath.precedesInBytes($1.relpath) }
                ).allSatisfy { $0.relpath.hasSameBytes(as: $1.relpath) && $0.checksum.etag == $1.checksum.etag }
        }
        return object == other.object && etag == other.etag && remoteChecksum == other.remoteChecksum
            && (versionID == nil || other.versionID == nil || versionID == other.versionID)
    }
}
