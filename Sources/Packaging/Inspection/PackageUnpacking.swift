package import FileSystem

/// Which files of a package are wanted: by what they are for, or by their paths.
package struct FileSelection: Sendable {
    private let roles: Set<FileRole>
    private let paths: [RelativePath]
    private let isEverything: Bool

    /// - Parameter words: `weights`, `code` …, or paths of files and folders; all files where there are none.
    package init(_ words: [String]) {
        var roles: Set<FileRole> = []
        var paths: [RelativePath] = []
        for word in words {
            if let role = Self.names[word] {
                roles.insert(role)
            } else {
                paths.append(RelativePath(Paths.normalized(word)))
            }
        }
        self.roles = roles
        self.paths = paths
        isEverything = words.isEmpty
    }

    /// The words that stand for kinds of files.
    package static let names: [String: FileRole] = [
        "weights": .model, "model": .model, "config": .configuration, "configuration": .configuration, "code": .code,
        "data": .dataset, "dataset": .dataset, "docs": .documentation, "documentation": .documentation,
    ]

    package func includes(_ path: RelativePath, _ role: FileRole?) -> Bool {
        if isEverything { return true }
        if let role, roles.contains(role) { return true }
        return paths.contains { $0 == path || Paths.isInside(path.string, $0.string) }
    }
}

extension PackageReader {
    /// Puts the package's files into a folder that does not exist or is empty. Until all of them are checked they are in
    /// a folder of another name, so nobody sees some of them, or wrong ones.
    ///
    /// - Returns: the paths, sorted.
    package func unpack(
        to folder: String, _ selection: FileSelection = FileSelection([]), limits: ArchiveLimits = .standard
    ) throws -> [RelativePath] {
        try Unpacking.into(folder) { root in
            var written: [RelativePath] = []
            for part in parts {
                if part.encoding == .opaque, format != .image {
                    throw PackageError(
                        .unsupported, "the package has a layer of the kind '\(part.layer.mediaType.printableText)'",
                        remedy: "varve reads files and tar archives, plain or compressed by gzip or zstd")
                }
                try visit(part, limits) { item, read in
                    guard selection.includes(item.path, part.role) else { return }
                    try Unpacking.write(item, to: root, read)
                    written.append(item.path)
                }
            }
            return written
        }
    }
}

extension PackageReader {
    /// Puts the documents that are attached to the package into a folder that does not exist or is empty, under the
    /// names that they were given; one whose name is taken gets its digest before it.
    ///
    /// - Returns: the paths, sorted.
    package func unpackRecords(to folder: String) throws -> [RelativePath] {
        let records = try records()
        return try Unpacking.into(folder) { root in
            var written: [RelativePath] = []
            for (descriptor, manifest) in records {
                for layer in manifest.layers {
                    let name = layer.annotations[AnnotationKey.title] ?? layer.digest.hex
                    var path = RelativePath(name)
                    if written.contains(path) { path = RelativePath(descriptor.digest.short + "-" + name) }
                    let item = TarItem(path: path, isFolder: false, isExecutable: false, size: layer.size)
                    try Unpacking.write(item, to: root) { sink in try layout.stream(layer, to: sink) }
                    written.append(path)
                }
            }
            return written
        }
    }
}

/// Files of an archive on their way to the disk.
package enum Unpacking {
    /// Unpacks a plain archive.
    package static func archive(
        _ source: any ByteSource, to folder: String, _ selection: FileSelection = FileSelection([]),
        limits: ArchiveLimits = .standard
    ) throws -> [RelativePath] {
        try into(folder) { root in
            var written: [RelativePath] = []
            var reader = TarReader(source, limits: limits)
            while let item = try reader.next() {
                guard !item.isFolder, selection.includes(item.path, nil) else { continue }
                try write(item, to: root) { sink in try reader.readContent(sink) }
                written.append(item.path)
            }
            return written
        }
    }

    static func into(_ folder: String, _ body: (SafeFolder) throws -> [RelativePath]) throws -> [RelativePath] {
        if let status = try Files.status(folder, followingLinks: true) {
            guard status.kind == .directory, try Files.names(in: folder).isEmpty else {
                throw PackageError(
                    .malformed, "'\(folder.printable)' is there already",
                    remedy: "unpack into a folder that is empty or does not exist")
            }
        }
        let temporary = try SiblingFolder.make(of: folder)
        do {
            let written = try body(SafeFolder(root: temporary))
            if try Files.status(folder) != nil { try Files.removeDirectory(folder) }
            try Files.rename(temporary, folder)
            return written.sorted()
        } catch {
            try? Files.removeTree(temporary)
            throw error
        }
    }

    static func write(
        _ item: TarItem, to root: SafeFolder, _ read: (_ sink: TarWriter.Sink) throws -> Void
    ) throws {
        if try root.status(of: item.path) != nil {
            throw PackageError(.unsafe, "'\(item.path.string.printable)' stands twice in the package")
        }
        let file = try root.createFile(item.path, mode: item.isExecutable ? 0o777 : 0o666)
        try read { try file.write($0) }
    }
}
