import Documents
import FileSystem
import Hashing

/// Puts files into the layers of a layout, and keeps account of them.
struct LayerBuilder {
    let layout: ImageLayout
    private(set) var layers: [Descriptor] = []
    private(set) var files: [PackedFile] = []

    init(_ layout: ImageLayout) { self.layout = layout }

    /// A layer that is one file's bytes.
    mutating func addRaw(_ file: PackageFile, mediaType: String, annotations: [String: String] = [:]) throws {
        var digests = FileDigests()
        var layer = try layout.add(mediaType: mediaType) { sink in
            try file.stream {
                digests.update($0)
                try sink($0)
            }
        }
        let packed = try digests.packed(file)
        layer.annotations = annotations
        layer.annotations[AnnotationKey.role] = file.role.rawValue
        layer.annotations[AnnotationKey.md5] = packed.md5.hex
        layers.append(layer)
        files.append(packed)
    }

    /// A layer that is an archive of files.
    ///
    /// - Parameter prefix: the folder that they are put into, from the root of the archive; empty for the root.
    mutating func addTar(
        _ files: [PackageFile], mediaType: String, under prefix: String = "", annotations: [String: String] = [:]
    ) throws {
        guard let first = files.first else { return }
        var digests: [RelativePath: FileDigests] = [:]
        var places: [RelativePath: PackageFile] = [:]
        var entries: [TarEntry] = []
        for file in files {
            var entry = try file.entry()
            if !prefix.isEmpty { entry.path = RelativePath(prefix + "/" + file.path.string) }
            places[entry.path] = file
            digests[entry.path] = FileDigests()
            entries.append(entry)
        }
        var layer = try layout.add(mediaType: mediaType) { sink in
            try TarWriter.write(entries, observe: { path, bytes in digests[path]?.update(bytes) }, to: sink)
        }
        layer.annotations = annotations
        layer.annotations[AnnotationKey.role] = first.role.rawValue
        layers.append(layer)
        for (path, file) in places.sorted(by: { $0.key < $1.key }) {
            if let packed = try digests[path]?.packed(file) { self.files.append(packed) }
        }
    }
}
