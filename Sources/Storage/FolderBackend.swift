/// A backend that can tell what lies right in a folder, without a pass over everything below it.
package protocol FolderBackend: Backend {
    /// The members of a folder, "" for the root, in no particular order; `nil` where there is no such folder.
    ///
    /// Files that are being written are left out, and so is what cannot be asked for by a key.
    func members(of folder: String) async throws(StorageError) -> [FolderMember]?
    /// What writers have not finished in a folder, or left behind; `modified` is missing where the store does not tell it.
    func unfinished(in folder: String) async throws(StorageError) -> [Listing]
}

/// What lies in a folder.
package struct FolderMember: Sendable, Equatable {
    /// Within the folder.
    package let name: String
    package let isFolder: Bool
    /// Of a file.
    package let metadata: Metadata

    package init(name: String, isFolder: Bool, metadata: Metadata = Metadata(size: 0)) {
        self.name = name
        self.isFolder = isFolder
        self.metadata = metadata
    }
}

extension FolderBackend {
    package func unfinished(in folder: String) async throws(StorageError) -> [Listing] { [] }
}
