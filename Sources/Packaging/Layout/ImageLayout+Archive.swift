import Documents
import FileSystem

extension ImageLayout {
    /// Writes the layout as one archive, whole or not at all.
    ///
    /// - Parameter images: names of runnable images, for which `docker load` wants a list of its own.
    package func export(to path: String, images: [(name: String, manifest: Descriptor)] = []) throws {
        var entries: [TarEntry] = []
        for name in [Self.marker, Self.index] {
            entries.append(TarEntry(RelativePath(name), .bytes(try Files.read(Paths.join(root, name), limit: 1 << 26))))
        }
        for name in try Files.names(in: blobs) where ContentDigest(hex: name) != nil {
            let blob = Paths.join(blobs, name)
            guard let status = try Files.status(blob), status.kind == .file else { continue }
            entries.append(TarEntry(RelativePath("blobs/sha256/" + name), .file(path: blob, size: status.size)))
        }
        if !images.isEmpty {
            entries.append(TarEntry("manifest.json", .bytes(try dockerList(images))))
        }
        try ArchiveFile.write(to: path) { sink in try TarWriter.write(entries, to: sink) }
    }

    /// What `docker load` reads.
    private func dockerList(_ images: [(name: String, manifest: Descriptor)]) throws -> [UInt8] {
        func path(_ descriptor: Descriptor) -> Value { .string("blobs/sha256/" + descriptor.digest.hex) }
        var list: [Value] = []
        for image in images {
            let manifest = try manifest(image.manifest)
            var fields = Mapping()
            fields["Config"] = path(manifest.configuration)
            fields["RepoTags"] = .array([.string(image.name)])
            fields["Layers"] = .array(manifest.layers.map(path))
            list.append(.mapping(fields))
        }
        return Array(JSON.emitPython(.array(list)).utf8)
    }

    /// Unpacks the archive of a layout into a folder, which must not exist. Only what belongs to a layout is taken, and
    /// blobs are checked on the way.
    package static func unarchive(
        _ source: any ByteSource, into folder: String, limits: ArchiveLimits = .standard
    ) throws -> ImageLayout {
        var reader = TarReader(source, limits: limits)
        try Files.makeDirectory(Paths.join(folder, "blobs/sha256"))
        let layout = ImageLayout(root: folder)
        while let item = try reader.next() {
            let name = item.path.string
            if item.isFolder { continue }
            if name == marker || name == index {
                guard item.size <= ImageManifest.largest else {
                    throw PackageError(.limit, "'\(name)' of the layout has \(item.size) bytes")
                }
                var bytes: [UInt8] = []
                try reader.readContent { bytes.append(contentsOf: $0) }
                try Files.write(bytes, to: Paths.join(folder, name))
            } else if name.hasPrefix("blobs/sha256/"), let digest = ContentDigest(hex: String(name.dropFirst(13))) {
                let expected = Descriptor(mediaType: "", digest: digest, size: item.size)
                _ = try layout.add(mediaType: "", expecting: expected) { sink in try reader.readContent(sink) }
            }
        }
        return try ImageLayout(opening: folder)
    }
}

/// A file that appears under its name whole or not at all.
package enum ArchiveFile {
    package static func write(to path: String, _ body: (TarWriter.Sink) throws -> Void) throws {
        let folder = Paths.parent(path)
        try Files.makeDirectory(folder)
        let temporary = Paths.join(folder, TemporaryName.make())
        let file: FileDescriptor
        do {
            file = try SafeFolder(root: folder).createFile(RelativePath(Paths.name(temporary)), mode: 0o666)
        } catch let error as FileError {
            throw FileError("write to the folder", folder, error.code)
        }
        do {
            try body { try file.write($0) }
            try file.sync()
            try Files.replace(path, byRenaming: temporary)
        } catch {
            try? Files.remove(temporary)
            throw error
        }
    }
}
