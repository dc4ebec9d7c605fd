import Documents
import Hashing
package import Objects

/// What a pointer or lock file records about the data of an output or dependency.
package struct OutputChecksum: Sendable, Equatable {
    /// The object of the data: `md5:`, addressed as `hash:` says.
    package var object: ObjectID?
    /// How `object` was or will be computed; `.md5Dos2Unix` for entries of DVC 2, which have no `hash:`.
    package var algorithm: HashAlgorithm
    /// Bytes; the sum of its files for a directory.
    package var size: Int?
    /// Files in a directory.
    package var nfiles: Int?
    /// Whether a single file has the executable bit.
    package var isExecutable: Bool
    /// What an object store calls the bytes, for data outside the workspace or a versioned copy in `cloudRemote`.
    package var etag: String?
    /// The same for stores without entity tags (HTTP, HDFS).
    package var remoteChecksum: String?
    package var versionID: String?
    /// The version-aware remote that holds this very version; `etag` and `versionID` are then its words (`cloud:`).
    package var cloudRemote: String?
    /// The files of a directory on a version-aware remote, by path; written in place of `md5` and `size`.
    package var files: [RecordedFile]?

    package init(
        object: ObjectID? = nil, algorithm: HashAlgorithm = .md5, size: Int? = nil, nfiles: Int? = nil,
        isExecutable: Bool = false, etag: String? = nil, remoteChecksum: String? = nil, versionID: String? = nil,
        cloudRemote: String? = nil, files: [RecordedFile]? = nil
    ) {
        self.object = object
        self.algorithm = object?.algorithm ?? algorithm
        self.size = size
        self.nfiles = nfiles
        self.isExecutable = isExecutable
        self.etag = etag
        self.remoteChecksum = remoteChecksum
        self.versionID = versionID
        self.cloudRemote = cloudRemote
        self.files = files
    }

    /// Whether nothing is known of the data: never added, or imported without being downloaded.
    package var isEmpty: Bool {
        object == nil && etag == nil && remoteChecksum == nil && (files?.isEmpty ?? true)
    }

    package var isDirectory: Bool { object?.isDirectory == true || nfiles != nil || files?.isEmpty == false }

    /// Whether the entry was written by DVC 2 and its object lies in the old part of the cache.
    package var isLegacy: Bool { algorithm == .md5Dos2Unix }
}

/// One file of a directory whose versions a remote keeps.
package struct RecordedFile: Sendable, Equatable {
    /// Relative to the directory; never leaves it.
    package var relpath: String
    package var checksum: OutputChecksum

    package init(relpath: String, checksum: OutputChecksum) {
        self.relpath = relpath
        self.checksum = checksum
    }
}

extension OutputChecksum {
    /// - Parameters:
    ///   - entry: an entry that the schema has accepted.
    ///   - isInWorkspace: an entry of the workspace without `hash:` is DVC 2's; elsewhere `hash:` says nothing.
    init(entry: Mapping, isInWorkspace: Bool) {
        var entry = entry
        var remote: String?
        if let cloud = entry["cloud"]?.mapping?.entries.first {
            remote = cloud.key
            for (key, value) in cloud.value.mapping?.entries ?? [] { entry[key] = value }
        }
        let algorithm: HashAlgorithm = entry["hash"] == nil && isInWorkspace ? .md5Dos2Unix : .md5
        self.init(
            object: entry["md5"]?.checksumText.flatMap { ObjectID($0.lowercased(), algorithm: algorithm) },
            algorithm: algorithm,
            size: entry["size"]?.int,
            nfiles: entry["nfiles"]?.int,
            isExecutable: entry["isexec"]?.bool ?? false,
            etag: entry["etag"]?.checksumText,
            remoteChecksum: entry["checksum"]?.checksumText.map { $0.lowercased() },
            versionID: entry["version_id"]?.string,
            cloudRemote: remote,
            files: entry["files"]?.array.map { files in
                files.compactMap(\.mapping).map { file in
                    // Files of a versioned directory carry no `hash:` of their own; the directory's counts.
                    var checksum = OutputChecksum(entry: file, isInWorkspace: false)
                    checksum.algorithm = algorithm
                    checksum.object = checksum.object.map {
                        ObjectID($0.digest, isDirectory: $0.isDirectory, algorithm: algorithm)
                    }
                    return RecordedFile(relpath: file["relpath"]?.string ?? "", checksum: checksum)
                }
            }
        )
        if let files, !files.isEmpty {
            object = Self.directoryObject(of: files, algorithm: algorithm)
            nfiles = files.count
            size = files.reduce(0) { total, file in
                let (sum, overflow) = total.addingReportingOverflow(file.checksum.size ?? 0)
                return overflow ? Int.max : sum
            }
        }
    }

    /// The directory object that lists these files; where one has no digest there is none.
    private static func directoryObject(of files: [RecordedFile], algorithm: HashAlgorithm) -> ObjectID? {
        var listing: [Value] = []
        for file in files.sorted(by: { $0.relpath.precedes($1.relpath) }) {
            guard let object = file.checksum.object else { return nil }
            listing.append(.mapping(Mapping([("md5", .string(object.text)), ("relpath", .string(file.relpath))])))
        }
        let text = JSON.emitPython(.array(listing), sortKeys: true)
        return ObjectID(MD5.digest(of: Array(text.utf8)), isDirectory: true, algorithm: algorithm)
    }

    /// The digest and what is known beside it, in the order of DVC: `md5, size, nfiles, isexec, version_id, etag, …`.
    func dumped(into entry: inout Mapping) {
        if let object { entry["md5"] = .string(object.text) } else if cloudRemote == nil { dumpRemoteNames(&entry) }
        if let size { entry["size"] = .int(size) }
        if let nfiles { entry["nfiles"] = .int(nfiles) }
        if isExecutable { entry["isexec"] = true }
        guard let cloudRemote else {
            if let versionID { entry["version_id"] = .string(versionID) }
            dumpRemoteNames(&entry)
            return
        }
        var copy = Mapping()
        dumpRemoteNames(&copy)
        if let versionID { copy["version_id"] = .string(versionID) }
        if !copy.isEmpty { entry["cloud"] = .mapping(Mapping([(cloudRemote, .mapping(copy))])) }
    }

    private func dumpRemoteNames(_ entry: inout Mapping) {
        if let etag { entry["etag"] = .string(etag) }
        if let remoteChecksum { entry["checksum"] = .string(remoteChecksum) }
    }

    /// The value of `files:`, sorted by path.
    func dumpedFiles() -> Value? {
        guard let files else { return nil }
        let sorted = files.sorted { $0.relpath.precedes($1.relpath) }
        return .array(
            sorted.map { file in
                var entry = Mapping([("relpath", .string(file.relpath))])
                file.checksum.dumped(into: &entry)
                return .mapping(entry)
            })
    }
}

extension Value {
    /// A checksum as text: DVC also accepts bare digits, which YAML reads as a number; empty means none.
    var checksumText: String? {
        switch self {
        case .string(let text): text.isEmpty ? nil : text
        case .int(let number): String(number)
        case .bigInt(let digits): digits
        default: nil
        }
    }
}

extension String {
    /// Order by code point, as Python sorts text; UTF-8 sorts the same.
    func precedes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}
