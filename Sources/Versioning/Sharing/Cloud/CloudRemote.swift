import Basics
import Documents
import FileSystem
import Indexing
import Objects
import ProjectFiles
import Storage

/// A remote whose store keeps versions (`version_aware`): every file lies there under its path in the repository, and
/// the project files say which version of it is meant.
///
/// There are no directory objects in it, and nothing in it is ever overwritten for good or deleted.
struct CloudRemote: Sendable {
    let name: String
    let backend: any VersionedBackend
    /// The remotes that the settings know.
    private let known: Set<String>

    init(name: String, backend: any VersionedBackend, known: some Sequence<String> = []) {
        self.name = name
        self.backend = backend
        self.known = Set(known)
    }

    func key(of path: RelativePath) -> Key { Key(path.string) }

    /// The version of these bytes that a project file names in this remote.
    ///
    /// A record that names a remote which is no more counts as well, since remotes are renamed; DVC never looks at the
    /// name.
    func version(in checksum: OutputChecksum) -> CloudVersion? {
        guard let id = checksum.versionID, let remote = checksum.cloudRemote,
            remote == name || !known.contains(remote)
        else { return nil }
        return CloudVersion(id: id, etag: checksum.etag)
    }
}

/// A version of a file in a remote that keeps them.
struct CloudVersion: Sendable, Equatable {
    let id: String
    let etag: String?

    init(id: String, etag: String?) {
        self.id = id
        self.etag = etag
    }

    /// - Returns: `nil` where the store kept no version: S3 then says nothing, or `null`.
    init?(_ id: String?, etag: String?) {
        guard let id, !id.isEmpty, id != "null" else { return nil }
        self.init(id: id, etag: etag)
    }
}

/// A file of an output, as a remote that keeps versions has it or is to have it.
struct CloudFile: Sendable {
    /// Relative to the repository.
    let path: RelativePath
    /// The directory that is the output; `nil` where the file itself is one.
    let folder: RelativePath?
    let object: ObjectID
    /// What the project file says of it in this remote.
    let recorded: CloudVersion?
}

/// A `version_aware` remote at a place that keeps no versions.
struct KeepsNoVersions: UserFacingError {
    let remote: String
    let place: String

    var summary: String { "remote '\(remote)' is version_aware, and '\(place)' keeps no versions" }
    var remedy: String? {
        "turn versioning on for the bucket, or use it without versions: `varve remote modify --unset \(remote) "
            + "version_aware`"
    }
}

extension Repository {
    /// The remote, where it keeps versions; `nil` where it keeps objects.
    ///
    /// - Parameter name: `nil` for the default remote.
    func cloudRemote(_ name: String?, use: RemoteUse = RemoteUse()) throws -> CloudRemote? {
        let remote = try settings.remote(name, root: root)
        guard remote.isVersionAware else { return nil }
        if remote.isWorktree, remote.options["version_aware"]?.bool == false {
            throw Failure(
                "remote '\(remote.name)': worktree remotes require version_aware cloud",
                remedy: "take version_aware = false out of its settings", category: .configuration)
        }
        guard let backend = try backend(of: name, use: use) as? any VersionedBackend else {
            throw Failure(
                "remote '\(remote.name)' is version_aware, and '\(RemoteURL.withoutSecrets(remote.url))' is no store "
                    + "that keeps versions",
                remedy: "version_aware and worktree need an s3:// remote", category: .configuration)
        }
        return CloudRemote(name: remote.name, backend: backend, known: settings.remoteNames)
    }

    /// Refuses what a remote that keeps versions cannot do.
    ///
    /// - Parameter command: in DVC's words, such as `gc -c`.
    func refuseCloudRemote(_ name: String?, _ command: String, remedy: String) throws {
        let remote = try settings.remote(name, root: root)
        guard remote.isVersionAware else { return }
        throw Failure(
            "'\(command)' is unsupported for cloud versioned remotes, and remote '\(remote.name)' is one",
            remedy: remedy, category: .configuration)
    }
}

// MARK: - Files of outputs

/// The files of outputs that go to, or come from, a remote that keeps versions.
struct CloudFiles: Sendable {
    private(set) var files: [CloudFile] = []
    /// Directories whose lists of files are neither in a project file nor in the cache.
    private(set) var unlisted: [UsedOutput] = []

    init(of outputs: [UsedOutput], in remote: CloudRemote, cache: Cache) throws {
        var seen: Set<Place> = []
        for output in outputs {
            guard output.object.isDirectory else {
                add(
                    CloudFile(
                        path: output.path, folder: nil, object: output.object,
                        recorded: remote.version(in: output.checksum)), &seen)
                continue
            }
            guard let listing = try output.checksum.recordedListing ?? cache.directoryObject(output.object) else {
                unlisted.append(output)
                continue
            }
            var recorded: [String: CloudVersion] = [:]
            for file in output.checksum.files ?? [] { recorded[file.relpath] = remote.version(in: file.checksum) }
            for entry in listing.entries where output.includes(entry.path) {
                add(
                    CloudFile(
                        path: output.path.appending(entry.path.string), folder: output.path,
                        object: ObjectID(entry.digest, algorithm: output.object.algorithm),
                        recorded: recorded[entry.path.string]), &seen)
            }
        }
    }

    private struct Place: Hashable {
        let path: RelativePath
        let object: ObjectID
        let version: String?
    }

    private mutating func add(_ file: CloudFile, _ seen: inout Set<Place>) {
        if seen.insert(Place(path: file.path, object: file.object, version: file.recorded?.id)).inserted {
            files.append(file)
        }
    }
}
