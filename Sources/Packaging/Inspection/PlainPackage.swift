package import FileSystem
import Hashing

/// A package that is a folder with a list of checksums, or an archive of one.
package struct PlainPackage: Sendable {
    /// Where the files are.
    package let root: String
    /// What a signature is over: the archive, or the list of checksums.
    package let signed: String
    /// Of what is signed.
    package let digest: ContentDigest
    /// As the list has them, sorted by path.
    package let listed: [(path: RelativePath, sha256: ContentDigest)]

    /// Opens a folder.
    package init(folder: String) throws {
        try self.init(root: folder, signed: Paths.join(folder, AccompanyingFiles.checksums))
    }

    /// Unpacks an archive into a folder of its own.
    package init(archive: String, into folder: String, limits: ArchiveLimits = .standard) throws {
        _ = try Unpacking.archive(
            ExpandedSource.archive(archive, limits: limits), to: folder, limits: limits)
        let names = try Files.names(in: folder)
        guard let name = names.first, names.count == 1 else {
            throw PackageError(.malformed, "'\(archive.printable)' is no package: it is not one folder")
        }
        try self.init(root: Paths.join(folder, name), signed: archive)
    }

    private init(root: String, signed: String) throws {
        self.root = root
        self.signed = signed
        let place = Paths.join(root, AccompanyingFiles.checksums)
        guard let bytes = try Files.readIfPresent(place, limit: 64 << 20) else {
            throw PackageError(
                .missing, "'\(root.printable)' is no package: it has no '\(AccompanyingFiles.checksums)'")
        }
        var listed: [(path: RelativePath, sha256: ContentDigest)] = []
        for line in bytes.split(separator: 0x0A) {
            guard line.count > 66, let digest = ContentDigest(hex: String(decoding: line.prefix(64), as: UTF8.self)),
                line.dropFirst(64).starts(with: "  ".utf8),
                let path = String(validating: line.dropFirst(66), as: UTF8.self)
            else { throw PackageError(.malformed, "'\(place.printable)' is not a list of SHA-256 checksums") }
            try PathGate.check(path)
            listed.append((RelativePath(path), digest))
        }
        self.listed = listed.sorted { $0.path < $1.path }
        var hash = SHA256()
        let size = try FileDescriptor.reading(signed).status().size
        try TarWriter.copy(signed, size: size) { hash.update($0) }
        digest = ContentDigest(hash)
    }

    /// The files, each checked; throws where one is missing, wrong or not in the list.
    package func files() throws -> [PackageReader.File] {
        let folder = try SafeFolder(root: root)
        var found: [PackageReader.File] = []
        for (path, sha256) in listed {
            guard let status = try folder.status(of: path), status.kind == .file else {
                throw PackageError(.missing, "the package lacks '\(path.string.printable)', which it lists")
            }
            var hash = SHA256()
            try Self.stream(folder.open(path)) { hash.update($0) }
            guard ContentDigest(hash) == sha256 else { throw Self.damage(path) }
            found.append(
                PackageReader.File(
                    path: path, role: nil, size: status.size, sha256: sha256, isExecutable: status.isExecutable))
        }
        try refuseUnlisted()
        return found
    }

    private func refuseUnlisted() throws {
        let known = Set(listed.map(\.path))
        let own = AccompanyingFiles.checksums
        var pending = [""]
        while let folder = pending.popLast() {
            for entry in try Files.entries(in: folder.isEmpty ? root : Paths.join(root, folder)) {
                let path = folder.isEmpty ? entry.name : folder + "/" + entry.name
                if try Files.status(Paths.join(root, path))?.kind == .directory {
                    pending.append(path)
                } else if !known.contains(RelativePath(path)), ![own, own + ".sig", own + ".minisig"].contains(path) {
                    throw PackageError(.unsafe, "'\(path.printable)' lies in the package and is not listed")
                }
            }
        }
    }

    /// Copies files into a folder that does not exist or is empty; each is checked before the folder gets its name.
    package func unpack(to target: String, _ selection: FileSelection) throws -> [RelativePath] {
        let source = try SafeFolder(root: root)
        return try Unpacking.into(target) { folder in
            var written: [RelativePath] = []
            for (path, sha256) in listed where selection.includes(path, nil) {
                let status = try source.open(path).status()
                let item = TarItem(
                    path: path, isFolder: false, isExecutable: status.isExecutable, size: status.size)
                var hash = SHA256()
                try Unpacking.write(item, to: folder) { sink in
                    try Self.stream(source.open(path)) {
                        hash.update($0)
                        try sink($0)
                    }
                }
                guard ContentDigest(hash) == sha256 else { throw Self.damage(path) }
                written.append(path)
            }
            return written
        }
    }

    private static func stream(_ file: FileDescriptor, to sink: TarWriter.Sink) throws {
        try withUnsafeTemporaryAllocation(byteCount: 1 << 18, alignment: 4096) { buffer in
            while true {
                let count = try file.read(into: buffer)
                if count == 0 { return }
                try sink(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
        }
    }

    private static func damage(_ path: RelativePath) -> PackageError {
        PackageError(.digest, "'\(path.string.printable)' is not the file that the package lists")
    }

    /// Where the signature lies that a maker puts beside the package.
    package func signature() throws -> Signature? {
        for (suffix, kind) in [(".sig", Signature.Kind.ssh), (".minisig", .minisign)] {
            if let bytes = try Files.readIfPresent(signed + suffix, limit: 1 << 16) {
                return Signature(kind: kind, bytes: bytes)
            }
        }
        return nil
    }
}
