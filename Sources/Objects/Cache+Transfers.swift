import FileSystem

/// The cache as transfers see it.
extension Cache: ObjectDestination {
    /// What cannot be looked at, or is no file, counts as not here; a transfer that needs the place then says why.
    package func holds(_ id: ObjectID) -> Bool { (try? contains(id)) ?? false }

    /// An object that is not on the disk yet gets its name, so that a killed process need not fetch it again, but not the
    /// mode that says "verified": if the power fails before `settle`, its bytes are looked at before they are believed.
    ///
    /// Listings have that mode at once, since their bytes are compared with their name whenever they are read.
    package func deliver(temporary: String, as id: ObjectID) throws {
        if id.isDirectory { return try publish(temporary: temporary, as: id) }
        try Files.setMode(temporary, isShared ? 0o664 : 0o644)
        try Files.rename(temporary, path(of: id))
    }

    /// One flush for all, unless there are so few that what else waits to be written would cost more than they do.
    package func settle(_ ids: [ObjectID]) throws {
        let files = ids.filter { !$0.isDirectory }
        guard let first = files.first else { return }
        if files.count <= 16 {
            for id in files { try Files.sync(path(of: id)) }
        } else {
            try Files.syncFileSystem(of: path(of: first))
        }
        for id in files { try Files.setMode(path(of: id), 0o444) }
    }

    /// `tmp/varve` beside the objects: DVC takes nothing there for an object.
    package func partialFolder() throws -> String? {
        let folder = Paths.join(root, "tmp/varve")
        try makeFolder(folder)
        return folder
    }
}
