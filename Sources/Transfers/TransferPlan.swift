package import Objects

/// What belongs together in a transfer: the files that a directory object lists, or files that no directory holds.
package struct TransferGroup: Sendable {
    package let directory: ObjectID?
    package let files: [ObjectID]

    package init(directory: ObjectID? = nil, files: [ObjectID]) {
        self.directory = directory
        self.files = files
    }
}

/// Which objects a transfer is about, each once, in the order of their digests.
///
/// The promise that it carries: a directory object arrives after every file it lists, since whoever finds it in a store
/// takes that to mean that the files are there (DVC does, and so skips them).
package struct TransferPlan: Sendable {
    package struct Directory: Sendable, Equatable {
        package let id: ObjectID
        package let files: [ObjectID]
    }

    /// Files that no directory brings along; they may also be in one.
    package let looseFiles: [ObjectID]
    package let directories: [Directory]

    package init(_ groups: [TransferGroup]) {
        var loose: Set<ObjectID> = []
        var listed: [ObjectID: Set<ObjectID>] = [:]
        for group in groups {
            // A directory object among the files has nobody to vouch for its files here; it still goes last.
            for id in group.files where id.isDirectory { listed[id, default: []].formUnion([]) }
            let files = group.files.lazy.filter { !$0.isDirectory }
            if let directory = group.directory {
                listed[directory, default: []].formUnion(files)
            } else {
                loose.formUnion(files)
            }
        }
        looseFiles = loose.sorted()
        directories = listed.map { Directory(id: $0.key, files: $0.value.sorted()) }.sorted { $0.id < $1.id }
    }

    /// All files, each once.
    package var files: [ObjectID] { files { _ in true } }

    /// All objects, each once: files, then directory objects.
    package var objects: [ObjectID] { files + directories.map(\.id) }

    /// The loose files and those of the directories that are asked for, each once.
    package func files(ofDirectoriesWhere isWanted: (ObjectID) -> Bool) -> [ObjectID] {
        let wanted = directories.filter { isWanted($0.id) }
        if wanted.isEmpty { return looseFiles }
        if wanted.count == 1, looseFiles.isEmpty { return wanted[0].files }
        var all = Set(looseFiles)
        for directory in wanted { all.formUnion(directory.files) }
        return all.sorted()
    }

    /// Which directory objects may follow, once it is known which files did not arrive.
    ///
    /// - Returns: those to transfer, and those held back because a file of theirs is not there.
    package func directories(
        present: Set<ObjectID>, unavailable: Set<ObjectID>
    ) -> (ready: [ObjectID], withheld: [ObjectID]) {
        var ready: [ObjectID] = []
        var withheld: [ObjectID] = []
        for directory in directories where !present.contains(directory.id) {
            if !unavailable.isEmpty, directory.files.contains(where: unavailable.contains) {
                withheld.append(directory.id)
            } else {
                ready.append(directory.id)
            }
        }
        return (ready, withheld)
    }
}
