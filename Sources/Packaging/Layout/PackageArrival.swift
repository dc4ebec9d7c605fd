import FileSystem

/// Has files for a time. They go with it, or before when it is told so: a program may end before a thread lets go.
package protocol TemporaryHolder: AnyObject, Sendable {
    func discard()
}

/// A layout that a package arrives in, beside the one that it is meant for: there it appears when it has been checked,
/// and not before.
package final class PackageArrival: TemporaryHolder {
    /// Where what comes is put first.
    package let layout: ImageLayout
    /// The layout that is there already.
    package let destination: ImageLayout?
    private let target: String

    package init(at target: String) throws {
        self.target = target
        if Files.exists(Paths.join(target, ImageLayout.marker)) {
            destination = try ImageLayout(opening: target)
        } else {
            guard try !Files.exists(target) || (Files.isDirectory(target) && Files.names(in: target).isEmpty) else {
                throw PackageError(
                    .malformed, "'\(target.printable)' is there already and is no OCI layout",
                    remedy: "name another place, or remove it first")
            }
            destination = nil
        }
        let folder = try SiblingFolder.make(of: target)
        do {
            layout = try ImageLayout.make(at: folder)
        } catch {
            try? Files.removeTree(folder)
            throw error
        }
    }

    deinit { discard() }

    /// Removes what has not been put in its place.
    package func discard() { try? Files.removeTree(layout.root) }

    /// Puts everything in its place.
    package func settle() throws {
        guard let destination else {
            if Files.exists(target) { try Files.removeDirectory(target) }
            return try Files.rename(layout.root, target)
        }
        for name in try Files.names(in: layout.blobs) where ContentDigest(hex: name) != nil {
            try Files.replace(Paths.join(destination.blobs, name), byRenaming: Paths.join(layout.blobs, name))
        }
        try destination.publish(
            layout.index().manifests.map { descriptor in
                var bare = descriptor
                bare.annotations[AnnotationKey.reference] = nil
                return (bare, descriptor.reference)
            })
    }
}

/// A folder of a private name, beside the place that what is in it is meant for.
enum SiblingFolder {
    /// Makes it, and the folder that both are in. An error names that folder, which a person knows.
    static func make(of target: String) throws -> String {
        let parent = Paths.parent(target)
        try Files.makeDirectory(parent)
        let folder = Paths.join(parent, TemporaryName.make())
        do throws(FileError) {
            try Files.makeDirectory(folder)
        } catch {
            throw FileError("write to the folder", parent, error.code)
        }
        return folder
    }
}
