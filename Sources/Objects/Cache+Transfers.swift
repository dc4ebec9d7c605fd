import FileSystem

/// The cache as transfers see it.
extension Cache: ObjectDestination {
    /// What cannot be looked at, or is no file, counts as not here; a transfer that needs the place then says why.
    package func holds(_ id: ObjectID) -> Bool { (try? contains(id)) ?? false }

    /// `tmp/varve` beside the objects: DVC takes nothing there for an object.
    package func partialFolder() throws -> String? {
        let folder = Paths.join(root, "tmp/varve")
        try makeFolder(folder)
        return folder
    }
}
